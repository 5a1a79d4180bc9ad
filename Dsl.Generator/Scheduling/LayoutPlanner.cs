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

    /// <summary>Of an image of one row: samples, channels, positions.</summary>
    private static readonly int[] s_sequenceAxes = { 0, 1, 3 };

    /// <summary>Of weights [i, j, o, c, u, v], for each site: taps, inputs, outputs.</summary>
    private static readonly int[] s_siteOrder = { 0, 1, 4, 5, 3, 2 };

    private readonly Graph _graph;
    private readonly Fusion _fusion;
    private readonly Joins _joins;
    private readonly Dictionary<Node, Halo> _halos;
    private readonly Dictionary<Node, ImmutableArray<Size>> _images;
    private readonly HashSet<string> _seenInSeveralShapes;
    private readonly Dictionary<Node, Layout> _layouts = new();
    private readonly Dictionary<string, Packing> _packings = new(StringComparer.Ordinal);
    private readonly ILookup<Node, string> _gradients;

    public LayoutPlanner(Graph graph, Fusion fusion, IEnumerable<Packing> packings)
    {
        _graph = graph;
        _fusion = fusion;
        _joins = Joins.Of(graph);
        _halos = Halos(graph, _joins);
        _images = ImageShapes.Of(graph, _joins);
        _seenInSeveralShapes = SeenInSeveralShapes(graph);
        foreach (Packing packing in packings)
        {
            _packings[packing.Parameter] = packing;
        }

        _gradients = graph.Outputs
            .Where(static o => RegionOutputs.Contains(o.Name))
            .ToLookup(static o => Views.Base(o.Node), static o => RegionOutputs.ParameterOf(o.Name)!);
        var reshaped = new HashSet<Node>(Views.RowMajor(graph).Select(_joins.Root));
        foreach (Node node in graph.Nodes.Where(n =>
            !_joins.IsPlaced(n) && (n.Op is InputOp || (fusion.IsMaterialised(n) && !_gradients.Contains(n)))))
        {
            _layouts[node] = Choose(node, reshaped.Contains(node));
        }

        foreach (Node loss in graph.Nodes.Where(static n => n.Op.Placement?.Skeleton is Skeleton.ClassLogits))
        {
            KeepRows(loss);
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

        foreach (IGrouping<Node, string> gradient in _gradients.Where(g => fusion.IsMaterialised(g.Key)))
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

    /// <summary>The value whose buffer holds the elements that a node in memory shows.</summary>
    public Node Root(Node node) => _joins.Root(node);

    /// <summary>What lies in the buffer of a join, by node.</summary>
    public IEnumerable<KeyValuePair<Node, (Node Join, int Operand)>> Joined => _joins.Places;

    /// <summary>[b, c, h, w] of what is stored channel-last: a sequence [b, c, l] is an image of one row.</summary>
    public ImmutableArray<Size> ImageShape(Node node) => _images[node];

    /// <summary>Where the elements lie that a node in memory shows: a buffer, or a reshape of one.</summary>
    public Layout Of(Node node)
    {
        if (_layouts.TryGetValue(node, out Layout? layout))
        {
            return layout;
        }

        if (_joins.IsPlaced(node))
        {
            (Node join, int operand) = _joins.PlaceOf(node);
            return _layouts[node] = ((JoinOp)join.Op).Place(join, operand, Of(join));
        }

        return node.Op switch
        {
            ParameterOp parameter => OfParameter(node, _packings[parameter.Parameter]),
            ReshapeOp when node.Inputs[0].Op is ParameterOp parameter => OfParameter(node, _packings[parameter.Parameter]),
            ReshapeOp when ImageShapes.RowAxes(node) is { } axes => Of(node.Inputs[0]).Select(axes),
            ReshapeOp when Views.UnitAxes(node) is { } axes => Of(node.Inputs[0]).Select(axes),
            ReshapeOp => Layout.Dense(node.Shape),
            SliceOp slice => Of(node.Inputs[0]).Part(slice.Axis, slice.Start),
            TransposeOp transpose => Of(node.Inputs[0]).Select(transpose.Order.ToArray()),
            StopGradientOp => Of(node.Inputs[0]),
            _ => throw new InvalidOperationException($"Node {node} {node.Op.Name} has no buffer."),
        };
    }

    /// <summary>Axes of the domain as the first buffer that a kernel writes lies in memory, outermost first.</summary>
    public int[] StoreOrder(FusedKernel kernel)
    {
        Layout layout = Of(kernel.Stores[0]);
        return PhysicalOrder.Of(kernel.Shape.Length)
            .OrderByDescending(a => layout.Step(a).Evaluate(static _ => 1024)).ToArray();
    }

    private Layout Choose(Node node, bool reshaped) =>
        node.Op is LocalConvolveWeightGradientOp ? Layout.Permuted(node.Shape, s_siteOrder)
        : node.Op is ConvolveWeightGradientOp { Groups: 1 } ? Layout.Permuted(node.Shape, s_weightOrder)
        : node.Op is ConvolveWeightGradientOp grouped
            ? OfParameter(node, GroupedPacking("", node, grouped.Groups, s_outputsInnermost))
        : _images.TryGetValue(node, out ImmutableArray<Size> image) && !reshaped ? Image(node, image)
            : Layout.Dense(node.Shape);

    private Layout Image(Node node, ImmutableArray<Size> shape)
    {
        Layout image = Layout.Image(shape, _halos.TryGetValue(node, out Halo? halo) ? halo : Halo.None);
        return node.Rank == 4 ? image : image.Select(s_sequenceAxes);
    }

    /// <summary>Parameters that products see in several shapes, one layer on inputs of several ranks. They are packed in
    /// their own shape, and a view splits its axes.</summary>
    private static HashSet<string> SeenInSeveralShapes(Graph graph) => new(
        graph.Nodes.Where(static n => n.Op is ContractOp).SelectMany(static n => n.Inputs)
            .Where(static x => x.Op is ParameterOp || (x.Op is ReshapeOp && x.Inputs[0].Op is ParameterOp))
            .GroupBy(static x => ((ParameterOp)Views.Base(x).Op).Parameter)
            .Where(static g => g.Any(x => !x.Shape.SequenceEqual(g.First().Shape)))
            .Select(static g => g.Key),
        StringComparer.Ordinal);

    /// <summary>The zeros that the readers of all its parts need around each buffer; without those that need
    /// none.</summary>
    private static Dictionary<Node, Halo> Halos(Graph graph, Joins joins)
    {
        var halos = new Dictionary<Node, Halo>();
        foreach (Node user in graph.Nodes)
        {
            for (int i = 0; i < user.Inputs.Length; i++)
            {
                Halo wanted = user.Op.HaloOf(i);
                if (!wanted.IsEmpty)
                {
                    Node root = joins.Root(user.Inputs[i]);
                    halos[root] = (halos.TryGetValue(root, out Halo? halo) ? halo : Halo.None).Union(wanted);
                }
            }
        }

        return halos;
    }

    private void Pack(Node anchor)
    {
        switch (anchor.Op)
        {
            case ContractOp contract:
                PackContract(anchor, contract);
                break;
            case ConvolveOp convolve when Views.Base(anchor.Inputs[1]).Op is ParameterOp p:
                PackConvolve(p, anchor.Inputs[1], convolve.Groups, s_outputsInnermost);
                break;
            case ConvolveInputGradientOp gradient when Views.Base(anchor.Inputs[1]).Op is ParameterOp p:
                PackConvolve(p, anchor.Inputs[1], gradient.Groups, s_inputsInnermost);
                break;
            case LocalConvolveOp or LocalConvolveInputGradientOp when anchor.Inputs[1].Op is ParameterOp p:
                Agree(new Packing(p.Parameter, p.Dims.ToImmutableArray(), s_siteOrder.ToImmutableArray()));
                break;
        }
    }

    /// <summary>Rows that a loss over classes walks stay rows, whatever else reads them: there may be very many.</summary>
    private void KeepRows(Node loss)
    {
        foreach (ParameterOp parameter in loss.Inputs.Select(Views.Base).Select(static x => x.Op).OfType<ParameterOp>())
        {
            if (!_packings.ContainsKey(parameter.Parameter))
            {
                ImmutableArray<int> dims = parameter.Dims.ToImmutableArray();
                Agree(new Packing(parameter.Parameter, dims, Enumerable.Range(0, dims.Length).ToImmutableArray()));
            }
        }
    }

    /// <summary>The first use, which is the forward pass, has its order; a use the other way round makes a copy.</summary>
    private void PackConvolve(ParameterOp p, Node weight, int groups, int[] order)
    {
        Packing packing = GroupedPacking(p.Parameter, weight, groups, order);
        bool convolved = _packings.TryGetValue(p.Parameter, out Packing? have) && have.Factors.SequenceEqual(packing.Factors)
            && (have.Order.SequenceEqual(s_outputsInnermost) || have.Order.SequenceEqual(s_inputsInnermost));
        if (!convolved)
        {
            Agree(packing);
        }
    }

    /// <summary>Weights [o, c, u, v], or their gradient, as [group, o, c, u, v].</summary>
    private static Packing GroupedPacking(string parameter, Node weight, int groups, int[] order)
    {
        int[] dims = weight.Shape.Select(static d => d.Constant).ToArray();
        return new Packing(
            parameter,
            ImmutableArray.Create(groups, dims[0] / groups, dims[1], dims[2], dims[3]),
            order.ToImmutableArray());
    }

    private void PackContract(Node anchor, ContractOp contract)
    {
        (string first, string second, string result) = contract.Letters;
        string[] letters = { first, second };
        for (int side = 0; side < 2; side++)
        {
            Node weight = anchor.Inputs[side];
            if (Views.Base(weight).Op is not ParameterOp parameter || weight.Op is not (ReshapeOp or ParameterOp)
                || _packings.ContainsKey(parameter.Parameter)
                || (weight.Op is ReshapeOp && _seenInSeveralShapes.Contains(parameter.Parameter)))
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

        return Split(node, packing, Layout.Permuted(factors, packing.Order)) ?? throw Conflict(packing);
    }

    /// <summary>
    /// A view whose axes divide the packing's factors, or consist of several of them: then digits, unless these lie as one
    /// axis. Null when an axis begins inside one factor and ends inside another.
    /// </summary>
    private static Layout? Split(Node node, Packing packing, Layout packed)
    {
        var strides = new Size[node.Rank];
        var digits = new Dictionary<int, Digit[]>();
        int f = packing.Factors.Length;
        int left = 1;
        Size stride = Size.One;
        for (int axis = node.Rank - 1; axis >= 0; axis--)
        {
            var found = new List<Digit>();
            for (int wanted = node.Shape[axis].Constant; wanted > 1;)
            {
                while (left == 1)
                {
                    f--;
                    (left, stride) = (packing.Factors[f], packed.Strides[f]);
                }

                int taken = Math.Min(wanted, left);
                if (wanted % taken != 0 || left % taken != 0)
                {
                    return null;
                }

                if (found.Count > 0 && (found[0].Stride * found[0].Extent).Equals(stride))
                {
                    found[0] = found[0] with { Extent = found[0].Extent * taken };
                }
                else
                {
                    found.Insert(0, new Digit(taken, stride));
                }

                stride *= taken;
                left /= taken;
                wanted /= taken;
            }

            strides[axis] = found.Count == 0 ? stride : found[0].Stride;
            digits[axis] = found.Skip(1).ToArray();
        }

        return digits.Where(static d => d.Value.Length > 0)
            .Aggregate(packed.Strided(strides), static (layout, d) => layout.Split(d.Key, d.Value));
    }
}
