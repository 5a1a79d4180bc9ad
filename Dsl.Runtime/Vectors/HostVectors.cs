using System;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Vectors;

/// <summary>Which vector type the host runs its kernels with.</summary>
internal static class HostVectors
{
    /// <summary>The environment variable that lowers the width, for measuring and for tests: 16, 8, 4 or 1.</summary>
    internal const string Variable = "DSL_VECTOR_LANES";

    /// <summary>Vectors that pass while one of fewer lanes is read, computed and stored under a mask, where little is computed: stores
    /// under a mask hold up what is read close by.</summary>
    private const int Masked = 8;

    /// <summary>The same where each vector is a sum over a window.</summary>
    private const int MaskedWindow = 3;

    private static readonly int s_detected = Detect();
    private static int s_width = s_detected;

    /// <summary>Lanes of the vector type in use: 16, 8, 4 or 1.</summary>
    public static int Width => s_width;

    /// <summary>The instruction set in use, for people.</summary>
    public static string Name => s_width switch
    {
        16 => "AVX-512",
        8 => "AVX2",
        4 => Sse.IsSupported ? "SSE" : "NEON",
        _ => "scalar",
    };

    /// <summary>Lanes for vectors along rows of <paramref name="columns"/>: the widest, or narrower ones that fill such a row when there
    /// are few of them. Images of 4 or 8 channels are such rows.</summary>
    public static int Along(int columns) => Along(columns, Masked);

    /// <summary>The same where each vector is a sum over a window of pixels.</summary>
    public static int AlongWindows(int columns) => Along(columns, MaskedWindow);

    /// <summary>The most lanes that divide <paramref name="columns"/>.</summary>
    public static int Dividing(int columns)
    {
        int lanes = s_width;
        while (columns % lanes != 0)
        {
            lanes = Narrower(lanes);
        }

        return lanes;
    }

    /// <summary>Lanes for a register tile over <paramref name="columns"/>: no more than fill one vector. Many processors run twice as
    /// many instructions with the narrower ones, and none fewer.</summary>
    public static int ForTile(int columns) => columns <= 4 ? Math.Min(4, s_width) : columns <= 8 ? Math.Min(8, s_width) : s_width;

    /// <summary>True when this processor can run the vector type with <paramref name="lanes"/> lanes.</summary>
    public static bool Supports(int lanes) => lanes switch
    {
        16 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512DQ.IsSupported && Fma.IsSupported,
        8 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        4 => Vector128.IsHardwareAccelerated,
        1 => true,
        _ => false,
    };

    /// <summary>Test hook: another width, or the machine's own. No launch may be running or prepared.</summary>
    internal static void Override(int? lanes) => s_width = lanes is not int width ? s_detected
        : Supports(width) ? width
        : throw new PlatformNotSupportedException($"This processor has no vectors of {width} floats.");

    private static int Along(int columns, int masked)
    {
        int best = s_width;
        for (int lanes = s_width; lanes > 1;)
        {
            lanes = Narrower(lanes);
            best = Cost(columns, lanes, masked) < Cost(columns, best, masked) ? lanes : best;
        }

        return best;
    }

    /// <summary>The next vector type: of 16, 8, 4, 1.</summary>
    private static int Narrower(int lanes) => lanes > 4 ? lanes / 2 : 1;

    private static int Cost(int columns, int lanes, int masked) => (columns / lanes) + (columns % lanes == 0 ? 0 : masked);

    private static int Detect()
    {
        string? asked = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(asked))
        {
            return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int lanes) && Supports(lanes)
                ? lanes
                : throw new PlatformNotSupportedException(
                    $"{Variable} is '{asked}': this processor has no vectors of so many floats; leave it unset, or try 8, 4 or 1.");
        }

        return Supports(16) ? 16 : Supports(8) ? 8 : Supports(4) ? 4 : 1;
    }
}
