using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Dsl.Generator.Tests.Harness;

/// <summary>Small models that between them use everything the reader knows.</summary>
internal static class TestModels
{
    public const string DigitNet = """
        namespace Demo;

        /// <summary>Digits.</summary>
        [Model(Example = "b=128")] public sealed partial class DigitNet
        {
            /// <summary>Edges.</summary>
            /// <param name="x">An image.</param>
            [Conv(32, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor Stem(Tensor x);
            [Conv(64, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor Deep(Tensor x);
            [Perceptron(128)] private partial Tensor Hidden(Tensor x);
            [Perceptron(10)] private partial Tensor Classify(Tensor x);

            [return: Shape("b", 10)]
            public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image)
                => Classify(Map(Swish, Hidden(Flatten(MaxPool(Deep(MaxPool(Stem(image), 2)), 2)))));

            public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
                => CrossEntropy(Forward(image), digit);

            [Pointwise] private static float Swish(float x) => x * Sigmoid(x);
        }
        """;

    private static Dictionary<string, string> Bodies { get; } = new()
    {
        ["Locals"] = """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            [Perceptron(8)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x)
            {
                var a = A(x);
                Tensor y = B(a);
                y = y + a;
                y *= 2;
                x = -y;
                return x - 1;
            }
            """,
        ["Recomputed"] = """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            [Perceptron(8)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x) => Outer(Inner(A(x)) + x);
            public Tensor Loss([Shape("b", 8)] Tensor x) => Mean(Forward(x));
            [Recompute] private Tensor Outer(Tensor x) => -Inner(x * 2);
            [Recompute] private Tensor Inner(Tensor x) => B(x);
            """,
        ["Training"] = """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            [BatchNorm(Momentum = 0.2)] private partial Tensor N(Tensor x);
            [Dropout(0.5)] private partial Tensor D(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x)
            {
                x = D(N(A(x)));
                if (Training) x = Dropout(x, 0.25f);
                return Training ? x : -x;
            }

            public Tensor Loss([Shape("b", 8)] Tensor x) => Mean(Forward(x));
            """,
        ["Tuples"] = """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x)
            {
                var (p, q) = (A(x), x);
                (p, q) = (q, p);
                (Tensor first, _) = Both(p, q);
                (Tensor Left, Tensor Right) pair = Both(q, p);
                return first * pair.Right / pair.Item1;
            }

            private static (Tensor, Tensor) Both(Tensor a, Tensor b) => (a + b, a - b);
            """,
        ["Loops"] = """
            private const int Depth = 3;
            private const float Scale = 0.5f;
            private const bool Residual = true;
            [Perceptron(8)] private partial Tensor Shared(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x)
            {
                for (int i = 0; i < Depth; i++)
                {
                    Tensor y = Shared(x) * (Scale + i);
                    if (i % 2 == 0) x = Residual ? x + y : y;
                    else x = y;
                }

                return x;
            }
            """,
        ["Inlined"] = """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x) => Twice(x, power: 2) + Twice(power: 1, x: x);
            private Tensor Twice(Tensor x, int power = 1)
            {
                Tensor y = x;
                for (int i = 0; i < power; i++) y = A(y);
                return y;
            }
            """,
        ["Arguments"] = """
            private const int Width = 16;
            [Conv(Width, "1 + 2", Stride = "2", Groups = 2, Bias = false, Activation = Activation.Silu)] private partial Tensor A(Tensor x);
            [Conv(kernel: 1, channels: "2*8", Activation = Activation.Mish)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", "2*2", "h", "w")] Tensor x)
            {
                var a = MaxPool(stride: 1, size: 3, x: A(x));
                return Mean(a + B(a), 2, 3);
            }

            public Tensor Loss([Shape("b", 4, "h", "w")] Tensor x, [Shape("b", 16)] Tensor target) =>
                MeanSquaredError(Forward(x), target);
            """,
        ["Lists"] = """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 8)] Tensor x)
            {
                Tensor[] parts = [x, A(x)];
                int[] axes = { 0, 1 };
                return Mean(Concat(0, parts[1], parts[0]) + Concat(1, parts) + Concat(2), axes);
            }
            """,
        ["IntTensors"] = """
            [Perceptron(3)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "t", 4)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", "t", 4)] Tensor x, [Shape("b", "t")] IntTensor label)
            {
                var scores = Forward(x);
                return CrossEntropy(scores, label, Reduction.Sum);
            }
            """,
        ["Pointwise"] = """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) =>
                Map(Leaky, A(x)) + Map(Gate, x, A(x)) + Map(Bell, x) + Map(Relu, x) + Map(Mish, x) + Map(Huber, x);
            private const float Slope = 0.01f;
            [Pointwise] private static float Leaky(float x) => x > 0 ? x : Slope * x;
            [Pointwise] private static float Gate(float x, float y) => x * Sigmoid(-y) + MathF.Pow(MathF.Max(x, 1), 2);
            [Pointwise] private static float Bell(float x)
            {
                var square = x * x;
                square = square / 2;
                return MathF.Exp(-square) * Leaky(Mish(square));
            }
            [Pointwise] private static float Huber(float x)
            {
                if (x >= -1 && x <= 1) return x * x / 2;
                return x != 0 ? MathF.Abs(x) - 0.5f : 0;
            }
            """,
        ["TensorForms"] = """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => Relu(Silu(Tanh(A(x))));
            """,
        ["OwnName"] = """
            [Perceptron(4, Activation = Activation.Silu)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => Map(Silu, A(x));
            [Pointwise] private static float Silu(float x) => x / (1 + MathF.Exp(-x)) + 1;
            """,
        ["LossOnly"] = """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor Auxiliary(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 4)] Tensor x, [Shape("b", 4)] Tensor y)
                => MeanSquaredError(Forward(x), y) + 0.1f * MeanSquaredError(Auxiliary(Forward(x)), y);
            """,
    };

    /// <summary>The names of all models.</summary>
    public static TheoryData<string> Names => [.. Bodies.Keys.Prepend("DigitNet")];

    /// <summary>Those whose functions all exist: the others only show how calls are read.</summary>
    public static TheoryData<string> Lowerable => [.. Bodies.Keys.Except(["Lists"]).Prepend("DigitNet")];

    /// <summary>The source of a model; its class is <c>Demo.M</c>, except for DigitNet.</summary>
    public static string Source(string name) => name == "DigitNet" ? DigitNet : Class(Bodies[name]);

    /// <summary>The class name of a model.</summary>
    public static string ClassName(string name) => name == "DigitNet" ? name : "M";

    /// <summary>A model class with a body.</summary>
    public static string Class(string body) =>
        "namespace Demo;\n\n[Model] public sealed partial class M\n{\n" + body.Replace("\r", "") + "\n}\n";
}
