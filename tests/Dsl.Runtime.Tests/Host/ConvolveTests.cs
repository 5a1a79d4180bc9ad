using System;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class ConvolveTests
{
    public static TheoryData<ConvolveCase> Cases => new()
    {
        new ConvolveCase(1, 1, 1, 1, 1, 1, 1, 1),
        new ConvolveCase(2, 5, 7, 1, 3, 8, 3, 3, 1, 1, 1, 1),
        new ConvolveCase(2, 28, 28, 1, 5, 20, 3, 3, 1, 1, 1, 1),
        new ConvolveCase(3, 14, 14, 1, 16, 48, 1, 1),
        new ConvolveCase(2, 9, 11, 1, 4, 33, 3, 5, 2, 3, 1, 2),
        new ConvolveCase(1, 13, 8, 1, 6, 7, 2, 4, 3, 2, 0, 1),
        new ConvolveCase(1, 12, 12, 1, 3, 9, 3, 3, 1, 1, 2, 2, 2, 2),
        new ConvolveCase(1, 12, 13, 1, 3, 9, 3, 2, 2, 3, 2, 1, 3, 2),
        new ConvolveCase(1, 12, 12, 1, 3, 9, 3, 3, 2, 2, 2, 2, 2, 2),
        new ConvolveCase(1, 17, 17, 1, 2, 5, 1, 1, 2, 2),
        new ConvolveCase(2, 8, 8, 4, 3, 5, 3, 3, 1, 1, 1, 1),
        new ConvolveCase(2, 8, 9, 17, 1, 1, 3, 3, 1, 1, 1, 1),
        new ConvolveCase(2, 8, 9, 17, 1, 1, 3, 3, 2, 2, 1, 1),
        new ConvolveCase(2, 8, 8, 3, 2, 4, 2, 2, 2, 2),
        new ConvolveCase(1, 1, 40, 1, 3, 70, 1, 7, 1, 1, 0, 3),
        new ConvolveCase(4, 30, 30, 1, 64, 64, 3, 3, 1, 1, 1, 1),
        new ConvolveCase(1, 7, 7, 1, 96, 640, 3, 3, 1, 1, 1, 1),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_EqualsReference(ConvolveCase c)
    {
        float[] source = c.Halo(HostRun.Random(1, c.Images * c.Height * c.Width * c.SourceChannels), c.Height, c.Width, c.SourceChannels);
        float[] weights = HostRun.Random(2, c.WeightCount);
        float[] bias = HostRun.Random(3, c.ResultChannels);
        var expected = new double[c.Images * c.OutHeight * c.OutWidth * c.ResultChannels];
        c.ForEach((image, y, x, u, v, sy, sx, g, i, o) =>
            expected[c.Result(image, y, x, g, o)] += (double)source[c.Source(image, sy, sx, g, i)] * weights[c.Weight(g, u, v, i, o)]);
        AddBias(expected, bias);
        var kernel = new ConvolveKernel<Tile14x2, Tile6x2, PixelBody>("Convolution", ["x", "w", "y", "bias"], c.Shape());
        HostRun.All(
            kernel, [c.ResultChannels, c.OutWidth, c.OutHeight],
            [source, weights, HostRun.Missing(expected.Length), bias], [2],
            result => HostRun.AssertNear(expected, result), [ConvolveCase.Origin(c.Width, c.SourceChannels), 0, 0, 0]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Transposed_EqualsReference(ConvolveCase c)
    {
        float[] gradient = c.Halo(
            HostRun.Random(1, c.Images * c.OutHeight * c.OutWidth * c.ResultChannels), c.OutHeight, c.OutWidth, c.ResultChannels);
        float[] weights = HostRun.Random(2, c.WeightCount);
        float[] bias = HostRun.Random(3, c.SourceChannels);
        var expected = new double[c.Images * c.Height * c.Width * c.SourceChannels];
        c.ForEach((image, y, x, u, v, sy, sx, g, i, o) =>
        {
            if (sy >= 0 && sx >= 0 && sy < c.Height && sx < c.Width)
            {
                // Weights are [group][u][v][out][in] here: the source of this kernel has the forward's output channels.
                int weight = (((((g * c.KernelHeight) + u) * c.KernelWidth) + v) * c.Out * c.In) + (o * c.In) + i;
                expected[(((((image * c.Height) + sy) * c.Width) + sx) * c.SourceChannels) + (g * c.In) + i] +=
                    (double)gradient[c.Gradient(image, y, x, g, o)] * weights[weight];
            }
        });
        AddBias(expected, bias);
        var kernel = new ConvolveKernel<Tile14x2, Tile6x2, PixelBody>(
            "Gradient", ["g", "w", "dx", "bias"], c.TransposedShape());
        HostRun.All(
            kernel, [c.SourceChannels, c.Width, c.Height],
            [gradient, weights, HostRun.Missing(expected.Length), bias], [2],
            result => HostRun.AssertNear(expected, result), [ConvolveCase.Origin(c.OutWidth, c.ResultChannels), 0, 0, 0]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_EqualReference(ConvolveCase c)
    {
        foreach (int slices in new[] { 1, 3 })
        {
            float[] source = c.Halo(
                HostRun.Random(1, c.Images * c.Height * c.Width * c.SourceChannels), c.Height, c.Width, c.SourceChannels);
            float[] gradient = c.Halo(
                HostRun.Random(2, c.Images * c.OutHeight * c.OutWidth * c.ResultChannels), c.OutHeight, c.OutWidth, c.ResultChannels);
            float[] bias = HostRun.Random(3, c.Out);
            var expected = new double[c.WeightCount];
            c.ForEach((image, y, x, u, v, sy, sx, g, i, o) => expected[c.Weight(g, u, v, i, o)] +=
                (double)source[c.Source(image, sy, sx, g, i)] * gradient[c.Gradient(image, y, x, g, o)]);
            AddBias(expected, bias);
            int gradientRow = ConvolveCase.RowPitch(c.OutWidth, c.ResultChannels);
            var kernel = new ConvolveWeightsKernel<Tile14x2, Tile6x2, BiasBody>(
                "Weights", ["x", "g", "dw", "bias", "partial"], c.Shape(),
                gradientRow * ConvolveCase.HaloHeight(c.OutHeight), gradientRow, slices);
            HostRun.All(
                kernel, [c.Out, c.KernelHeight * c.KernelWidth * c.In],
                [source, gradient, HostRun.Missing(expected.Length), bias, HostRun.Missing(slices * expected.Length)], [2, 4],
                result => HostRun.AssertNear(expected, result),
                [ConvolveCase.Origin(c.Width, c.SourceChannels), ConvolveCase.Origin(c.OutWidth, c.ResultChannels), 0, 0, 0]);
        }
    }

    private static void AddBias(double[] values, float[] bias)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += bias[i % bias.Length];
        }
    }
}
