using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Gradients of inputs.</summary>
internal static class SensitivityCases
{
    public static IEnumerable<ChainCase> All =>
    [
        new("sensitivity of an image", """
            [Conv(6, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Conv(4, 3, Stride = 2)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 3, 9, 10)] Tensor x) => B(MaxPool(A(x), 2));
            """)
        {
            InputGradients = true,
            Runs = ["b=3", "b=1"],
        },
        new("sensitivity of two inputs of a model that learns", """
            [Perceptron(12, Activation = Activation.Tanh)] private partial Tensor A(Tensor x);
            [Perceptron(5)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 2, 4, 4)] Tensor image, [Shape("b", 12)] Tensor weight) =>
                B(A(Flatten(image)) * weight);
            public Tensor Loss([Shape("b", 2, 4, 4)] Tensor image, [Shape("b", 12)] Tensor weight) =>
                Mean(Square(Forward(image, weight)));
            """)
        {
            InputGradients = true,
            Runs = ["b=17", "b=4", "b=1"],
        },
    ];
}
