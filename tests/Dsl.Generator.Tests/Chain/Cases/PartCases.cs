using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>
/// Every kind of kernel on parts of buffers: it reads some of the channels of an image and writes others of a wider one,
/// and its gradient does the same the other way. Nothing may take a part for a buffer of its own.
/// </summary>
internal static class PartCases
{
    private static readonly (string Name, string Layer, string Call)[] s_onImages =
    [
        ("conv", "[Conv(5, 3, Padding = 1)]", "{0}({1})"),
        ("conv of stride 2", "[Conv(5, 3, Padding = 1, Stride = 2)]", "{0}({1})"),
        ("dilated conv", "[Conv(5, 3, Padding = \"same\", Dilation = 2)]", "{0}({1})"),
        ("depthwise conv", "[Conv(4, 3, Padding = 1, Groups = 4)]", "{0}({1})"),
        ("grouped conv", "[Conv(6, 3, Padding = 1, Groups = 2)]", "{0}({1})"),
        ("transposed conv", "[ConvTranspose(3, 2, Stride = 2)]", "{0}({1})"),
        ("local conv", "[LocalConv(3, 3)]", "{0}({1})"),
        ("max pool", "", "MaxPool({1}, 2)"),
        ("average pool", "", "AvgPool({1}, 2)"),
        ("adaptive average pool", "", "AdaptiveAvgPool({1}, 4, 3)"),
        ("bilinear upsample", "", "UpsamplingBilinear2d({1}, 2)"),
        ("nearest upsample", "", "UpsamplingNearest2d({1}, 2)"),
        ("bicubic upsample", "", "Upsample({1}, 1.5, UpsampleMode.Bicubic)"),
        ("pixel shuffle", "", "PixelShuffle({1}, 2)"),
        ("batch norm", "[BatchNorm(Activation = Activation.Tanh)]", "{0}({1})"),
        ("group norm", "[GroupNorm(2)]", "{0}({1})"),
        ("parametric relu", "[PRelu]", "{0}({1})"),
        ("channel softmax", "", "Softmax({1}, 1)"),
        ("padding", "", "Pad({1}, 1, 1, 0, 2)"),
        ("crop", "", "Crop({1}, 1, 0, 1, 0)"),
        ("image norm", "[InstanceNorm]", "{0}({1})"),
    ];

    private static readonly (string Name, string Layer, string Call)[] s_onRows =
    [
        ("perceptron", "[Perceptron(5)]", "{0}({1})"),
        ("layer norm", "[LayerNorm]", "{0}({1})"),
        ("softmax", "", "Softmax({1})"),
    ];

    public static IEnumerable<ChainCase> All => s_onImages.Select(static c => Of(c, "[Conv(8, 3, Padding = 1)]", "[Conv(3, 3, Padding = 1)]", "\"b\", 3, 4, 5"))
        .Concat(s_onRows.Select(static c => Of(c, "[Perceptron(8)]", "[Perceptron(3)]", "\"b\", 3")))
        .Append(new(
            "part: embedding",
            """
            [Embedding(7, 6)] private partial Tensor Token(IntTensor x);
            [Perceptron(4)] private partial Tensor Other(Tensor x);
            [Perceptron(3)] private partial Tensor Last(Tensor x);
            public Tensor Forward([Shape("b", 5)] IntTensor ids, [Shape("b", 5, 2)] Tensor x) =>
                Last(Concat(2, Other(x), Token(ids)));
            public Tensor Loss([Shape("b", 5)] IntTensor ids, [Shape("b", 5, 2)] Tensor x) => Mean(Square(Forward(ids, x)));
            """) { Runs = ["b=3", "b=2"] });

    private static ChainCase Of((string Name, string Layer, string Call) c, string first, string last, string shape)
    {
        string layers = c.Layer.Length == 0 ? "" : $"""
            {c.Layer} private partial Tensor Left(Tensor x);
            {c.Layer} private partial Tensor Right(Tensor x);
            """;
        string Call(string layer, string input) =>
            string.Format(System.Globalization.CultureInfo.InvariantCulture, c.Call, layer, input);
        return new("part: " + c.Name, $$"""
            {{first}} private partial Tensor First(Tensor x);
            {{last}} private partial Tensor Last(Tensor x);
            {{layers}}
            public Tensor Forward([Shape({{shape}})] Tensor x)
            {
                Tensor a = First(x);
                Tensor left = Slice(a, 1, 1, 4);
                Tensor right = Slice(a, 1, 3, 4);
                return Last(Concat({{Call("Left", "left")}}, {{Call("Right", "right")}}));
            }
            public Tensor Loss([Shape({{shape}})] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=3", "b=2"] };
    }
}
