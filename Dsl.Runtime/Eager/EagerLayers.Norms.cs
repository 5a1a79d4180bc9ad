using System;

namespace Dsl.Eager;

/// <content>Normalisation and learned rectifiers.</content>
public static partial class EagerLayers
{
    /// <summary>y = gain·(x - mean)/√(variance + ε) + bias along an axis.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="gain">One element for each position on the axis.</param>
    /// <param name="bias">The same, or null.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor LayerNorm(Tensor x, Parameter gain, Parameter? bias, int axis, double epsilon) =>
        Affine(EagerNorms.Along(x, axis, EagerNorms.Standard(epsilon)), gain, bias, axis);

    /// <summary>y = gain·x/√(mean x² + ε) along an axis.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="gain">One element for each position on the axis.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor RmsNorm(Tensor x, Parameter gain, int axis, double epsilon) =>
        Affine(EagerNorms.Along(x, axis, EagerNorms.RootMeanSquare(epsilon)), gain, null, axis);

    /// <summary>y = gain·x/max(|x|, ε) along the last axis, with |x|/√d instead of |x| when
    /// <paramref name="rootMean"/>.</summary>
    /// <param name="x">[..., d].</param>
    /// <param name="gain">[1].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="rootMean">Whether the length is divided by √d.</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor ScaleNorm(Tensor x, Parameter gain, double epsilon, bool rootMean)
    {
        RequireShape(gain, 1);
        float factor = gain.ReadOnlyValues[0];
        return EagerNorms.Along(x, -1, EagerNorms.Length(epsilon, rootMean)).Map(v => v * factor);
    }

    /// <summary>Mean 0 and variance 1 over groups of channels and all positions, then a gain and an offset per
    /// channel.</summary>
    /// <param name="x">[b, c, ...].</param>
    /// <param name="gain">[c], or null.</param>
    /// <param name="bias">[c], or null.</param>
    /// <param name="groups">How many groups; 0 for one per channel.</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor GroupNorm(Tensor x, Parameter? gain, Parameter? bias, int groups, double epsilon)
    {
        int count = groups == 0 && x.Rank > 1 ? x.Shape[1] : groups;
        Tensor y = EagerNorms.Groups(x, count, EagerNorms.Standard(epsilon));
        return gain is null ? y : Affine(y, gain, bias, 1);
    }

    /// <summary>y = x above 0, slope·x below.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="slope">[c] for the channels of images and for the last axis of anything else, or [1].</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor PRelu(Tensor x, Parameter slope)
    {
        int axis = x.Rank == 4 ? 1 : x.Rank - 1;
        Func<int, int> channel = slope.Length == 1 ? static _ => 0 : Channel(x, slope, axis);
        float[] result = x.ToArray();
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = result[i] > 0 ? result[i] : result[i] * slope.ReadOnlyValues[channel(i)];
        }

        return new Tensor(result, x.Extents.ToArray());
    }

    private static Tensor Affine(Tensor x, Parameter gain, Parameter? bias, int axis)
    {
        Func<int, int> channel = Channel(x, gain, axis);
        if (bias is not null)
        {
            RequireShape(bias, gain.Shape[0]);
        }

        float[] result = x.ToArray();
        for (int i = 0; i < result.Length; i++)
        {
            int c = channel(i);
            result[i] = (result[i] * gain.ReadOnlyValues[c]) + (bias is null ? 0 : bias.ReadOnlyValues[c]);
        }

        return new Tensor(result, x.Extents.ToArray());
    }

    /// <summary>The position on an axis of the element at an offset.</summary>
    private static Func<int, int> Channel(Tensor x, Parameter vector, int axis)
    {
        int at = Shapes.Axis(axis, x.Extents);
        int extent = x.Shape[at];
        int inner = Shapes.LengthOf(x.Extents[(at + 1)..]);
        RequireShape(vector, extent);
        return i => i / inner % extent;
    }

    private static void RequireShape(Parameter vector, int length)
    {
        if (vector.Shape.Count != 1 || vector.Shape[0] != length)
        {
            throw new ArgumentException(
                $"'{vector.Name}' has shape {Shapes.Print(vector.Extents)}; [{length}] is expected.", nameof(vector));
        }
    }
}
