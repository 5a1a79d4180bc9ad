using System;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A convolution and where its pixels lie: every image has a zero halo of <see cref="Margin"/> on all
/// sides.</summary>
public sealed record ConvolveCase(
    int Images, int Height, int Width, int Groups, int In, int Out, int KernelHeight, int KernelWidth,
    int StrideY = 1, int StrideX = 1, int PaddingY = 0, int PaddingX = 0, int DilationY = 1, int DilationX = 1)
{
    public const int Margin = 8;

    public int SourceChannels => Groups * In;

    public int ResultChannels => Groups * Out;

    public int OutHeight => ((Height + (2 * PaddingY) - ((KernelHeight - 1) * DilationY) - 1) / StrideY) + 1;

    public int OutWidth => ((Width + (2 * PaddingX) - ((KernelWidth - 1) * DilationX) - 1) / StrideX) + 1;

    public int WeightCount => Groups * KernelHeight * KernelWidth * In * Out;

    public static int HaloHeight(int height) => height + (2 * Margin);

    public static int RowPitch(int width, int channels) => (width + (2 * Margin)) * channels;

    public static int Origin(int width, int channels) => (Margin * RowPitch(width, channels)) + (Margin * channels);

    public int Result(int image, int y, int x, int g, int o) =>
        (((((image * OutHeight) + y) * OutWidth) + x) * ResultChannels) + (g * Out) + o;

    public int Source(int image, int y, int x, int g, int i) => At(image, y, x, Height, Width, SourceChannels) + (g * In) + i;

    public int Gradient(int image, int y, int x, int g, int o) =>
        At(image, y, x, OutHeight, OutWidth, ResultChannels) + (g * Out) + o;

    public int Weight(int g, int u, int v, int i, int o) =>
        (((((((g * KernelHeight) + u) * KernelWidth) + v) * In) + i) * Out) + o;

    internal ConvolveShape Shape() => new()
    {
        Images = Images,
        Height = OutHeight,
        Width = OutWidth,
        Groups = Groups,
        InChannels = In,
        OutChannels = Out,
        KernelHeight = KernelHeight,
        KernelWidth = KernelWidth,
        StrideY = StrideY,
        StrideX = StrideX,
        PaddingY = PaddingY,
        PaddingX = PaddingX,
        DilationY = DilationY,
        DilationX = DilationX,
        ImagePitch = RowPitch(Width, SourceChannels) * HaloHeight(Height),
        RowPitch = RowPitch(Width, SourceChannels),
    };

    internal ConvolveShape TransposedShape() => Shape() with
    {
        Height = Height,
        Width = Width,
        InChannels = Out,
        OutChannels = In,
        Transposed = true,
        ImagePitch = RowPitch(OutWidth, ResultChannels) * HaloHeight(OutHeight),
        RowPitch = RowPitch(OutWidth, ResultChannels),
    };

    /// <summary>Puts images without a halo into a buffer of images with one.</summary>
    public float[] Halo(float[] images, int height, int width, int channels)
    {
        var result = new float[Images * HaloHeight(height) * RowPitch(width, channels)];
        for (int image = 0; image < Images; image++)
        {
            for (int y = 0; y < height; y++)
            {
                Array.Copy(
                    images, ((image * height) + y) * width * channels,
                    result, At(image, y, 0, height, width, channels), width * channels);
            }
        }

        return result;
    }

    /// <summary>Visits every product of the convolution: image, y, x, u, v, source y, source x, group, in,
    /// out.</summary>
    public void ForEach(Action<int, int, int, int, int, int, int, int, int, int> visit)
    {
        for (int image = 0; image < Images; image++)
        {
            for (int y = 0; y < OutHeight; y++)
            {
                for (int x = 0; x < OutWidth; x++)
                {
                    for (int tap = 0; tap < KernelHeight * KernelWidth; tap++)
                    {
                        (int u, int v) = (tap / KernelWidth, tap % KernelWidth);
                        int sy = (y * StrideY) - PaddingY + (u * DilationY);
                        int sx = (x * StrideX) - PaddingX + (v * DilationX);
                        for (int pair = 0; pair < Groups * In * Out; pair++)
                        {
                            visit(image, y, x, u, v, sy, sx, pair / Out / In, pair / Out % In, pair % Out);
                        }
                    }
                }
            }
        }
    }

    private static int At(int image, int y, int x, int height, int width, int channels) =>
        (((image * HaloHeight(height)) + y + Margin) * RowPitch(width, channels)) + ((x + Margin) * channels);
}
