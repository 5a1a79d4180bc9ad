using System;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A pool without halos.</summary>
public sealed record PoolCase(
    int Images, int Height, int Width, int Channels, int KernelHeight, int KernelWidth,
    int StrideY = 1, int StrideX = 1, int PaddingY = 0, int PaddingX = 0, int DilationY = 1, int DilationX = 1)
{
    public int OutHeight => ((Height + (2 * PaddingY) - ((KernelHeight - 1) * DilationY) - 1) / StrideY) + 1;

    public int OutWidth => ((Width + (2 * PaddingX) - ((KernelWidth - 1) * DilationX) - 1) / StrideX) + 1;

    public int At(int image, int y, int x, int channel, int height, int width) =>
        (((((image * height) + y) * width) + x) * Channels) + channel;

    internal PoolShape Shape(bool transposed) => new()
    {
        Images = Images,
        Height = transposed ? Height : OutHeight,
        Width = transposed ? Width : OutWidth,
        SourceHeight = transposed ? OutHeight : Height,
        SourceWidth = transposed ? OutWidth : Width,
        Channels = Channels,
        KernelHeight = KernelHeight,
        KernelWidth = KernelWidth,
        StrideY = StrideY,
        StrideX = StrideX,
        PaddingY = PaddingY,
        PaddingX = PaddingX,
        DilationY = DilationY,
        DilationX = DilationX,
        Transposed = transposed,
    };

    /// <summary>Visits image, y, x, source y, source x, tap, channel of every tap inside the source.</summary>
    public void ForEach(Action<int, int, int, int, int, int, int> visit)
    {
        for (int pixel = 0; pixel < Images * OutHeight * OutWidth; pixel++)
        {
            (int image, int y, int x) = (pixel / OutWidth / OutHeight, pixel / OutWidth % OutHeight, pixel % OutWidth);
            for (int tap = 0; tap < KernelHeight * KernelWidth; tap++)
            {
                int sy = (y * StrideY) - PaddingY + (tap / KernelWidth * DilationY);
                int sx = (x * StrideX) - PaddingX + (tap % KernelWidth * DilationX);
                for (int c = 0; c < Channels && sy >= 0 && sx >= 0 && sy < Height && sx < Width; c++)
                {
                    visit(image, y, x, sy, sx, tap, c);
                }
            }
        }
    }
}
