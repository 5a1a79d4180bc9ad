using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Which values lie in the buffer of a join (<see cref="JoinOp"/>) that they are operands of. One that has a buffer
/// for another reason, or another place, cannot: <see cref="Copies"/> copies it first, so after that every operand
/// lies there.
/// </summary>
internal sealed class Joins
{
    private readonly Dictionary<Node, (Node Join, int Operand)> _places = new();

    private Joins(Graph graph)
    {
        if (!graph.Nodes.Any(static n => n.Op is JoinOp))
        {
            return;
        }

        var outputs = new HashSet<Node>(graph.Outputs.Select(static o => Views.Base(o.Node)));
        ILookup<Node, Node> users = graph.Nodes.SelectMany(static n => n.Inputs.Select(i => (Input: i, User: n)))
            .ToLookup(static p => p.Input, static p => p.User);
        foreach (Node join in graph.Nodes.Where(static n => n.Op is JoinOp))
        {
            for (int i = 0; i < join.Inputs.Length; i++)
            {
                Node x = join.Inputs[i];
                if (IsComputed(x) && !_places.ContainsKey(x) && (x.Op is not JoinOp || ((JoinOp)join.Op).IsEven)
                    && !outputs.Contains(x) && users[x].All(u => u == join || Allows(u, (JoinOp)join.Op)))
                {
                    _places[x] = (join, i);
                }
            }
        }
    }

    public static Joins Of(Graph graph) => new(graph);

    /// <summary>The values that lie in the buffer of a join.</summary>
    public IEnumerable<KeyValuePair<Node, (Node Join, int Operand)>> Places => _places;

    /// <summary>Whether a value lies in the buffer of a join: of the first that has it as an operand.</summary>
    public bool IsPlaced(Node node) => _places.ContainsKey(node);

    /// <summary>Whether a join has an operand in its buffer.</summary>
    public bool IsPlaced(Node join, int operand) =>
        _places.TryGetValue(join.Inputs[operand], out (Node Join, int Operand) place) && place == (join, operand);

    /// <summary>The join and the operand that a value is.</summary>
    public (Node Join, int Operand) PlaceOf(Node node) => _places[node];

    /// <summary>The value whose buffer holds the elements of a node: through views, and on to the outermost
    /// join.</summary>
    public Node Root(Node node)
    {
        node = Views.Base(node);
        return _places.TryGetValue(node, out (Node Join, int Operand) place) ? Root(place.Join) : node;
    }

    /// <summary>Whether the pixels around a view are no zeros but pixels of something else.</summary>
    public bool Adjoins(Node node) => node.Op switch
    {
        SliceOp slice => slice.Axis > 1 || Adjoins(node.Inputs[0]),
        _ when Views.IsView(node) => Adjoins(node.Inputs[0]),
        _ => _places.TryGetValue(node, out (Node Join, int Operand) place)
            && (((JoinOp)place.Join.Op).Adjoins || Adjoins(place.Join)),
    };

    /// <summary>Whether a kernel writes it, wherever it is told to. A weight gradient lies like its weight; orders
    /// and chunks have no gaps, and a session keeps what it remembers.</summary>
    private static bool IsComputed(Node x) => (!Views.IsNumber(x) || Copies.IsCopy(x))
        && x.Op is not (ConvolveWeightGradientOp or OrderOp or ChunkRowsOp or MemoryOp { KeepsResult: true })
        && (x.Op is PointwiseOp or JoinOp || x.Op.Placement is not null || x.Op.ReducedAxes.Length > 0);

    /// <summary>A reshape wants the elements in row-major order; uneven strides suit a body only. Another join gets a
    /// copy.</summary>
    private static bool Allows(Node user, JoinOp join) => user.Op is JoinOp ? true : join.IsEven
        ? user.Op is not ReshapeOp || Views.IsUnit(user)
        : user.Op is PointwiseOp || user.Op.ReducedAxes.Length > 0;
}
