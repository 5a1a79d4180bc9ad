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
    private readonly HashSet<Node> _reshaped;

    private Copies(Graph source) => _reshaped = new HashSet<Node>(
        source.Nodes.Where(static n => n.Op is ReshapeOp).Select(static n => n.Inputs[0]));

    public static Graph Insert(Graph source) => new Copies(source).Run(source);

    private Graph Run(Graph source)
    {
        var copies = new Node[source.Nodes.Count];
        foreach (Node node in source.Nodes)
        {
            Node[] operands = node.Inputs.Select((input, i) =>
                NeedsCopy(node, i) ? Copy(copies[input.Id]) : copies[input.Id]).ToArray();
            copies[node.Id] = _graph.Copy(node, operands);
        }

        var gradients = new HashSet<Node>();
        foreach (GraphOutput output in source.Outputs)
        {
            Node node = output.Node;
            bool isGradient = RegionOutputs.Contains(output.Name);
            bool taken = isGradient && !gradients.Add(Views.Base(node));
            bool hidden = Views.IsLeaf(Views.Base(node)) || Views.IsNumber(Views.Base(node))
                || node.Op is TransposeOp or BroadcastOp or StopGradientOp;
            _graph.Output(output.Name, taken || hidden ? Fresh(copies[node.Id]) : copies[node.Id]);
        }

        return _graph.Pruned();
    }

    private bool NeedsCopy(Node user, int operand)
    {
        Node x = user.Inputs[operand];
        if (user.Op is ReshapeOp)
        {
            return Views.IsView(x) && !Views.IsNumber(x);
        }

        return (user.Op.Placement?.Form(operand) ?? OperandForm.Body) switch
        {
            OperandForm.Strided => IsSpread(x),
            OperandForm.Buffer => (Views.IsView(x) || Views.IsNumber(x)) && Views.Base(x).Op is not ParameterOp,

            // What is reshaped is row-major; a convolution wants channels last and a halo.
            OperandForm.Image => Views.IsView(x) || Views.IsNumber(x) || _reshaped.Contains(x),
            _ => false,
        };
    }

    /// <summary>Whether a product would read an element for several positions, or a number.</summary>
    private static bool IsSpread(Node node) => node.Op switch
    {
        BroadcastOp => true,
        TransposeOp or StopGradientOp or ReshapeOp => IsSpread(node.Inputs[0]),
        _ => Views.IsNumber(node),
    };

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
