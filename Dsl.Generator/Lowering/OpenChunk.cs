using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// What attention in chunks has of the positions before: the sum of key·valueᵀ over all chunks that are closed, [b, d, e]; the rows of
/// the one that is open, which are the last of [b, chunk - 1, c]; and how many these are, [b].
/// </summary>
/// <remarks>How many rows are open is known when it runs, and each sequence has its own number. So that chunks begin where they do
/// in the whole, rows are moved by that number, one binary digit of it after the other.</remarks>
internal sealed class OpenChunk
{
    private static readonly int[] s_sequences = { 0 };

    private readonly Graph _graph;
    private readonly CarriedState _carried;
    private readonly int _chunk;
    private readonly Node? _sum;
    private readonly Node? _rows;

    /// <summary>How many rows are open, 0 … chunk - 1: [b].</summary>
    private readonly Value _open;

    private OpenChunk(Graph g, CarriedState carried, Size batch, int chunk, Node? sum, Node? rows, Node? count)
    {
        (_graph, _carried, _chunk, _sum, _rows) = (g, carried, chunk, sum, rows);
        _open = count is null ? Of(g.Fill(0, new[] { batch }))
            : (Of(g.Reshape(count, new[] { batch })) + 0.5).Apply("floor").Apply("max", Number(0)).Apply("min", Number(chunk - 1));
    }

    /// <summary>How many rows there can be.</summary>
    private int Most => _chunk - 1;

    /// <summary>The state of a call; null where it neither has nor gives one.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="carried">The state.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="chunk">Positions of a chunk.</param>
    /// <param name="keys">Features of a key.</param>
    /// <param name="values">Features of a value.</param>
    /// <param name="row">All features of a row.</param>
    public static OpenChunk? Take(Graph g, CarriedState? carried, Size batch, int chunk, int keys, int values, int row)
    {
        if (carried is null)
        {
            return null;
        }

        Node? sum = carried.Take(keys, values);
        Node? rows = chunk > 1 ? carried.Take(chunk - 1, row) : null;
        return new OpenChunk(g, carried, batch, chunk, sum, rows, chunk > 1 ? carried.Take(1) : null);
    }

    /// <summary>Rows [b, n, c] behind those that are open, with the first of these in front: [b, n + chunk - 1, c].</summary>
    public Node Align(Node x)
    {
        if (_rows is null)
        {
            return x;
        }

        // What is moved out in front are rows that are not open.
        Size[] behind = { x.Shape[0], Moved(), x.Shape[2] };
        return Move(_graph.Concat(1, _rows, x, _graph.Fill(0, behind)), Number(Most) - _open);
    }

    /// <summary>Of results of aligned rows those of the rows themselves, [b, n, e].</summary>
    public Node Own(Node aligned) => _rows is null ? aligned : Move(
        Moved() == Most ? aligned : _graph.Pad(aligned, 1, 0, Moved() - Most, 0), _open);

    /// <summary>Adds what queries find in the closed chunks.</summary>
    /// <param name="result">[b, m, e].</param>
    /// <param name="queries">[b, m, d].</param>
    public Node Add(Node result, Node queries) =>
        _sum is null ? result : _graph.Pointwise("add", result, _graph.Contract("bnd,bde->bne", queries, _sum));

    /// <summary>Leaves the sum over what is closed now, and what is open.</summary>
    /// <param name="x">Rows, [b, n, c].</param>
    /// <param name="keys">Of aligned rows, [b, m, d].</param>
    /// <param name="values">Of aligned rows, [b, m, e].</param>
    public void Leave(Node x, Node keys, Node values)
    {
        Value all = _open + Of(_graph.Fill(_graph.SizeValue(x.Shape[1]), new[] { x.Shape[0] }));
        Value closed = ((all + 0.5) * (1.0 / _chunk)).Apply("floor") * _chunk;
        Value isClosed = Index(keys).Apply("less", Everywhere(closed - Number(0.5), keys));
        Node sum = _graph.Contract("bnd,bne->bde", isClosed.Select(Of(keys), Number(0)), values);
        _carried.Leave(_sum is null ? sum : _graph.Pointwise("add", _sum, sum));
        if (_chunk == 1)
        {
            return;
        }

        Value open = all - closed;
        Node joined = _rows is null ? _graph.Pad(x, 1, Most, 0, 0) : _graph.Concat(1, _rows, x);
        Node last = _graph.Slice(joined, 1, x.Shape[1], Most);
        Value isOpen = Everywhere(Number(Most - 0.5) - open, last).Apply("less", Index(last));
        _carried.Leave(isOpen.Select(Of(last), Number(0)));
        _carried.Leave(_graph.Reshape(open, new[] { x.Shape[0], Size.One }));
    }

    /// <summary>Rows from a number [b] on: as many fewer as the digits of the largest number can count.</summary>
    private Node Move(Node x, Value by)
    {
        for (int step = 1; step <= Most; step *= 2)
        {
            Value digit = (by * (1.0 / step)).Apply("floor") - ((by * (0.5 / step)).Apply("floor") * 2);
            Size left = x.Shape[1] - step;
            Value later = Of(_graph.Slice(x, 1, step, left));
            x = Everywhere(digit, later).Select(later, Of(_graph.Slice(x, 1, 0, left)));
        }

        return x;
    }

    /// <summary>By how many positions digits can move.</summary>
    private int Moved()
    {
        int all = 1;
        while (all <= Most)
        {
            all *= 2;
        }

        return all - 1;
    }

    private Value Of(Node node) => new(_graph, node);

    private Value Number(double value) => Of(_graph.Constant(value));

    private Value Index(Node like) => Of(_graph.Add(new IotaOp(like.Shape.ToEquatable(), 1)));

    /// <summary>[b, n, c] of [b].</summary>
    private Value Everywhere(Value x, Node like) => Of(_graph.Broadcast(x, like.Shape, s_sequences));
}
