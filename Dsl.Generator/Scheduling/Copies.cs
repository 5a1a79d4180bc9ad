using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Puts a copy wherever a kernel needs elements in a buffer of their own and the graph gives a view that no buffer shows: a
/// broadcast operand of a product, a pooled transpose, a result that is an input, one value as the gradient of two parameters.
/// A copy is x·1, a map like any other.
/// </summary>
internal sealed class Copies
{
    private readonly Graph _graph = new();
    private readonly Dictionary<Node, Node> _copies = new();
    private readonly Dictionary<Node, Node> _turned = new();
    private readonly HashSet<Node> _reshaped;
    private readonly Joins _joins;

    private Copies(Graph source)
    {
        _joins = Joins.Of(source);
        _reshaped = new HashSet<Node>(Views.RowMajor(source).Select(_joins.Root));
    }

    public static Graph Insert(Graph source) => new Copies(source).Run(source);

    /// <summary>Whether a node is such a copy: simplification leaves no other x·1.</summary>
    public static bool IsCopy(Node node) =>
        node.Op is PointwiseOp { Row: "mul" } && PointwiseOp.ConstantOf(node.Inputs[1]) is 1;

    private Graph Run(Graph source)
    {
        var copies = new Node[source.Nodes.Count];
        foreach (Node node in source.Nodes)
        {
            Node[] operands = node.Inputs.Select((input, i) =>
                !NeedsCopy(node, i) || IsColumn(node) ? copies[input.Id]
                : node.Op is JoinOp ? Fresh(copies[input.Id])
                : Copy(copies[input.Id])).ToArray();
            copies[node.Id] = IsColumn(node) ? Column(node, copies[node.Inputs[0].Id]) : _graph.Copy(node, operands);
        }

        // A gradient has a place of its own: once, and not where parts of it are read, which are of the arena's buffers.
        var unmoved = new HashSet<Node>(source.Nodes.Where(static n => n.Op is SliceOp).Select(Views.Base));
        foreach (GraphOutput output in source.Outputs)
        {
            Node node = output.Node;
            bool isGradient = RegionOutputs.Contains(output.Name);
            bool taken = isGradient && !unmoved.Add(Views.Base(node));
            bool hidden = Views.IsLeaf(Views.Base(node)) || Views.IsNumber(Views.Base(node))
                || node.Op is TransposeOp or BroadcastOp or StopGradientOp || IsPart(node)
                || (isGradient && Views.Base(node).Op is JoinOp);
            _graph.Output(output.Name, taken || hidden ? Fresh(copies[node.Id]) : copies[node.Id]);
        }

        return _graph.Pruned();
    }

    private bool NeedsCopy(Node user, int operand)
    {
        Node x = user.Inputs[operand];
        switch (user.Op)
        {
            case ReshapeOp:
                return Views.IsView(x) && !Views.IsNumber(x) && !(Views.IsUnit(user) && IsShown(x));
            case SliceOp:
                return !IsShown(x) || Views.Base(x).Op is ParameterOp;
            case JoinOp:
                return !_joins.IsPlaced(user, operand);
        }

        OperandForm form = user.Op.Placement?.Form(operand) ?? OperandForm.Body;
        if (form != OperandForm.Body && Views.IsOfInts(Views.Base(x)))
        {
            return true;
        }

        return form switch
        {
            OperandForm.Strided => IsSpread(x),
            OperandForm.Buffer => Views.Base(x).Op is not ParameterOp
                && (!IsShown(x) || Views.IsNumber(x) || (user.Op.Placement!.YieldsImage && HasOtherAxes(x, Halo.None))),

            // What is reshaped is row-major; a convolution wants channels last and a halo of its own.
            OperandForm.Image => !IsShown(x) || Views.IsNumber(x) || HasOtherAxes(x, user.Op.HaloOf(operand))
                || _reshaped.Contains(_joins.Root(x)) || (!user.Op.HaloOf(operand).IsEmpty && _joins.Adjoins(x)),
            _ => false,
        };
    }

    /// <summary>Whether a value is in memory as it is seen: in a buffer, or as a part of one.</summary>
    private static bool IsShown(Node node) => !Views.IsView(node)
        || ((node.Op is SliceOp || Views.IsUnit(node)) && IsShown(node.Inputs[0]));

    /// <summary>Whether an image is a view of what has other axes. Where axes of extent 1 come and go, a pitch is that of another axis or
    /// of none, and only elements are where they should be, not the halo. A sequence may be seen as a row with nothing above and
    /// below.</summary>
    private static bool HasOtherAxes(Node image, Halo halo) => image.Op switch
    {
        SliceOp => HasOtherAxes(image.Inputs[0], halo),
        ReshapeOp => halo is not { Top: 0, Bottom: 0 } || ImageShapes.RowAxes(image) is null,
        _ => false,
    };

    /// <summary>Whether a value is a part of another one, in whatever shape.</summary>
    private static bool IsPart(Node node) => node.Op is SliceOp || (node.Op is ReshapeOp && IsPart(node.Inputs[0]));

    /// <summary>Whether a product would read an element for several positions, or a number.</summary>
    private static bool IsSpread(Node node) => node.Op switch
    {
        BroadcastOp => true,
        TransposeOp or StopGradientOp or ReshapeOp or SliceOp => IsSpread(node.Inputs[0]),
        _ => Views.IsNumber(node),
    };

    /// <summary>Whether a value is a column of a parameter, the taps of all channels at one place.</summary>
    private static bool IsColumn(Node node) => node.Op is SliceOp { Axis: 1 } slice && slice.Extent.Equals(Size.One)
        && node.Rank == 2 && node.Inputs[0].Op is ParameterOp;

    /// <summary>A column as a row of the copy: elements that are read together are neighbours.</summary>
    private Node Column(Node node, Node parameter)
    {
        if (!_turned.TryGetValue(parameter, out Node? turned))
        {
            _turned[parameter] = turned = Fresh(_graph.Transpose(parameter, 1, 0));
        }

        return _graph.Reshape(_graph.Slice(turned, 0, ((SliceOp)node.Op).Start, Size.One), node.Shape);
    }

    private Node Copy(Node node)
    {
        if (!_copies.TryGetValue(node, out Node? copy))
        {
            _copies[node] = copy = Fresh(node);
        }

        return copy;
    }

    private Node Fresh(Node node) => _graph.Pointwise("mul", node, _graph.Constant(1));
}
