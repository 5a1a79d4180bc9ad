namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>What a step of training computes otherwise than inference does.</summary>
internal static class TrainingModeCases
{
    private const string Norm = "[BatchNorm] private partial Tensor N(Tensor x);\n";

    public static ChainCase[] All =>
    [
        ChainCase.Of("batch norm", Norm + "[Perceptron(7)] private partial Tensor A(Tensor x);", "\"b\", 5", "N(A(x))")
            with { Runs = ["b=33", "b=7", "b=4"] },
        ChainCase.Of("batch norm of an input", Norm, "\"b\", 19", "N(x) * x") with { Runs = ["b=150", "b=7", "b=3"] },
        ChainCase.Of(
            "batch norm of sequences",
            Norm + "[Perceptron(6)] private partial Tensor A(Tensor x);",
            "\"b\", 3, 5",
            "A(N(x))") with { Runs = ["b=9", "b=3", "b=1"] },
        ChainCase.Of(
            "batch norm of images",
            Norm + "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 2, 6, 5",
            "Relu(N(A(x)))") with { Runs = ["b=5", "b=3", "b=1"] },
        ChainCase.Of(
            "batch norm between convolutions",
            """
            [Conv(18, 3, Padding = 1, Bias = false)] private partial Tensor A(Tensor x);
            [BatchNorm(Momentum = 0.3, Epsilon = 0.001, Activation = Activation.Relu)] private partial Tensor N(Tensor x);
            [Conv(3, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 2, 7, 6",
            "MaxPool(B(N(A(x))), 2)") with { Runs = ["b=4", "b=3", "b=1"] },
        ChainCase.Of(
            "batch norm with a residual",
            """
            [Conv(4, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [BatchNorm] private partial Tensor N(Tensor x);
            [Conv(4, 3, Padding = 1)] private partial Tensor B(Tensor x);
            [BatchNorm] private partial Tensor Second(Tensor x);
            """,
            "\"b\", 4, 5, 5",
            "Relu(x + Second(B(Silu(N(A(x))))))") with { Runs = ["b=5", "b=2"] },
        ChainCase.Of(
            "batch norm called twice",
            Norm + "[Perceptron(5)] private partial Tensor A(Tensor x);",
            "\"b\", 5",
            "N(A(N(x)))") with { Runs = ["b=20", "b=4"] },
        ChainCase.Of(
            "dropout", "[Perceptron(21)] private partial Tensor A(Tensor x);", "\"b\", 5", "Dropout(Relu(A(x)), 0.4f)"),
        ChainCase.Of(
            "dropout between layers",
            """
            [Perceptron(21)] private partial Tensor A(Tensor x);
            [Dropout(0.25)] private partial Tensor D(Tensor x);
            [Perceptron(3)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 5",
            "B(D(Tanh(A(D(x)))))"),
        ChainCase.Of(
            "dropout of images",
            """
            [Conv(6, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [Conv(3, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 2, 6, 5",
            "B(Dropout(MaxPool(Dropout(A(x), 0.5f), 2), 0.1f))") with { Runs = ["b=5", "b=2"] },
        ChainCase.Of(
            "recomputed regions",
            """
            [Perceptron(12)] private partial Tensor A(Tensor x);
            [Perceptron(5)] private partial Tensor B(Tensor x);
            [Perceptron(3)] private partial Tensor C(Tensor x);
            [Recompute] private Tensor Block(Tensor x) => x + Tanh(B(Dropout(Silu(A(x)), 0.3f)));
            """,
            "\"b\", 5",
            "C(Block(Block(x)))"),
        new(
            "training chooses",
            """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor Noisy(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x)
            {
                var y = A(x);
                if (Training)
                {
                    y = y + Noisy(Dropout(x, 0.5f));
                }

                return Training ? y * 2 : y;
            }

            public Tensor Loss([Shape("b", 4)] Tensor x) => Mean(Square(Forward(x)));
            """),
    ];
}
