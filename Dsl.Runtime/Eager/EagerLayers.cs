using System;
using System.Linq;

namespace Dsl.Eager;

/// <summary>The layers, executed as they stand: what the generated bodies of annotated methods call. Sums in
/// double.</summary>
public static partial class EagerLayers
{
    /// <summary>y = activation(x·Wᵀ + b).</summary>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[units, in].</param>
    /// <param name="bias">[units], or null.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>[..., units].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor Perceptron(Tensor x, Parameter weight, Parameter? bias, Activation activation)
    {
        RequireRank(weight, 2);
        int units = weight.Shape[0];
        int inputs = weight.Shape[1];
        RequireBias(bias, units);
        if (x.Rank == 0 || x.Shape[^1] != inputs)
        {
            throw new ArgumentException(
                $"'{weight.Name}' expects [..., {inputs}] but the input is {Shapes.Print(x.Extents)}.", nameof(x));
        }

        ReadOnlySpan<float> values = x.Values;
        ReadOnlySpan<float> w = weight.ReadOnlyValues;
        ReadOnlySpan<float> b = bias is null ? default : bias.ReadOnlyValues;
        int rows = Shapes.LengthOf(x.Extents[..^1]);
        float[] result = new float[rows * units];
        for (int row = 0; row < rows; row++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                double sum = bias is null ? 0 : b[unit];
                for (int i = 0; i < inputs; i++)
                {
                    sum += (double)values[(row * inputs) + i] * w[(unit * inputs) + i];
                }

                result[(row * units) + unit] = (float)sum;
            }
        }

        return Activate(new Tensor(result, [.. x.Extents[..^1], units]), activation);
    }

    /// <summary>y[n,o,i,j] = activation(b[o] + Σ W[o,c,u,v]·x[n, group·in/groups + c, i·strideY - paddingY +
    /// u·dilationY, …]), where x is 0 outside the image.</summary>
    /// <param name="x">[b, in, h, w].</param>
    /// <param name="weight">[out, in/groups, kernel height, kernel width].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="strideY">Rows between windows.</param>
    /// <param name="strideX">Columns between windows.</param>
    /// <param name="paddingY">Zero rows above and below.</param>
    /// <param name="paddingX">Zero columns at the left and at the right.</param>
    /// <param name="dilationY">Rows between taps.</param>
    /// <param name="dilationX">Columns between taps.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>[b, out, h', w'] with h' = ⌊(h + 2·paddingY - dilationY·(kernel height - 1) - 1)/strideY⌋ + 1 and w'
    /// alike.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor Conv(
        Tensor x,
        Parameter weight,
        Parameter? bias,
        int strideY,
        int strideX,
        int paddingY,
        int paddingX,
        int dilationY,
        int dilationX,
        int groups,
        Activation activation) => Conv(
            x, weight, bias, strideY, strideX, paddingY, paddingY, paddingX, paddingX, dilationY, dilationX, groups,
                activation);

    /// <summary>The same with a padding for each side; over sequences, x [b, in, l] and weight [out, in/groups,
    /// kernel], with those across alone.</summary>
    /// <param name="x">[b, in, h, w], or [b, in, l].</param>
    /// <param name="weight">[out, in/groups, kernel height, kernel width], or [out, in/groups, kernel].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="strideY">Rows between windows.</param>
    /// <param name="strideX">Columns between windows.</param>
    /// <param name="top">Zero rows above.</param>
    /// <param name="bottom">Zero rows below.</param>
    /// <param name="left">Zero columns at the left.</param>
    /// <param name="right">Zero columns at the right.</param>
    /// <param name="dilationY">Rows between taps.</param>
    /// <param name="dilationX">Columns between taps.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>[b, out, h', w'], or [b, out, l'].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor Conv(
        Tensor x,
        Parameter weight,
        Parameter? bias,
        int strideY,
        int strideX,
        int top,
        int bottom,
        int left,
        int right,
        int dilationY,
        int dilationX,
        int groups,
        Activation activation)
    {
        if (x.Rank == 3)
        {
            RequireRank(weight, 3);
            Tensor y = Conv(
                x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2]), weight, [.. weight.Shape.Take(2), 1,
                    weight.Shape[2]], bias,
                (1, 0, 0, 1), (strideX, left, right, dilationX), groups, activation);
            return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
        }

        RequireRank(weight, 4);
        return Conv(
            x, weight, [.. weight.Shape], bias, (strideY, top, bottom, dilationY), (strideX, left, right, dilationX),
                groups, activation);
    }

    private static Tensor Conv(
        Tensor x, Parameter weight, int[] filters, Parameter? bias, (int Stride, int Before, int After,
            int Dilation) down,
        (int Stride, int Before, int After, int Dilation) across, int groups, Activation activation)
    {
        (int channels, int depth) = (filters[0], filters[1]);
        (int kernelY, int kernelX) = (filters[2], filters[3]);
        RequireBias(bias, channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        if (x.Rank != 4 || x.Shape[1] != depth * groups || channels % groups != 0)
        {
            throw new ArgumentException(
                $"'{weight.Name}' of shape {Shapes.Print(weight.Extents)} with {groups} groups expects "
                + $"[b, {depth * groups}, h, w] but the input is {Shapes.Print(x.Extents)}.", nameof(x));
        }

        var y = new Window(x.Shape[2], kernelY, down.Stride, down.Before, down.After, down.Dilation);
        var z = new Window(x.Shape[3], kernelX, across.Stride, across.Before, across.After, across.Dilation);
        ReadOnlySpan<float> w = weight.ReadOnlyValues;
        ReadOnlySpan<float> b = bias is null ? default : bias.ReadOnlyValues;
        int[] shape = [x.Shape[0], channels, y.Count, z.Count];
        float[] result = new float[Shapes.LengthOf(shape)];
        int at = 0;
        for (int n = 0; n < shape[0]; n++)
        {
            for (int o = 0; o < channels; o++)
            {
                int group = o / (channels / groups);
                ReadOnlySpan<float> filter = w.Slice(o * depth * kernelY * kernelX, depth * kernelY * kernelX);
                for (int i = 0; i < y.Count; i++)
                {
                    for (int j = 0; j < z.Count; j++)
                    {
                        double sum = bias is null ? 0 : b[o];
                        for (int c = 0; c < depth; c++)
                        {
                            int plane = ((n * x.Shape[1]) + (group * depth) + c) * x.Shape[2] * x.Shape[3];
                            for (int u = 0; u < kernelY; u++)
                            {
                                for (int v = 0; v < kernelX; v++)
                                {
                                    if (y.TryRead(i, u, out int row) && z.TryRead(j, v, out int column))
                                    {
                                        sum += (double)filter[(((c * kernelY) + u) * kernelX) + v]
                                            * x.Values[plane + (row * x.Shape[3]) + column];
                                    }
                                }
                            }
                        }

                        result[at++] = (float)sum;
                    }
                }
            }
        }

        return Activate(new Tensor(result, shape), activation);
    }

    /// <summary>The rows of a matrix that numbers name.</summary>
    /// <param name="x">[…], each in 0 … count - 1.</param>
    /// <param name="weight">[count, width].</param>
    /// <param name="padding">The number whose positions are zeros; -1 when there is none.</param>
    /// <returns>[…, width].</returns>
    /// <exception cref="ArgumentException">The weight is no matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is no row; the message says which.</exception>
    public static Tensor Embedding(IntTensor x, Parameter weight, int padding)
    {
        RequireRank(weight, 2);
        (int count, int width) = (weight.Shape[0], weight.Shape[1]);
        float[] result = new float[x.Length * width];
        for (int i = 0; i < x.Length; i++)
        {
            int row = x.Values[i];
            if ((uint)row >= (uint)count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(x), row, $"Element {i} is not a row of '{weight.Name}': 0 … {count - 1}.");
            }

            if (row != padding)
            {
                weight.ReadOnlyValues.Slice(row * width, width).CopyTo(result.AsSpan(i * width, width));
            }
        }

        return new Tensor(result, [.. x.Extents, width]);
    }

    /// <summary>Channels to pixels: see <see cref="Functions.PixelShuffle"/>.</summary>
    /// <param name="x">[b, c·r², h, w].</param>
    /// <param name="factor">r.</param>
    /// <returns>[b, c, h·r, w·r].</returns>
    public static Tensor PixelShuffle(Tensor x, int factor) => EagerShapes.PixelShuffle(x, factor);

    /// <summary>Pixels to channels: see <see cref="Functions.PixelUnshuffle"/>.</summary>
    /// <param name="x">[b, c, h·r, w·r].</param>
    /// <param name="factor">r.</param>
    /// <returns>[b, c·r², h, w].</returns>
    public static Tensor PixelUnshuffle(Tensor x, int factor) => EagerShapes.PixelUnshuffle(x, factor);

    private static Tensor Activate(Tensor x, Activation activation) =>
        Functions.Of(activation) is { } function ? x.Map(function) : x;

    private static void RequireRank(Parameter weight, int rank)
    {
        if (weight.Shape.Count != rank)
        {
            throw new ArgumentException(
                $"'{weight.Name}' has shape {Shapes.Print(weight.Extents)}; rank {rank} is expected.", nameof(weight));
        }
    }

    private static void RequireBias(Parameter? bias, int units)
    {
        if (bias is not null && (bias.Shape.Count != 1 || bias.Shape[0] != units))
        {
            throw new ArgumentException(
                $"'{bias.Name}' has shape {Shapes.Print(bias.Extents)}; [{units}] is expected.", nameof(bias));
        }
    }
}
