using System;
using System.Runtime.CompilerServices;
using Dsl.Vectors;

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

    /// <summary>Consecutive blocks of a stream of a seed, the four words of each together: the same words as
    /// <see cref="Block"/>, many at a time.</summary>
    /// <param name="seed">The key.</param>
    /// <param name="stream">Upper half of the counter.</param>
    /// <param name="first">The first block; all are below 2³².</param>
    /// <param name="words">Four words for each block.</param>
    public static void Blocks(ulong seed, ulong stream, uint first, Span<uint> words)
    {
        switch (HostVectors.Width)
        {
            case 16:
                Blocks<Floats16, Ints16, Mask16>(seed, stream, first, words);
                break;
            case 8:
                Blocks<Floats8, Ints8, Mask8>(seed, stream, first, words);
                break;
            case 4:
                Blocks<Floats4, Ints4, Mask4>(seed, stream, first, words);
                break;
            default:
                Blocks<Floats1, Ints1, Mask1>(seed, stream, first, words);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Blocks<F, I, M>(ulong seed, ulong stream, uint first, Span<uint> words)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        const int MostLanes = 16;
        int* lanes = stackalloc int[4 * MostLanes];
        I multiplier0 = I.Splat(unchecked((int)Multiplier0));
        I multiplier1 = I.Splat(unchecked((int)Multiplier1));
        int count = words.Length / 4;
        for (int block = 0; block < count; block += F.Lanes)
        {
            I c0 = I.Iota(unchecked((int)first + block));
            I c1 = I.Splat(0);
            I c2 = I.Splat((int)stream);
            I c3 = I.Splat((int)(stream >> 32));
            int k0 = (int)seed;
            int k1 = (int)(seed >> 32);
            for (int round = 0; round < Rounds; round++)
            {
                I high0 = I.MultiplyHigh(multiplier0, c0);
                I high1 = I.MultiplyHigh(multiplier1, c2);
                I low0 = multiplier0 * c0;
                I low1 = multiplier1 * c2;
                c0 = high1 ^ c1 ^ I.Splat(k0);
                c1 = low1;
                c2 = high0 ^ c3 ^ I.Splat(k1);
                c3 = low0;
                k0 = unchecked(k0 + (int)Weyl0);
                k1 = unchecked(k1 + (int)Weyl1);
            }

            I.Store(lanes, c0);
            I.Store(lanes + F.Lanes, c1);
            I.Store(lanes + (2 * F.Lanes), c2);
            I.Store(lanes + (3 * F.Lanes), c3);
            for (int lane = 0; lane < Math.Min(F.Lanes, count - block); lane++)
            {
                for (int word = 0; word < 4; word++)
                {
                    words[(4 * (block + lane)) + word] = (uint)lanes[(word * F.Lanes) + lane];
                }
            }
        }
    }

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
