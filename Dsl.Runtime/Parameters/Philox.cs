using System;
using System.Runtime.CompilerServices;

namespace Dsl;

/// <summary>
/// Philox4x32-10, a counter-based generator: four random words are a pure function of a 128-bit counter and a 64-bit
/// key, so any number can be computed anywhere, in any order, with integer arithmetic only.
/// </summary>
/// <remarks>Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.</remarks>
internal static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Multiplier2 = 0xD256D193;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Four words.</summary>
    /// <param name="c0">Counter, lowest word.</param>
    /// <param name="c1">Counter, second word.</param>
    /// <param name="c2">Counter, third word.</param>
    /// <param name="c3">Counter, highest word.</param>
    /// <param name="k0">Key, low word.</param>
    /// <param name="k1">Key, high word.</param>
    public static (uint W0, uint W1, uint W2, uint W3) Words(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0;
            ulong p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>Philox2x32-10 as a number in [0, 1), a multiple of 2⁻²⁴: half the multiplications of four words, for
    /// what is drawn one number at a time. The reference of <see cref="Vectors.Lanes.Uniform"/>.</summary>
    public static float Uniform(uint c0, uint c1, uint key)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product = (ulong)Multiplier2 * c0;
            (c0, c1) = ((uint)(product >> 32) ^ key ^ c1, (uint)product);
            key = unchecked(key + Weyl0);
        }

        return (c0 >> 8) * (1f / 16777216f);
    }

    /// <summary>Block <paramref name="block"/> of a stream of a seed: the key is the seed, the counter is (block,
    /// stream).</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Block(ulong seed, ulong stream, ulong block) => Words(
        (uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32), (uint)seed, (uint)(seed >> 32));

    /// <summary>A word as the middle of one of 2³² equal parts of the open interval (0, 1); exact in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToUnit(uint word) => (word + 0.5) * (1.0 / 4294967296.0);

    /// <summary>Two independent standard normal numbers from two words, by Box and Muller in double.</summary>
    public static (double First, double Second) ToNormals(uint first, uint second)
    {
        double radius = Math.Sqrt(-2 * Math.Log(ToUnit(first)));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * ToUnit(second));
        return (radius * cosine, radius * sine);
    }
}

/// <summary>A stream of <see cref="Philox"/> read one number after the other; its position is a number that can be
/// saved.</summary>
internal struct PhiloxStream(ulong seed, ulong stream)
{
    /// <summary>How many words were read.</summary>
    public ulong Position { get; set; }

    /// <summary>The next word.</summary>
    public uint NextWord()
    {
        ulong at = Position++;
        (uint w0, uint w1, uint w2, uint w3) = Philox.Block(seed, stream, at >> 2);
        return (at & 3) switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 };
    }

    /// <summary>The next number below a bound, without bias (Lemire 2019, arXiv:1805.10941).</summary>
    public uint NextBelow(uint bound)
    {
        uint threshold = unchecked(0u - bound) % bound;
        while (true)
        {
            ulong product = (ulong)NextWord() * bound;
            if ((uint)product >= threshold)
            {
                return (uint)(product >> 32);
            }
        }
    }
}
