using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Autodiff;

/// <summary>
/// What the backward pass computes again instead of keeping. Nodes of the forward pass are copied in front of the first
/// backward node that needs them, and all backward nodes use the copies: the originals end with the forward pass. Runs
/// after simplification, which would find the copies equal to their originals.
/// </summary>
internal static class Recomputation
{
    /// <summary>Values of one size that a replayed activation may read: beyond it computing costs more than
    /// keeping.</summary>
    private const int MostSources = 2;

    /// <summary>Replays the regions that are marked to be. What a region hands on is kept, so that another region can
    /// begin from it; what a reversible region was given follows from its results, so only those of the last one are
    /// kept.</summary>
    public static Graph OfRegions(Graph training)
    {
        bool[] forward = Forward(training);
        var kept = new HashSet<Node>(
            from user in training.Nodes
            where forward[user.Id] && !Views.IsView(user)
            from input in user.Inputs
            let value = Views.Base(input)
            where value.Region != user.Region
            select value);
        kept.UnionWith(training.Outputs.Select(static o => Views.Base(o.Node)));
        Reversal reversal = Reversal.Of(training, forward);
        kept.UnionWith(reversal.Results);
        return Replay(training, forward, new HashSet<Node>(training.Nodes.Where(n =>
            forward[n.Id] && n.Region > 0 && !Views.IsLeaf(n) && !kept.Contains(n)
            && !(n.Op.Jumps && reversal.Covers(n.Region)))), reversal);
    }

    /// <summary>
    /// Replays activations that are in memory because a kernel reads them, while the backward pass keeps what they are
    /// made of anyway: of a normalised activation the value that was normalised, for the norm's own gradient.
    /// Contractions are never computed again.
    /// </summary>
    public static Graph OfActivations(Graph training)
    {
        bool[] forward = Forward(training);
        var read = new HashSet<Node>(
            from user in training.Nodes
            where forward[user.Id] && user.Op.Placement is not null
            from operand in user.Inputs.Where((_, i) => user.Op.Placement!.Form(i) != OperandForm.Body)
            select Views.Base(operand));
        var needed = new HashSet<Node>(
            from user in training.Nodes
            where !forward[user.Id]
            from input in user.Inputs
            where forward[input.Id]
            select Views.Base(input));
        var again = new HashSet<Node>();
        foreach (Node y in training.Nodes.Where(n =>
            forward[n.Id] && n.Op is PointwiseOp && read.Contains(n) && needed.Contains(n)))
        {
            var chain = new HashSet<Node>();
            var sources = new HashSet<Node>();
            Collect(y, y, read, chain, sources);
            Node[] large = sources.Where(s => s.Length.Equals(y.Length)).ToArray();
            if (large.Length is > 0 and <= MostSources && large.All(s => IsKept(s, y, chain, needed, read)))
            {
                again.UnionWith(chain);
            }
        }

        return Replay(training, forward, again, Reversal.None);
    }

    /// <summary>The nodes that the loss or a state's next value is made of, by id.</summary>
    private static bool[] Forward(Graph training)
    {
        var forward = new bool[training.Nodes.Count];
        foreach (GraphOutput output in training.Outputs.Where(static o =>
            !o.Name.EndsWith(RegionOutputs.Gradient, System.StringComparison.Ordinal)))
        {
            forward[output.Node.Id] = true;
        }

        for (int id = forward.Length - 1; id >= 0; id--)
        {
            foreach (Node input in training.Nodes[id].Inputs.Where(_ => forward[id]))
            {
                forward[input.Id] = true;
            }
        }

        // What comes out of a pass of the forward pass is part of it, though only the backward pass wants it: the position
        // of a maximum, the sum of a softmax.
        ILookup<Node, Node> passes = training.Nodes.Where(n => forward[n.Id] && n.Op.Placement is not null)
            .ToLookup(static n => n.Inputs[0]);
        foreach (Node node in training.Nodes.Where(n => !forward[n.Id] && n.Op.Placement is not null))
        {
            forward[node.Id] = passes[node.Inputs[0]].Any(other =>
                other.Op.SharesPassWith(node.Op) && other.Inputs.SequenceEqual(node.Inputs));
        }

        return forward;
    }

    /// <summary>The pointwise nodes that make a value, and what they are made of.</summary>
    private static void Collect(Node y, Node node, HashSet<Node> read, HashSet<Node> chain, HashSet<Node> sources)
    {
        node = Views.Base(node);
        if (Views.IsNumber(node))
        {
            return;
        }

        if (node.Op is not PointwiseOp || (node != y && read.Contains(node)))
        {
            sources.Add(node);
            return;
        }

        if (chain.Add(node))
        {
            foreach (Node input in node.Inputs)
            {
                Collect(y, input, read, chain, sources);
            }
        }
    }

    /// <summary>Whether memory holds a source until the backward pass whether or not it is for y: an input, or what
    /// another value that the backward pass needs is made of.</summary>
    private static bool IsKept(Node source, Node y, HashSet<Node> chain, HashSet<Node> needed, HashSet<Node> read)
    {
        bool Reaches(Node node)
        {
            node = Views.Base(node);
            return node == source || (chain.Contains(node) && node.Inputs.Any(Reaches));
        }

        return source.Op is InputOp || (!(source.Op is PointwiseOp && read.Contains(source))
            && (needed.Contains(source) || chain.Any(p => p != y && needed.Contains(p) && Reaches(p))));
    }

    private static Graph Replay(Graph source, bool[] forward, HashSet<Node> again, Reversal reversal)
    {
        if (again.Count == 0)
        {
            return source;
        }

        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        var replays = new Dictionary<Node, Node>();
        Node Again(Node node)
        {
            Node basis = Views.Base(node);
            bool follows = reversal.Sums.ContainsKey(basis);
            if (!follows && !again.Contains(basis))
            {
                return copies[node.Id];
            }

            if (!replays.TryGetValue(node, out Node? replay))
            {
                replays[node] = replay = follows && node == basis
                    ? graph.Pointwise("sub", Again(reversal.Sums[node].Sum), Again(reversal.Sums[node].Addend))
                    : graph.Copy(node, node.Inputs.Map(Again));
                (replay.Region, replay.IsReplay) = (node.Region, true);
            }

            return replay;
        }

        foreach (Node node in source.Nodes)
        {
            copies[node.Id] = graph.Copy(node, node.Inputs.Map(i => forward[node.Id] ? copies[i.Id] : Again(i)));
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return GraphVerifier.Verify(graph.Pruned(), "recomputation");
    }
}
