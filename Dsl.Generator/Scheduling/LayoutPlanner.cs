using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Chooses where the elements of every buffer lie: images channel-last with the halo their convolutions ask for, weights with
/// the output channel innermost and the summed axes in the order of the operand they meet, everything else row-major.
/// </summary>
internal sealed class LayoutPlanner
{
    /// <summary>Of weights [o, c, u, v]: taps, inputs, outputs.</summary>
    private static readonly int[] s_weightOrder = { 2, 3, 1, 0 };

    /// <summary>Of weights [group, o, c, u, v]: what a convolution reads.</summary>
    private static readonly int[] s_outputsInnermost = { 0, 3, 4, 2, 1 };

    /// <summary>Of weights [group, o, c, u, v]: what a transposed convolution reads.</summary>
    private static readonly int[] s_inputsInnermost = { 0, 3, 4, 1, 2 };

    /// <summary>Of weights [i, j, o, c, u, v], for each site: taps, inputs, outputs.</summary>
    private static readonly int[] s_siteOrder = { 0, 1, 4, 5, 3, 2 };

    private readonly Graph _graph;
    private readonly Fusion _fusion;
    private readonly HashSet<Node> _images;
    private readonly Dictionary<Node, Layout> _layouts = new();
    private readonly Dictionary<string, Packing> _packings = new(StringComparer.Ordinal);
    private readonly ILookup<Node, string> _gradients;

    public LayoutPlanner(Graph graph, Fusion fusion, IEnumerable<Packing> packings)
    {
        _graph = graph;
        _fusion = fusion;
        _images = Images(graph);
        foreach (Packing packing in packings)
        {
            _packings[packing.Parameter] = packing;
        }

        _gradients = graph.Outputs
            .Where(static o => o.Name.EndsWith(Differentiator.GradientSuffix, StringComparison.Ordinal))
            .ToLookup(static o => Views.Base(o.Node), static o => o.Name.Substring(0, o.Name.Length - Differentiator.GradientSuffix.Length));
        var reshaped = new HashSet<Node>(graph.Nodes.Where(static n => n.Op is ReshapeOp).Select(static n => n.Inputs[0]));
        foreach (Node node in graph.Nodes.Where(n => n.Op is InputOp || (fusion.IsMaterialised(n) && !_gradients.Contains(n))))
        {
            _layouts[node] = Choose(node, reshaped.Contains(node));
        }

        foreach (Node anchor in graph.Nodes)
        {
            Pack(anchor);
        }

        foreach (ParameterOp parameter in graph.Parameters.Select(static p => (ParameterOp)p.Op))
        {
            if (!_packings.ContainsKey(parameter.Parameter))
            {
                int[] dims = parameter.Dims.ToArray();
                _packings[parameter.Parameter] =
                    new Packing(parameter.Parameter, dims.ToImmutableArray(), Enumerable.Range(0, dims.Length).ToImmutableArray());
            }
        }

        foreach (IGrouping<Node, string> gradient in _gradients.Where(g => fusion.IsMaterialised(g.Key) && g.Key.Op is not ConvolveWeightGradientOp { Groups: > 1 }))
        {
            _layouts[gradient.Key] = OfParameter(gradient.Key, _packings[gradient.First()]);
        }
    }

    /// <summary>The physical form of every parameter, in graph order.</summary>
    public IEnumerable<Packing> Packings => _graph.Parameters.Select(p => _packings[((ParameterOp)p.Op).Parameter]);

    public Packing PackingOf(string parameter) => _packings[parameter];

    /// <summary>Whether the weights of a convolution lie with the channels of its input innermost, not of its output:
    /// they belong to a transposed convolution.</summary>
    public bool InputsInnermost(string parameter) => _packings[parameter].Order.SequenceEqual(s_inputsInnermost);

    /// <summary>The same for the gradient of such weights.</summary>
    public bool InputsInnermost(Node gradient) => _gradients[gradient].Any(InputsInnermost);

    /// <summary>Where the elements lie that a node in memory shows: a buffer, or a reshape of one.</summary>
    public Layout Of(Node node)
    {
        if (_layouts.TryGetValue(node, out Layout? layout))
        {
            return layout;
        }

        return node.Op switch
        {
            ParameterOp parameter => OfParameter(node, _packings[parameter.Parameter]),
            ReshapeOp when node.Inputs[0].Op is ParameterOp parameter => OfParameter(node, _packings[parameter.Parameter]),
            ReshapeOp => Layout.Dense(node.Shape),
            _ => throw new InvalidOperationException($"Node {node} {node.Op.Name} has no buffer."),
        };
    }

    private Layout Choose(Node node, bool reshaped) =>
        node.Op is LocalConvolveWeightGradientOp ? Layout.Permuted(node.Shape, s_siteOrder)
        : node.Op is ConvolveWeightGradientOp { Groups: 1 } ? Layout.Permuted(node.Shape, s_weightOrder)
        : node.Op is ConvolveWeightGradientOp ? throw new UnsupportedException(
            _graph.Nodes.Where(n => n.Op is ConvolveOp or ConvolveInputGradientOp && n.Inputs[1].Shape.SequenceEqual(node.Shape))
                .Select(static n => n.Inputs[1].Label).First(),
            "a convolution with groups is called more than once", "declare a layer for each call")
        : _images.Contains(node) && !reshaped ? Layout.Image(node.Shape, HaloFor(node)) : Layout.Dense(node.Shape);

    /// <summary>What convolutions and pools read or write, and whatever of that shape is computed from it or into it.</summary>
    private static HashSet<Node> Images(Graph graph)
    {
        static bool IsImage(Node node) => node.Rank == 4 && node.DType == DType.Float && node.Op is not ParameterOp;
        var images = new HashSet<Node>();
        foreach (Node node in graph.Nodes.Where(static n => n.Op.Placement is not null))
        {
            Placement placement = node.Op.Placement!;
            images.UnionWith(node.Inputs.Where((x, i) => IsImage(x) && WantsImage(placement, i)));
            if (placement.YieldsImage)
            {
                images.Add(node);
            }
        }

        int before;
        do
        {
            before = images.Count;
            foreach (Node node in graph.Nodes.Where(static n => n.Op is PointwiseOp && IsImage(n)))
            {
                if (images.Contains(node) || node.Inputs.Any(images.Contains))
                {
                    images.Add(node);
                    images.UnionWith(node.Inputs.Where(IsImage));
                }
            }
        }
        while (images.Count > before);
        return images;
    }

    private static bool WantsImage(Placement placement, int operand) =>
        placement.Form(operand) == OperandForm.Image
        || (placement.Form(operand) == OperandForm.Buffer && placement.YieldsImage);

    private Halo HaloFor(Node node)
    {
        Halo halo = Halo.None;
        foreach (Node user in _graph.Nodes)
        {
            for (int i = 0; i < user.Inputs.Length; i++)
            {
                halo = user.Inputs[i] == node ? halo.Union(user.Op.HaloOf(i)) : halo;
            }
        }

        return halo;
    }

    private void Pack(Node anchor)
    {
        switch (anchor.Op)
        {
            case ContractOp contract:
                PackContract(anchor, contract);
                break;
            case ConvolveOp convolve when anchor.Inputs[1].Op is ParameterOp p:
                PackConvolve(p, convolve.Groups, s_outputsInnermost);
                break;
            case ConvolveInputGradientOp gradient when anchor.Inputs[1].Op is ParameterOp p:
                PackConvolve(p, gradient.Groups, s_inputsInnermost);
                break;
            case LocalConvolveOp or LocalConvolveInputGradientOp when anchor.Inputs[1].Op is ParameterOp p:
                Agree(new Packing(p.Parameter, p.Dims.ToImmutableArray(), s_siteOrder.ToImmutableArray()));
                break;
        }
    }

    /// <summary>The first use, which is the forward pass, has its order; a use the other way round makes a
    /// copy.</summary>
    private void PackConvolve(ParameterOp p, int groups, int[] order)
    {
        var packing = new Packing(
            p.Parameter,
            ImmutableArray.Create(groups, p.Dims[0] / groups, p.Dims[1], p.Dims[2], p.Dims[3]),
            order.ToImmutableArray());
        bool convolved = _packings.TryGetValue(p.Parameter, out Packing? have) && have.Factors.SequenceEqual(packing.Factors)
            && (have.Order.SequenceEqual(s_outputsInnermost) || have.Order.SequenceEqual(s_inputsInnermost));
        if (!convolved)
        {
            Agree(packing);
        }
    }

    private void PackContract(Node anchor, ContractOp contract)
    {
        (string first, string second, string result) = contract.Letters;
        string[] letters = { first, second };
        for (int side = 0; side < 2; side++)
        {
            Node weight = anchor.Inputs[side];
            if (Views.Base(weight).Op is not ParameterOp parameter || weight.Op is not (ReshapeOp or ParameterOp)
                || _packings.ContainsKey(parameter.Parameter))
            {
                continue;
            }

            string mine = letters[side];
            Node other = anchor.Inputs[1 - side];
            string theirs = letters[1 - side];
            Layout? met = Views.Base(other).Op is ParameterOp ? null : Of(other);

            // Axes shared with the other operand (batch, then summed) in its physical order; the rest, the columns, innermost.
            IEnumerable<int> shared = Enumerable.Range(0, mine.Length).Where(i => theirs.IndexOf(mine[i]) >= 0)
                .OrderBy(i => result.IndexOf(mine[i]) >= 0 ? 0 : 1)
                .ThenBy(i => met is null ? i : Rank(met, theirs.IndexOf(mine[i])));
            IEnumerable<int> columns = Enumerable.Range(0, mine.Length).Where(i => theirs.IndexOf(mine[i]) < 0);
            Agree(new Packing(
                parameter.Parameter, weight.Shape.Select(static d => d.Constant).ToImmutableArray(), shared.Concat(columns).ToImmutableArray()));
        }
    }

    /// <summary>Physical position of an axis: how many axes have a larger stride.</summary>
    private static int Rank(Layout layout, int axis) =>
        Enumerable.Range(0, layout.Strides.Length).Count(other => other != axis && Larger(layout.Strides[other], layout.Strides[axis]));

    /// <summary>Compares strides of one layout at a value of the symbols that keeps their order.</summary>
    private static bool Larger(Size a, Size b) => a.Evaluate(static _ => 1024) > b.Evaluate(static _ => 1024);

    private void Agree(Packing packing)
    {
        if (!_packings.TryGetValue(packing.Parameter, out Packing? have))
        {
            _packings[packing.Parameter] = packing;
        }
        else if (!have.Fits(packing))
        {
            throw Conflict(packing);
        }
    }

    private static UnsupportedException Conflict(Packing packing) => new(
        packing.Parameter, "it is used in two ways that want different layouts in memory", "declare a layer for each use");

    private static Layout OfParameter(Node node, Packing packing)
    {
        Size[] factors = packing.Factors.Select(static f => (Size)f).ToArray();
        if (node.Shape.SequenceEqual(factors))
        {
            return Layout.Permuted(factors, packing.Order);
        }

        // Groups of one: [1, o, c, u, v] is [o, c, u, v].
        int[] kept = Enumerable.Range(0, factors.Length).Where(i => packing.Factors[i] != 1).ToArray();
        if (node.Shape.Where(static d => !d.Equals(Size.One)).SequenceEqual(kept.Select(i => factors[i])))
        {
            Layout full = Layout.Permuted(factors, packing.Order);
            int next = 0;
            int[] axes = node.Shape.Select(d => d.Equals(Size.One) ? -1 : kept[next++]).ToArray();
            return full.Select(axes);
        }

        if (packing.Order.SequenceEqual(Enumerable.Range(0, packing.Order.Length)))
        {
            return Layout.Dense(node.Shape);
        }

        throw Conflict(packing);
    }
}
