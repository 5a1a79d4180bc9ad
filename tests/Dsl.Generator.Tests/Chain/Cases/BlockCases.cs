using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Blocks: arguments, nesting, repetition, several inputs and results, variants, tied weights.</summary>
internal static class BlockCases
{
    private const string Residual = """
        [Block] public sealed partial class Residual(int width, bool scaled = false)
        {
            [Perceptron("2*width")] private partial Tensor Expand(Tensor x);
            [Perceptron(nameof(width))] private partial Tensor Contract(Tensor x);
            public Tensor Forward(Tensor x)
            {
                Tensor y = Contract(Silu(Expand(x)));
                return x + (scaled ? y * 0.5f : y);
            }
        }
        """;

    private const string DoubleConv = """
        [Block] public sealed partial class DoubleConv(int width, int middle = 0, int stride = 1)
        {
            [Conv("middle", 3, Padding = 1)] private partial Tensor Narrow(Tensor x);
            [Conv(nameof(width), 3, Padding = 1, Stride = "stride")] private partial Tensor Wide(Tensor x);
            [Conv("width", 1, Stride = nameof(stride))] private partial Tensor Project(Tensor x);
            public Tensor Forward([Shape("b", "c", "h", "w")] Tensor x)
            {
                Tensor y = x;
                if (middle > 0) y = Relu(Narrow(y));
                y = Wide(y);
                return Relu(y + (stride != 1 || middle > 0 ? Project(x) : x));
            }
        }
        """;

    private const string Gates = """
        [Block] public sealed partial class Gates(int width, Activation activation = Activation.Silu)
        {
            [Perceptron("width")] private partial Tensor Gate(Tensor x);
            [Perceptron("width")] private partial Tensor Value(Tensor x);
            public (Tensor Gate, Tensor Value) Forward(Tensor x) =>
                (activation == Activation.Silu ? Silu(Gate(x)) : Sigmoid(Gate(x)), Value(x));
        }
        """;

    public static IEnumerable<ChainCase> All =>
    [
        ChainCase.Of(
            "block", "[Use<Residual>(5)] private partial Tensor Trunk(Tensor x);", "\"b\", 5", "Trunk(x)") with { Classes = Residual },
        ChainCase.Of(
            "block called twice", "[Use<Residual>(5, true)] private partial Tensor Trunk(Tensor x);", "\"b\", 5", "Trunk(Trunk(x))")
            with { Classes = Residual },
        ChainCase.Of(
            "block of blocks",
            "[Use<Two>(6)] private partial Tensor Body(Tensor x); [Perceptron(6)] private partial Tensor Head(Tensor x);",
            "\"b\", 6",
            "Head(Body(x))")
            with
            {
                Classes = Residual + """
                    [Block] public sealed partial class Two(int width)
                    {
                        [Use<Residual>("width", true)] private partial Tensor First(Tensor x);
                        [Use<Residual>(nameof(width))] private partial Tensor Second(Tensor x);
                        public Tensor Forward(Tensor x) => Second(First(x)) * width;
                    }
                    """,
            },
        ChainCase.Of(
            "block variants",
            """
            [Use<DoubleConv>(3)] private partial Tensor Plain(Tensor x);
            [Use<DoubleConv>(4, 2)] private partial Tensor Middle(Tensor x);
            [Use<DoubleConv>("2*3", 0, 2)] private partial Tensor Down(Tensor x);
            """,
            "\"b\", 3, 6, 5",
            "Down(Middle(Plain(x)))") with { Classes = DoubleConv, Runs = ["b=3", "b=2"] },
        ChainCase.Of(
            "block repeated 4",
            "[Perceptron(6)] private partial Tensor Stem(Tensor x); [Use<Residual>(6, Repeat = 4)] private partial Tensor Trunk(Tensor x);",
            "\"b\", 5",
            "Trunk(Stem(x))") with { Classes = Residual },
        ChainCase.Of(
            "block of repeated blocks",
            """
            [Use<Stack>(6, 2)] private partial Tensor Deep(Tensor x);
            [Use<Stack>(6, 1)] private partial Tensor Flat(Tensor x);
            """,
            "\"b\", 6",
            "Flat(Deep(x))")
            with
            {
                Classes = Residual + """
                    [Block] public sealed partial class Stack(int width, int depth)
                    {
                        [Use<Residual>(nameof(width), Repeat = nameof(depth))] private partial Tensor Blocks(Tensor x);
                        [Perceptron("width/depth*depth")] private partial Tensor Last(Tensor x);
                        public Tensor Forward(Tensor x) => Last(Blocks(x));
                    }
                    """,
            },
        ChainCase.Of(
            "block that keeps the image",
            "[Use<Same>(5, 2)] private partial Tensor Trunk(Tensor x);",
            "\"b\", 3, 6, 5",
            "Trunk(x)")
            with
            {
                Runs = ["b=3", "b=2"],
                Classes = """
                    [Block] public sealed partial class Same(int width, int dilation)
                    {
                        [Conv("width", 3, Padding = "same", Dilation = "dilation")] private partial Tensor A(Tensor x);
                        public Tensor Forward(Tensor x) => AvgPool(Silu(A(x)), dilation);
                    }
                    """,
            },
        ChainCase.Of(
            "block with a loop",
            "[Use<Steps>(3)] private partial Tensor Three(Tensor x); [Use<Steps>(0)] private partial Tensor None(Tensor x);",
            "\"b\", 5",
            "Three(None(x))")
            with
            {
                Classes = """
                    [Block] public sealed partial class Steps(int turns)
                    {
                        [Perceptron(5)] private partial Tensor Step(Tensor x);
                        public Tensor Forward(Tensor x)
                        {
                            Tensor y = Step(x);
                            for (int i = 0; i < turns; i++) y = y + Silu(Step(y)) * (i + turns);
                            return y;
                        }
                    }
                    """,
            },
        new("block with two results", """
            [Use<Gates>(5)] private partial (Tensor A, Tensor B) Open(Tensor x);
            [Use<Gates>(5, Activation.None)] private partial (Tensor, Tensor) Close(Tensor x);
            public (Tensor Mask, Tensor Edge) Forward([Shape("b", 4)] Tensor x)
            {
                var (gate, value) = Open(x);
                (Tensor P, Tensor Q) last = Close(gate * value);
                return (last.P * gate, last.Q);
            }
            public Tensor Loss([Shape("b", 4)] Tensor x)
            {
                var (mask, edge) = Forward(x);
                return Mean(Square(mask)) + Mean(Square(edge));
            }
            """) { Classes = Gates },
        new("block with two inputs", """
            [Use<Up>(5)] private partial Tensor Join(Tensor x, Tensor skip);
            [Perceptron(5)] private partial Tensor Stem(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x, [Shape("b", 3)] Tensor y) => Join(Stem(x), y);
            public Tensor Loss([Shape("b", 4)] Tensor x, [Shape("b", 3)] Tensor y) => Mean(Square(Forward(x, y)));
            """)
        {
            Classes = """
                [Block] public sealed partial class Up(int width)
                {
                    [Perceptron("width")] private partial Tensor Skip(Tensor x);
                    [Perceptron("n")] private partial Tensor Merge(Tensor x);
                    public Tensor Forward([Shape("b", "n")] Tensor x, [Shape("b", "m")] Tensor skip) => Merge(x + Skip(skip)) * x;
                }
                """,
        },
        ChainCase.Of(
            "tied weights",
            """
            [Perceptron(5)] private partial Tensor A(Tensor x);
            [Perceptron(5), Tied(nameof(A))] private partial Tensor B(Tensor x);
            """,
            "\"b\", 5",
            "B(Silu(A(x)))"),
        new("reversible blocks of what is 0 or the largest", """
            [Perceptron(6, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Use<Couple>(6, Repeat = 3)] private partial (Tensor First, Tensor Second) Trunk(Tensor a, Tensor b);
            [Use<Couple>(6, Repeat = 3)] private partial (Tensor First, Tensor Second) Next(Tensor a, Tensor b);
            public Tensor Forward([Shape("b", 5)] Tensor x)
            {
                Tensor hidden = A(x);
                (Tensor first, Tensor second) = Trunk(hidden, 2 * A(x));
                return first * second;
            }
            public Tensor Loss([Shape("b", 5)] Tensor x)
            {
                (Tensor first, Tensor second) = Trunk(A(x), Square(A(x)));
                Tensor largest = Max(first, 1) * Max(second, 1);
                (first, second) = Next(first, second);
                return Mean(Square(first * second)) + Mean(Max(A(x), 1)) + Mean(Square(largest));
            }
            """)
        {
            Classes = """
                [Block, Reversible] public sealed partial class Couple(int width)
                {
                    [Perceptron("width", Activation = Activation.Tanh)] private partial Tensor F(Tensor x);
                    [Perceptron("width")] private partial Tensor G(Tensor x);
                    public (Tensor First, Tensor Second) Forward(Tensor first, Tensor second)
                    {
                        Tensor mixed = first + F(second);
                        return (mixed, second + G(mixed));
                    }
                }
                """,
        },
        new("reversible blocks", """
            [Use<Couple>(6, Repeat = 3)] private partial (Tensor First, Tensor Second) Trunk(Tensor a, Tensor b, Tensor c);
            public Tensor Forward([Shape("b", 6)] Tensor x, [Shape("b", 6)] Tensor y)
            {
                (Tensor first, Tensor second) = Trunk(x * 2, x, y);
                return first * second;
            }
            public Tensor Loss([Shape("b", 6)] Tensor x, [Shape("b", 6)] Tensor y) => Mean(Square(Forward(x, y)));
            """)
        {
            Classes = """
                [Block, Reversible] public sealed partial class Couple(int width)
                {
                    [Perceptron("width", Activation = Activation.Tanh)] private partial Tensor F(Tensor x);
                    [Perceptron("width")] private partial Tensor G(Tensor x);
                    public (Tensor First, Tensor Second) Forward(Tensor first, Tensor second, Tensor other)
                    {
                        Tensor mixed = F(second + other) + first;
                        return (mixed, second + Dropout(G(mixed) * other, 0.2f));
                    }
                }
                """,
        },
    ];
}
