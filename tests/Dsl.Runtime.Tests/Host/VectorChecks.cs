using System;
using Dsl.Vectors;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Every operation of a vector type against plain floats and ints, lane by lane.</summary>
internal static unsafe class VectorChecks
{
    /// <summary>What failed, or nothing.</summary>
    public static string Run<F, I, M>(int seed)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var random = new Random(seed);
        float[] special = [0f, -0f, 1f, -1f, 2.5f, -2.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f];
        float* a = stackalloc float[F.Lanes];
        float* b = stackalloc float[F.Lanes];
        float* to = stackalloc float[F.Lanes];
        int* j = stackalloc int[F.Lanes];
        int* k = stackalloc int[F.Lanes];
        for (int round = 0; round < 200; round++)
        {
            for (int i = 0; i < F.Lanes; i++)
            {
                a[i] = random.Next(3) == 0 ? special[random.Next(special.Length)] : random.NextSingle() * 200 - 100;
                b[i] = random.Next(3) == 0 ? special[random.Next(special.Length)] : random.NextSingle() * 200 - 100;
                j[i] = random.Next(int.MinValue, int.MaxValue);
                k[i] = random.Next(4) == 0 ? j[i] : random.Next(int.MinValue, int.MaxValue);
            }

            F x = F.Load(a);
            F y = F.Load(b);
            I p = I.Load(j);
            I q = I.Load(k);
            F one = F.Splat(1f);
            F none = F.Splat(0f);
            int count = random.Next(F.Lanes + 1);
            int by = 1 << random.Next(5);
            string failure =
                Same("+", x + y, i => a[i] + b[i]) + Same("-", x - y, i => a[i] - b[i]) + Same("*", x * y, i => a[i] * b[i])
                + Same("/", x / y, i => a[i] / b[i]) + Same("negate", -x, i => -a[i])
                + Same("Fma", F.Fma(x, y, x), i => MathF.FusedMultiplyAdd(a[i], b[i], a[i]))
                + Same("Fma of one number", F.Fma(a, y, x), i => MathF.FusedMultiplyAdd(a[0], b[i], a[i]))
                + Same("Max", F.Max(x, y), i => a[i] == b[i] ? float.NegativeZero : MathF.Max(a[i], b[i]))
                + Same("Min", F.Min(x, y), i => a[i] == b[i] ? float.NegativeZero : MathF.Min(a[i], b[i]))
                + Same("Abs", F.Abs(x), i => MathF.Abs(a[i])) + Same("Sqrt", F.Sqrt(x), i => MathF.Sqrt(a[i]))
                + Same("Floor", F.Floor(x), i => MathF.Floor(a[i]))
                + Same("Less", F.Select(F.Less(x, y), one, none), i => a[i] < b[i] ? 1 : 0)
                + Same("SelectLess", F.SelectLess(x, y, y, x), i => a[i] < b[i] ? b[i] : a[i])
                + Same("Clamp", F.Clamp(x, F.Splat(-3f), F.Splat(50f)), i => float.IsNaN(a[i]) ? a[i] : Math.Clamp(a[i], -3f, 50f))
                + Same("LessOrEqual", F.Select(F.LessOrEqual(x, y), one, none), i => a[i] <= b[i] ? 1 : 0)
                + Same("Equal", F.Select(F.Equal(x, y), one, none), i => a[i] == b[i] ? 1 : 0)
                + Same("Until", F.Select(!M.Until(count), x, y), i => i < count ? b[i] : a[i])
                + Same("and or", F.Select((F.Less(x, y) & M.Until(count)) | F.Equal(x, y), x, y),
                    i => (a[i] < b[i] && i < count) || a[i] == b[i] ? a[i] : b[i])
                + Same("Load", F.Load(a, count), i => i < count ? a[i] : 0)
                + (by < F.Lanes ? Same("Rotate", F.Rotate(x, by), i => a[(i + by) % F.Lanes]) : "")
                + Same("First", F.Splat(F.First(x)), i => a[0])
                + Same("Sum", F.Splat(F.Sum(x)), _ => Halves(a))
                + Same("FromInts", F.FromInts(p), i => j[i])
                + SameInts("ToInts", F.ToInts(F.FromInts(I.ShiftRight(p, 4))), i => (int)(float)(j[i] >>> 4))
                + SameInts("+", p + q, i => j[i] + k[i]) + SameInts("-", p - q, i => j[i] - k[i])
                + SameInts("*", p * q, i => j[i] * k[i]) + SameInts("&", p & q, i => j[i] & k[i])
                + SameInts("|", p | q, i => j[i] | k[i]) + SameInts("^", p ^ q, i => j[i] ^ k[i])
                + SameInts("ShiftLeft", I.ShiftLeft(p, 7), i => j[i] << 7)
                + SameInts("ShiftRight", I.ShiftRight(p, 7), i => j[i] >>> 7)
                + SameInts("MultiplyHigh", I.MultiplyHigh(p, q), i => (int)(((ulong)(uint)j[i] * (uint)k[i]) >> 32))
                + SameInts("Less", I.Select(I.Less(p, q), p, q), i => j[i] < k[i] ? j[i] : k[i])
                + SameInts("Equal", I.Select(I.Equal(p, q), I.Splat(1), I.Splat(0)), i => j[i] == k[i] ? 1 : 0)
                + SameInts("Load", I.Load(j, count), i => i < count ? j[i] : 0)
                + SameInts("Iota", I.Iota(5), i => i + 5)
                + Same("Gather", I.Gather(a, I.Splat(F.Lanes - 1) - I.Iota(0)), i => a[F.Lanes - 1 - i])
                + Stores() + Alternates();
            if (failure.Length > 0)
            {
                return failure;
            }

            float Halves(float* lanes)
            {
                var left = new ReadOnlySpan<float>(lanes, F.Lanes).ToArray();
                for (int half = F.Lanes / 2; half > 0; half /= 2)
                {
                    for (int i = 0; i < half; i++)
                    {
                        left[i] += left[i + half];
                    }
                }

                return left[0];
            }

            string Stores()
            {
                new Span<float>(to, F.Lanes).Fill(7);
                F.Store(to, x, count);
                string text = Same("Store", F.Load(to), i => i < count ? a[i] : 7);
                new Span<float>(to, F.Lanes).Fill(7);
                I.Store((int*)to, p, count);
                return text + SameInts("Store", I.Load((int*)to), i => i < count ? j[i] : BitConverter.SingleToInt32Bits(7));
            }

            string Alternates()
            {
                float* pairs = stackalloc float[2 * F.Lanes];
                for (int i = 0; i < 2 * F.Lanes; i++)
                {
                    pairs[i] = (i & 1) == 0 ? a[i / 2] : 7;
                }

                string text = Same("LoadAlternate", F.LoadAlternate(pairs), i => a[i]);
                F.StoreAlternate(pairs, y);
                for (int i = 0; i < 2 * F.Lanes; i++)
                {
                    text += pairs[i].Equals((i & 1) == 0 ? b[i / 2] : 7) ? "" : $"StoreAlternate: float {i} is {pairs[i]}; ";
                }

                return text;
            }

            string Same(string name, F actual, Func<int, float> expected)
            {
                float* lanes = stackalloc float[F.Lanes];
                F.Store(lanes, actual);
                for (int i = 0; i < F.Lanes; i++)
                {
                    // Of equal operands either zero may be the larger.
                    bool free = name is "Max" or "Min" && a[i] == b[i];
                    if (!(free ? lanes[i] == a[i] : lanes[i].Equals(expected(i))))
                    {
                        return $"{name}: lane {i} is {lanes[i]}, not {expected(i)} of {a[i]}, {b[i]}; ";
                    }
                }

                return "";
            }

            string SameInts(string name, I actual, Func<int, int> expected)
            {
                int* lanes = stackalloc int[F.Lanes];
                I.Store(lanes, actual);
                for (int i = 0; i < F.Lanes; i++)
                {
                    if (lanes[i] != expected(i))
                    {
                        return $"int {name}: lane {i} is {lanes[i]}, not {expected(i)} of {j[i]}, {k[i]}; ";
                    }
                }

                return "";
            }
        }

        return "";
    }
}
