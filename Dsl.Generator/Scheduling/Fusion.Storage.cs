using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <content>What is written to memory, and what is computed again wherever it is needed.</content>
internal sealed partial class Fusion
{
    private void Materialise()
    {
        foreach (Node node in _graph.Nodes)
        {
            if (node.Op is JoinOp)
            {
                _materialised[node.Id] = true;
                continue;
            }

            bool pointwise = node.Op is PointwiseOp;
            int own = _home[node.Id];
            bool wanted = _users[node.Id] is { } users && IsWantedOutside(own, users);
            _recomputable[node.Id] = pointwise && AreAvailable(node.Inputs);

            // Computed again rather than stored, unless that would load much more.
            bool cheap = _recomputable[node.Id] && Sources(node) <= MostSources && !IsTable(node)
                && !IsCostlyPerRow(node);
            if (own != None && (_forced[node.Id] || (wanted && !cheap)))
            {
                _materialised[node.Id] = true;
                _recomputable[node.Id] = false;
            }
        }
    }

    private bool IsWantedOutside(int kernel, List<Node> users)
    {
        foreach (Node user in users)
        {
            if (kernel == None || _home[user.Id] != kernel)
            {
                return true;
            }
        }

        return false;
    }

    private bool AreAvailable(ImmutableArray<Node> values)
    {
        foreach (Node value in values)
        {
            if (!Available(Views.Base(value)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A root or a quotient of a reduction is stored with it: computing it again would do so for every
    /// element.</summary>
    private bool IsCostlyPerRow(Node node) => node.Op is PointwiseOp { Definition.RunsInRegisters: false }
        && _home[node.Id] != None && _kernels[_home[node.Id]].IsPerRow(node);

    /// <summary>A value made of more buffers than this is stored rather than computed again.</summary>
    private const int MostSources = 4;

    /// <summary>Work beyond which a value that serves many elements is stored: cheap ops count 1.</summary>
    private const int MostRepeatedWork = 3;

    /// <summary>What a polynomial or a division costs in cheap ops.</summary>
    private const int ExpensiveWork = 8;

    private static bool IsRepeated(Node operand) => operand.Op is BroadcastOp
        ? !Views.IsNumber(operand) : Views.IsView(operand) && IsRepeated(operand.Inputs[0]);

    /// <summary>Whether other kernels would compute the same again for many elements, at a cost that loading it does
    /// not have: of a value per channel, one load against an inverse root for every pixel.</summary>
    private bool IsTable(Node node) => _repeated[node.Id] && Work(node, new HashSet<Node>()) > MostRepeatedWork;

    private int Work(Node node, HashSet<Node> counted)
    {
        if (Views.IsNumber(node) || _materialised[node.Id] || !counted.Add(node))
        {
            return 0;
        }

        bool expensive = node.Op is RandomOp or AngleOp or BucketOp
            or PointwiseOp { Definition.Cost: PointwiseCost.Expensive };
        int own = expensive ? ExpensiveWork : node.Op is PointwiseOp ? 1 : 0;
        return own + (node.Op is PointwiseOp || Views.IsView(node) ? node.Inputs.Sum(i => Work(i, counted)) : 0);
    }

    /// <summary>How many buffers of its own size computing a recomputable node loads: what is repeated is small and
    /// stays in the cache.</summary>
    private int Sources(Node node)
    {
        var found = new HashSet<Node>();
        void Visit(Node at)
        {
            if (IsRepeated(at))
            {
                return;
            }

            at = Views.Base(at);
            if (_materialised[at.Id] || at.Op is InputOp or ParameterOp)
            {
                found.Add(at);
            }
            else if (!Views.IsNumber(at))
            {
                foreach (Node input in at.Inputs)
                {
                    Visit(input);
                }
            }
        }

        foreach (Node input in node.Inputs)
        {
            Visit(input);
        }

        return found.Count;
    }

    /// <summary>Whether any kernel can have the value: from memory, from nothing, or by computing it again.</summary>
    private bool Available(Node node) =>
        _materialised[node.Id] || _recomputable[node.Id] || Views.IsLeaf(node) || Views.IsOfInts(node);
}
