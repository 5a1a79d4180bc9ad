using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl.Benchmarks.Generator;

/// <summary>Models of any depth as source text: alternating widths, so that neighbouring layers differ.</summary>
internal static class LayerStack
{
    /// <summary>Layers over vectors.</summary>
    public static string Perceptrons(int layers) => Model(
        Enumerable.Range(0, layers).Select(static i =>
            $"Perceptron({64 + (16 * (i % 4))}, Activation = Activation.Relu)"),
        "Perceptron(10)", "x", "\"b\", 64", layers);

    /// <summary>3×3 convolutions of 14×14 images, and a classifier.</summary>
    public static string Convolutions(int layers) => Model(
        Enumerable.Range(0, layers).Select(static i =>
            $"Conv({16 + (16 * (i % 3))}, 3, Padding = 1, Activation = Activation.Relu)"),
        "Perceptron(10)", "Flatten(x)", "\"b\", 16, 14, 14", layers);

    private static string Model(
        IEnumerable<string> inner, string last, string before, string input, int layers)
    {
        var text = new StringBuilder("namespace Demo;\n\n[Model(Example = \"b=32\")]\n");
        text.Append("public sealed partial class Deep\n{\n");
        int index = 0;
        foreach (string layer in inner.Take(layers - 1))
        {
            text.Append(CultureInfo.InvariantCulture, $"    [{layer}] private partial Tensor L{index++}(Tensor x);\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"    [{last}] private partial Tensor Last(Tensor x);\n\n");
        text.Append(CultureInfo.InvariantCulture, $"    public Tensor Forward([Shape({input})] Tensor x)\n    {{\n");
        for (int i = 0; i < index; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"        x = L{i}(x);\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"        return Last({before});\n    }}\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"    public Tensor Loss([Shape({input})] Tensor x, [Shape(\"b\")] IntTensor label)\n");
        return text.Append("        => CrossEntropy(Forward(x), label);\n}\n").ToString();
    }
}
