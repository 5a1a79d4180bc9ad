using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>How many buffers a kernel names: a launch has a fixed number of slots.</summary>
internal sealed class BufferCount
{
    /// <summary>Equal to the runtime's <c>Slots.MaxBuffers</c>.</summary>
    private const int Slots = 14;

    private readonly Fusion _fusion;
    private readonly FusedKernel _kernel;
    private readonly HashSet<Node> _named = new();
    private readonly HashSet<Node> _seen = new();

    public BufferCount(Fusion fusion, FusedKernel kernel)
    {
        _fusion = fusion;
        _kernel = kernel;

        // One for scratch or a copied weight.
        int reserve = kernel.Skeleton is Skeleton.Map ? 0 : 1;
        foreach (Node node in kernel.Anchors.Concat(kernel.Stores))
        {
            Visit(node, isRoot: true);
        }

        if (_named.Count + reserve > Slots)
        {
            Node[] seen = _seen.Where(n => n.Op is PointwiseOp && !Views.IsNumber(n) && !_fusion.IsHome(n, _kernel))
                .OrderBy(static n => n.Id).ToArray();
            Overflow = Half();
            Again = Overflow is null ? Costly(seen) : null;
        }
    }

    /// <summary>When there are too many: the pointwise node, or the reduction, from which on the kernel is to be another; null when
    /// nothing can be split off.</summary>
    public Node? Overflow { get; }

    /// <summary>When there are too many and nothing can be split off: what this kernel computes again and is to load
    /// instead.</summary>
    public Node? Again { get; }

    /// <summary>The first of what is computed again that names a third of what there may be.</summary>
    private Node? Costly(Node[] seen)
    {
        foreach (Node node in seen)
        {
            _named.Clear();
            _seen.Clear();
            Visit(node, isRoot: true);
            if (_named.Count > Slots / 3)
            {
                return node;
            }
        }

        return seen.LastOrDefault();
    }

    private Node? Half()
    {
        Node? last = null;
        Node[] members = _seen.Where(n => n.Op is PointwiseOp && _fusion.IsHome(n, _kernel)).OrderBy(static n => n.Id).ToArray();
        _named.Clear();
        _seen.Clear();
        foreach (Node member in members)
        {
            Visit(member, isRoot: true);
            last = member;
            if (_named.Count > Slots / 2 && member != members[0])
            {
                return member;
            }
        }

        if (members.Length > 1)
        {
            return last;
        }

        Node[] sums = _kernel.Anchors.Where(static a => a.Op is ReduceOp).OrderBy(static a => a.Id).ToArray();
        return sums.Length > 1 ? sums[sums.Length / 2] : null;
    }

    private void Visit(Node node, bool isRoot = false)
    {
        Node seen = node;
        while (seen.Op is not SliceOp && Views.IsView(seen))
        {
            seen = seen.Inputs[0];
        }

        node = Views.Base(node);
        if (Views.IsNumber(node) && !_kernel.Stores.Contains(node))
        {
            return;
        }

        bool home = _fusion.IsHome(node, _kernel);
        if (node.Op is InputOp or ParameterOp || _fusion.IsMaterialised(node))
        {
            // A slice has an offset of its own.
            _named.Add(seen);
        }

        bool computed = home || !(node.Op is InputOp or ParameterOp || _fusion.IsMaterialised(node));
        if ((isRoot || computed) && _seen.Add(node))
        {
            foreach (Node input in node.Inputs)
            {
                Visit(input);
            }
        }
    }
}
