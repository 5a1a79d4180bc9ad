using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Golden;
using Xunit;

namespace Dsl.Generator.Tests.ReceptiveFields;

/// <summary>AlexNet, VGG, ResNets and others, layer by layer, against values computed and measured elsewhere.</summary>
public class PublishedNetTests
{
    public static TheoryData<string, int, int, int> Nets => new()
    {
        // The name in the file, the size, the stride and the padding after the last layer.
        { "alexnet_pool5", 195, 32, 64 },
        { "vgg16_pool5", 212, 32, 90 },
        { "vgg16_fc6_conv(FCN)", 404, 32, 90 },
        { "resnet50", 427, 32, 213 },
        { "resnet101", 971, 32, 485 },
        { "unet_bottleneck", 140, 16, 62 },
        { "sphere20_conv4_3", 263, 16, 131 },
        { "mtcnn_pnet", 12, 2, 0 },
        { "deepface_L6", 73, 4, 1 },
        { "deepid_conv4", 31, 8, 0 },
        { "dilated_context", 67, 1, 33 },
        { "blog_style_3x3x3", 7, 1, 0 },
    };

    [SkippableTheory]
    [MemberData(nameof(Nets))]
    public void Every_layer_has_the_independent_field(string name, int size, int stride, int padding)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(GoldenCase.Folder(), "receptive_field.json")));
        JsonElement net = document.RootElement.GetProperty("nets").GetProperty(name);
        var layers = net.GetProperty("layers_k_s_p_d").EnumerateArray()
            .Select(static l => (K: l[0].GetInt32(), S: l[1].GetInt32(), P: l[2].GetInt32(), D: l[3].GetInt32()))
            .ToList();
        (Graph graph, Node image, List<Node> nodes) = Chain(net.GetProperty("input").GetInt32(), layers);
        var fields = ImageFields.Of(graph, image);

        JsonElement[] rows = [.. net.GetProperty("per_layer").EnumerateArray()];
        for (int l = 0; l < rows.Length; l++)
        {
            Reach reach = fields.Seen(nodes[l], ImageFields.RowAxis)!.Reach!;
            var axis = FieldAxisSpec.Of(fields.Seen(nodes[l], ImageFields.RowAxis)!);
            Assert.Equal(rows[l].GetProperty("rf").GetInt64(), axis.Largest);
            Assert.Equal(axis.Largest, axis.Smallest);
            Assert.Equal(rows[l].GetProperty("jump").GetInt64(), axis.Stride);
            Assert.Equal(rows[l].GetProperty("eff_padding").GetInt64(), axis.MostPadding);
            Assert.Equal(axis.MostPadding, axis.LeastPadding);
            Assert.Equal(rows[l].GetProperty("start_center").GetDouble(), axis.FirstStart.ToDouble());
            Assert.Equal(rows[l].GetProperty("out_size").GetInt32(), nodes[l].Shape[2].Constant);
            ClosedForm form = ClosedForm.Of(layers.Take(l + 1).Select(static x => (x.K, x.S, x.P, x.D)));
            Assert.Equal(new ClosedForm(axis.Largest, reach.Step, -reach.At(0).First), form);
            Assert.Equal(axis.FirstStart, form.Start);
            Assert.Empty(FieldVerifier.Errors(fields, nodes[l]));
        }

        Reach last = fields.Seen(nodes[^1], ImageFields.ColumnAxis)!.Reach!;
        Assert.Equal(net.GetProperty("rf_topdown").GetInt64(), last.At(0).Span);
        Assert.Equal((size, stride, padding), ((int)last.At(0).Span, (int)last.Step, (int)-last.At(0).First));
        JsonElement measured = net.GetProperty("measured_support");
        PixelSet seen = last.At(measured.GetProperty("index").GetInt64());
        Assert.Equal(
            (measured.GetProperty("first").GetInt64(), measured.GetProperty("last").GetInt64()), (seen.First, seen.Last));
    }

    private static (Graph Graph, Node Image, List<Node> Nodes) Chain(
        int extent, IEnumerable<(int K, int S, int P, int D)> layers)
    {
        var graph = new Graph();
        Node image = graph.Input("image", DType.Float, 1, 1, extent, extent);
        var nodes = new List<Node>();
        Node x = image;
        foreach (var (k, s, p, d) in layers)
        {
            Node weight = graph.Parameter($"w{nodes.Count}", 1, 1, k, k);
            x = graph.Add(new ConvolveOp(WindowGeometry.Square(k, s, p, d), 1), x, weight);
            nodes.Add(x);
        }

        return (graph, image, nodes);
    }
}
