namespace Dsl.Kernels;

/// <summary>What a convolution by Fourier transforms keeps: by shapes alone, so that it does not depend on the number
/// of threads.</summary>
internal static class SpectralParts
{
    /// <summary>Rows of one channel that are transformed at the same time: each piece of work has some of them for
    /// itself.</summary>
    public const int Rows = 128;

    /// <summary>Channels come in whole vectors, of this many lanes at most.</summary>
    private const int MostLanes = 16;

    /// <summary>Channels with room for whole vectors.</summary>
    public static int Whole(int channels) => (channels + MostLanes - 1) / MostLanes * MostLanes;

    /// <summary>Elements of a transform: a power of two that no sum of a position and a distance reaches.</summary>
    /// <param name="positions">Positions of a sequence.</param>
    /// <param name="taps">Numbers of a kernel.</param>
    public static int Padded(int positions, int taps)
    {
        int most = positions + System.Math.Min(positions, taps) - 1;
        int padded = 2;
        while (padded < most)
        {
            padded = checked(padded * 2);
        }

        return padded;
    }

    /// <summary>Elements of scratch: a spectrum for each channel, and the rows.</summary>
    /// <param name="positions">Positions of a sequence.</param>
    /// <param name="taps">Numbers of a kernel.</param>
    /// <param name="channels">Channels.</param>
    public static Size Scratch(Size positions, Size taps, int channels) =>
        (positions + taps) * (2 * (Whole(channels) + Rows));
}
