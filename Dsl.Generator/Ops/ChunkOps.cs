using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// How rows of a sequence lie in chunks of an order. Of [b, n, heads·w] there is an order [b·rounds·heads, n] for each
/// sequence, round and head; chunks are [b·rounds·heads·chunks, size, w], where ⌈n/size⌉ chunks have zeros behind the last
/// item.
/// </summary>
/// <param name="Heads">Heads of a row.</param>
/// <param name="Rounds">Orders of each head.</param>
/// <param name="Size">Items of a chunk.</param>
/// <param name="LookBack">Whether the items of the chunk before follow those of a chunk, [.., 2·size, w]; the last chunk is
/// before the first.</param>
/// <param name="PerRound">Whether each round has rows of its own, [b·rounds, n, heads·w].</param>
internal sealed record ChunkRule(int Heads, int Rounds, int Size, bool LookBack, bool PerRound)
{
    /// <summary>Whether numbers [b] say how many items of its orders a sequence has: those behind are in no chunk, and
    /// the last chunk is the last one with an item.</summary>
    public bool Lengths { get; init; }

    /// <summary>Items of a chunk and of the one before.</summary>
    public int Span => LookBack ? 2 * Size : Size;

    /// <summary>Orders that share a row of the plain sequences.</summary>
    public int OrdersOfRow => PerRound ? Heads : Heads * Rounds;

    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "heads={0} rounds={1} size={2}{3}{4}{5}", Heads, Rounds, Size,
        LookBack ? " lookback" : "", PerRound ? " perround" : "", Lengths ? " lengths" : "");

    /// <summary>How many chunks n items make.</summary>
    public Dsl.Size Chunks(Dsl.Size items) => (items + (Size - 1)) / Size;

    /// <summary>For every order and item the places where its chunks have it: at most two.</summary>
    /// <param name="inputs">Rows, the order [orders, n], its inverse, lengths.</param>
    /// <param name="visit">Of the order's number, the item, and the row of the chunks.</param>
    public void Walk(IReadOnlyList<NdArray> inputs, Action<int, int, int> visit)
    {
        NdArray order = inputs[1];
        int n = order.Shape[1];
        int chunks = (n + Size - 1) / Size;
        for (int i = 0; i < order.Data.Length; i++)
        {
            (int of, int k) = (i / n, i % n);
            int items = Lengths ? (int)inputs[3].Data[of / (Heads * Rounds)] : n;
            if (k >= items)
            {
                continue;
            }

            (int chunk, int place) = (k / Size, k % Size);
            visit(of, (int)order.Data[i], (((of * chunks) + chunk) * Span) + place);
            if (LookBack)
            {
                int next = (chunk + 1) * Size < items ? chunk + 1 : 0;
                visit(of, (int)order.Data[i], (((of * chunks) + next) * Span) + Size + place);
            }
        }
    }

    /// <summary>Where a head's row begins in the plain sequences.</summary>
    public int PlainAt(int order, int item, int items, int width) =>
        ((order / OrdersOfRow * items) + item) * Heads * width + (order % Heads * width);

    /// <summary>The rows alone have a gradient: the cotangent the other way.</summary>
    public static Node?[] Gradients(Graph graph, Op back, Node node, Node cotangent)
    {
        var gradients = new Node?[node.Inputs.Length];
        gradients[0] = graph.Add(back, new[] { cotangent }.Concat(node.Inputs.Skip(1)).ToArray());
        return gradients;
    }

    /// <summary>Checks an order, its inverse and lengths.</summary>
    public void Check(Op op, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, Lengths ? 4 : 3);
        Expect.That(Heads > 0 && Rounds > 0 && Size > 0, op, "expects heads, rounds and items of a chunk");
        Expect.Rank(op, inputs[0], 3);
        Expect.That(
            inputs[0].Shape[2].IsConstant, op, $"expects a constant width but gets '{inputs[0].Shape.Text()}'");
        Expect.Rank(op, inputs[1], 2);
        Expect.Shape(op, inputs[2], inputs[1].Shape[0], inputs[1].Shape[1]);
        if (Lengths)
        {
            Expect.Shape(op, inputs[3], inputs[1].Shape[0] / (Heads * Rounds));
        }
    }
}

/// <summary>
/// Rows of sequences in chunks of an order: of x [b, n, heads·w], the order [b·rounds·heads, n], its inverse and, if the
/// rule says so, lengths [b] to chunks of rows. Its gradient is <see cref="UnchunkRowsOp"/>, and the other way round.
/// </summary>
internal sealed record ChunkRowsOp(ChunkRule Rule) : Op
{
    public override string Name => "chunkrows";

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.Chunk, OperandForm.Buffer) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        (Node x, Node order) = (inputs[0], inputs[1]);
        Expect.That(
            x.Shape[2].Constant % Rule.Heads == 0, this,
            $"expects a width that {Rule.Heads} heads divide but gets '{x.Shape.Text()}'");
        Expect.Shape(this, order, x.Shape[0] * Rule.OrdersOfRow, x.Shape[1]);
        return (
            GraphLists.Dims(order.Shape[0] * Rule.Chunks(order.Shape[1]), Rule.Span, x.Shape[2] / Rule.Heads), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        ChunkRule.Gradients(graph, new UnchunkRowsOp(Rule), node, cotangent);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray x, int n) = (inputs[0], inputs[1].Shape[1]);
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        int width = result.Shape[2];
        Rule.Walk(inputs, (of, item, row) =>
            Array.Copy(x.Data, Rule.PlainAt(of, item, n, width), result.Data, row * width, width));
        return result;
    }
}

/// <summary>
/// Rows in chunks of an order back at their positions: of chunks, the order [b·rounds·heads, n], its inverse and lengths
/// to [b, n, heads·w]. What a chunk and the next one say of an item, and the rounds unless they have rows of their own, are
/// added in order; an item in no chunk is 0. Its gradient is <see cref="ChunkRowsOp"/>.
/// </summary>
internal sealed record UnchunkRowsOp(ChunkRule Rule) : Op
{
    public override string Name => "unchunkrows";

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.Chunk, OperandForm.Buffer) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        (Node y, Node order) = (inputs[0], inputs[1]);
        Expect.Shape(this, y, order.Shape[0] * Rule.Chunks(order.Shape[1]), Rule.Span, y.Shape[2]);
        return (
            GraphLists.Dims(order.Shape[0] / Rule.OrdersOfRow, order.Shape[1], y.Shape[2] * Rule.Heads), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        ChunkRule.Gradients(graph, new ChunkRowsOp(Rule), node, cotangent);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray y, int n) = (inputs[0], inputs[1].Shape[1]);
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        int width = y.Shape[2];
        Rule.Walk(inputs, (of, item, row) =>
        {
            int to = Rule.PlainAt(of, item, n, width);
            for (int c = 0; c < width; c++)
            {
                result.Data[to + c] += y.Data[(row * width) + c];
            }
        });
        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length;
}
