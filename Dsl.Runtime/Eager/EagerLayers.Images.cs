using System;

namespace Dsl.Eager;

/// <content>Transposed and local convolutions, and images at another size.</content>
public static partial class EagerLayers
{
    /// <summary>The transpose of a convolution: y[n,o,p,q] = activation(b[o] + Σ W[c,o,u,v]·x[n,c,i,j]) over all c of
    /// the output's group and all taps and pixels with i·stride - padding + u·dilation = p and j alike.</summary>
    /// <param name="x">[b, in, h, w].</param>
    /// <param name="weight">[in, out/groups, kernel height, kernel width].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="stride">Result pixels between neighbouring windows.</param>
    /// <param name="padding">Result pixels cut off on every side.</param>
    /// <param name="outputPadding">Result pixels added below and at the right.</param>
    /// <param name="dilation">Result pixels between neighbouring taps.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>[b, out, h', w'] with h' = (h - 1)·stride - 2·padding + dilation·(kernel height - 1) + outputPadding +
    /// 1 and w' alike.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor ConvTranspose(
        Tensor x,
        Parameter weight,
        Parameter? bias,
        int stride,
        int padding,
        int outputPadding,
        int dilation,
        int groups,
        Activation activation)
    {
        RequireRank(weight, 4);
        (int inputs, int outputs) = (weight.Shape[0], weight.Shape[1]);
        (int kernelY, int kernelX) = (weight.Shape[2], weight.Shape[3]);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        RequireBias(bias, outputs * groups);
        if (x.Rank != 4 || x.Shape[1] != inputs || inputs % groups != 0)
        {
            throw new ArgumentException(
                $"'{weight.Name}' of shape {Shapes.Print(weight.Extents)} with {groups} groups expects [b, {inputs}, h, w] "
                + $"but the input is {Shapes.Print(x.Extents)}.", nameof(x));
        }

        int Extent(int pixels, int kernel) =>
            ((pixels - 1) * stride) - (2 * padding) + (dilation * (kernel - 1)) + outputPadding + 1;

        int[] shape = [x.Shape[0], outputs * groups, Extent(x.Shape[2], kernelY), Extent(x.Shape[3], kernelX)];
        ReadOnlySpan<float> w = weight.ReadOnlyValues;
        ReadOnlySpan<float> b = bias is null ? default : bias.ReadOnlyValues;
        float[] result = new float[Shapes.LengthOf(shape)];
        for (int at = 0; at < result.Length; at++)
        {
            int column = at % shape[3];
            int row = at / shape[3] % shape[2];
            int o = at / (shape[3] * shape[2]) % shape[1];
            int n = at / (shape[3] * shape[2] * shape[1]);
            int first = o / outputs * (inputs / groups);
            double sum = bias is null ? 0 : b[o];
            for (int tap = 0; tap < kernelY * kernelX; tap++)
            {
                int i = row + padding - (tap / kernelX * dilation);
                int j = column + padding - (tap % kernelX * dilation);
                if (i < 0 || j < 0 || i % stride != 0 || j % stride != 0
                    || i / stride >= x.Shape[2] || j / stride >= x.Shape[3])
                {
                    continue;
                }

                for (int c = first; c < first + (inputs / groups); c++)
                {
                    sum += (double)w[(((c * outputs) + (o % outputs)) * kernelY * kernelX) + tap]
                        * x[n, c, i / stride, j / stride];
                }
            }

            result[at] = (float)sum;
        }

        return Activate(new Tensor(result, shape), activation);
    }

    /// <summary>Images at another size; see <see cref="UpsampleAttribute"/>.</summary>
    /// <param name="x">[b, c, h, w].</param>
    /// <param name="scale">How many times as high and wide, as decimal text, or null.</param>
    /// <param name="size">Height and width, <c>"8"</c> or <c>"8, 12"</c>, or null.</param>
    /// <param name="mode">What is read.</param>
    /// <param name="alignCorners">Whether the middles of the corner pixels stay in place.</param>
    /// <param name="recomputeScale">Whether positions are computed with the quotient of the sizes.</param>
    /// <returns>[b, c, h', w'].</returns>
    /// <exception cref="ArgumentException">The input is not rank 4, or scale or size cannot be read.</exception>
    public static Tensor Upsample(
        Tensor x, string? scale, string? size, UpsampleMode mode, bool alignCorners, bool recomputeScale)
    {
        Tensor images = EagerPools.Images(x);
        if (scale is null)
        {
            int[] sizes = Array.ConvertAll((size ?? "").Split(','), static s => Size.Parse(s.Trim()).Constant);
            return EagerResampling.Resample(
                images, EagerResampling.ModeOf(mode, alignCorners), alignCorners, default, sizes[0], sizes[^1]);
        }

        return Ratio.TryParse(scale, out Ratio ratio)
            ? EagerResampling.Scale(images, mode, alignCorners, ratio, recomputeScale)
            : throw new ArgumentException(
                $"'{scale}' is no scale: a number above 0 with at most four decimals.", nameof(scale));
    }

    /// <summary>A convolution with weights of its own at every site, or in every region of sites: y[n,o,i,j] =
    /// activation(b[i,j,o] + Σ W[i,j,o,c,u,v]·x[n, c, i·stride + u, j·stride + v]).</summary>
    /// <param name="x">[b, in, h, w].</param>
    /// <param name="weight">[h'/region, w'/region, out, in, kernel height, kernel width].</param>
    /// <param name="bias">[h'/region, w'/region, out], or null.</param>
    /// <param name="stride">Pixels between neighbouring windows.</param>
    /// <param name="region">Neighbouring sites, downwards and across, that share weights.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>[b, out, h', w'] with h' = ⌊(h - kernel height)/stride⌋ + 1 and w' alike.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor LocalConv(
        Tensor x, Parameter weight, Parameter? bias, int stride, int region, Activation activation)
    {
        RequireRank(weight, 6);
        EagerPools.Images(x);
        (int outputs, int inputs) = (weight.Shape[2], weight.Shape[3]);
        (int kernelY, int kernelX) = (weight.Shape[4], weight.Shape[5]);
        var y = new Window(x.Shape[2], kernelY, stride, 0, 1);
        var z = new Window(x.Shape[3], kernelX, stride, 0, 1);
        if (x.Shape[1] != inputs || y.Count != weight.Shape[0] * region || z.Count != weight.Shape[1] * region)
        {
            throw new ArgumentException(
                $"'{weight.Name}' of shape {Shapes.Print(weight.Extents)} with regions of {region} expects {inputs} "
                + $"channels and {weight.Shape[0] * region}x{weight.Shape[1] * region} windows but the input is "
                + $"{Shapes.Print(x.Extents)}.",
                nameof(x));
        }

        if (bias is not null && !bias.Extents.SequenceEqual(weight.Extents[..3]))
        {
            throw new ArgumentException(
                $"'{bias.Name}' has shape {Shapes.Print(bias.Extents)}; {Shapes.Print(weight.Extents[..3])} is "
                + "expected.",
                nameof(bias));
        }

        ReadOnlySpan<float> w = weight.ReadOnlyValues;
        ReadOnlySpan<float> b = bias is null ? default : bias.ReadOnlyValues;
        int[] shape = [x.Shape[0], outputs, y.Count, z.Count];
        float[] result = new float[Shapes.LengthOf(shape)];
        for (int at = 0; at < result.Length; at++)
        {
            (int i, int j) = (at / z.Count % y.Count, at % z.Count);
            (int n, int o) = (at / (z.Count * y.Count * outputs), at / (z.Count * y.Count) % outputs);
            int filter = (((i / region * weight.Shape[1]) + (j / region)) * outputs) + o;
            double sum = bias is null ? 0 : b[filter];
            for (int k = 0; k < inputs * kernelY * kernelX; k++)
            {
                int c = k / (kernelY * kernelX);
                (int u, int v) = (k / kernelX % kernelY, k % kernelX);
                sum += (double)w[(filter * inputs * kernelY * kernelX) + k]
                    * x[n, c, (i * stride) + u, (j * stride) + v];
            }

            result[at] = (float)sum;
        }

        return Activate(new Tensor(result, shape), activation);
    }
}
