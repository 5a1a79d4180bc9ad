using System;

namespace Dsl.Eager;

/// <content>Transposed convolutions.</content>
public static partial class EagerLayers
{
    /// <summary>The transpose of a convolution: y[n,o,p,q] = activation(b[o] + Σ W[c,o,u,v]·x[n,c,i,j]) over all c of the
    /// output's group and all taps and pixels with i·stride - padding + u·dilation = p and j alike.</summary>
    /// <param name="x">[b, in, h, w].</param>
    /// <param name="weight">[in, out/groups, kernel height, kernel width].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="stride">Result pixels between neighbouring windows.</param>
    /// <param name="padding">Result pixels cut off on every side.</param>
    /// <param name="outputPadding">Result pixels added below and at the right.</param>
    /// <param name="dilation">Result pixels between neighbouring taps.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>[b, out, h', w'] with h' = (h - 1)·stride - 2·padding + dilation·(kernel height - 1) + outputPadding + 1 and
    /// w' alike.</returns>
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
                $"'{weight.Name}' of shape {Shapes.Print(weight.Extents)} with {groups} groups expects [b, {inputs}, h, w] but the "
                + $"input is {Shapes.Print(x.Extents)}.", nameof(x));
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
}
