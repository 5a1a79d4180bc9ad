using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>
/// The gradients of a chunk, once it is known what its positions have written, w, and what goes back there, y. With Γ(t, s) the
/// product of the factors behind s up to t, u = β·w and z = β·y, pairs are P(t, s) = Γ·ō_t·u_s for s ≤ t and W(t, s) = Γ·z_t·u_s for
/// s &lt; t. Then Q̄ = Γ(t, before)·Ō·S + P·K and K̄ = Γ(end, t)·U·H + Pᵀ·Q - Wᵀ·K - Γ(t, before)·Z·S - W·K, with the state S before the
/// chunk and the gradient H behind it: products of matrices. Lanes are keys.
/// </content>
internal static unsafe partial class HostDeltaScan<F, I, M>
{
    /// <summary>Rows of a product in registers.</summary>
    private const int Few = 4;

    private static void Sums(DeltaScanLaunch launch, float* memory, float* scratch, int sequence, int chunk)
    {
        DeltaScanShape shape = launch.Shape;
        (int sample, int head) = Math.DivRem(sequence, shape.Heads);
        (int values, int pitch) = (shape.Values, DeltaScanParts.Pitch(shape.Keys));
        int first = chunk * Chunk;
        int count = Math.Min(Chunk, launch.Positions - first);
        var work = new Work(scratch, values, pitch);
        Slots slots = launch.Slots;
        Numbers(launch, memory, sample, head, first, count, work.Numbers, pairs: false);
        float* strengths = work.Numbers + Chunk;
        float* written = Written(launch, memory, sequence, first);
        float* back = OfWritten(launch, memory, sequence, first);
        Copy(memory + slots.A0, launch.Q, sample, head, first, count, shape.Keys, work.Q, pitch);
        Copy(memory + slots.A1, launch.K, sample, head, first, count, shape.Keys, work.K, pitch);
        Copy(memory + slots.A4, launch.O, sample, head, first, count, values, work.O, values);
        Scale(written, strengths, values, count, work.Z);
        HostTranspose.Block(work.Z, work.U, Chunk, values, 0, Chunk, 0, values);
        Scale(back, strengths, values, count, work.Z);
        if (launch.GradientAt(DeltaGradients.V) is >= 0 and var ofV)
        {
            Give(work.Z, values, memory + ofV, launch.OfV, sample, head, first, count, values);
        }

        if (launch.GradientAt(DeltaGradients.B) is >= 0 and var ofB)
        {
            float* to = memory + ofB + launch.OfB.At(sample, head) + ((nint)first * launch.OfB.Position);
            for (int i = 0; i < count; i++)
            {
                to[(nint)i * launch.OfB.Position] = Product(written + (i * values), back + (i * values), values);
            }
        }

        float* terms = work.Numbers + (2 * Chunk);
        float* v = memory + slots.A2 + launch.V.At(sample, head) + ((nint)first * launch.V.Position);
        for (int i = 0; i < count; i++)
        {
            terms[i] = Product(v + ((nint)i * launch.V.Position), work.Z + (i * values), values);
        }

        int rows = Slicing.RoundUp(count, Few);
        new Span<float>(work.Pairs, 2 * Chunk * Chunk).Clear();
        for (int row = 0; row < rows; row += Few)
        {
            Add(work.O + (row * values), values, 1, 0, values, work.U, Chunk, work.Pairs + (row * Chunk));
            Add(work.Z + (row * values), values, 1, 0, values, work.U, Chunk, work.Writes + (row * Chunk));
        }

        nint next = first + Chunk;
        var ahead = new Rows(
            memory + slots.A0 + launch.Q.At(sample, head) + (next * launch.Q.Position), launch.Q.Position,
            memory + slots.A1 + launch.K.At(sample, head) + (next * launch.K.Position), launch.K.Position,
            v + (Chunk * (nint)launch.V.Position), launch.V.Position,
            memory + slots.A4 + launch.O.At(sample, head) + (next * launch.O.Position), launch.O.Position);
        Weigh(work, count, values, shape.Keys, in ahead);
        new Span<float>(work.OfQ, 2 * Chunk * pitch).Clear();
        float* before = Before(launch, memory, sequence, chunk);
        float* behind = Behind(launch, memory, sequence, chunk);
        for (int row = 0; row < rows; row += Few)
        {
            float* ofQ = work.OfQ + (row * pitch);
            Add(work.O + (row * values), values, 1, 0, values, before, pitch, ofQ);
            Add(work.Pairs + (row * Chunk), Chunk, 1, 0, row + Few, work.K, pitch, ofQ);
            float* ofK = work.OfK + (row * pitch);
            Add(work.U + row, 1, Chunk, 0, values, behind, pitch, ofK);
            Add(work.Z + (row * values), values, 1, 0, values, before, pitch, ofK);
            Add(work.Pairs + row, 1, Chunk, row, rows, work.Q, pitch, ofK);
            Add(work.Writes + row, 1, Chunk, row, rows, work.K, pitch, ofK);
            Add(work.Writes + (row * Chunk), Chunk, 1, 0, row + Few, work.K, pitch, ofK);
        }

        if (launch.GradientAt(DeltaGradients.Q) is >= 0 and var toQ)
        {
            Give(work.OfQ, pitch, memory + toQ, launch.OfQ, sample, head, first, count, shape.Keys);
        }

        if (launch.GradientAt(DeltaGradients.D) is >= 0 and var toD)
        {
            float* to = memory + toD + launch.OfD.At(sample, head) + ((nint)first * launch.OfD.Position);
            for (int i = 0; i < count; i++)
            {
                to[(nint)i * launch.OfD.Position] =
                    Product(work.Q + (i * pitch), work.OfQ + (i * pitch), shape.Keys) - terms[i];
            }
        }

        if (launch.GradientAt(DeltaGradients.K) is >= 0 and var toK)
        {
            Give(work.OfK, pitch, memory + toK, launch.OfK, sample, head, first, count, shape.Keys);
        }
    }

    /// <summary>Pairs by what is left between them, and rows by what is left of the state before or until the end. What is subtracted
    /// becomes negative. Meanwhile the next chunk's rows are asked for.</summary>
    private static void Weigh(in Work work, int count, int values, int keys, in Rows ahead)
    {
        float* left = work.Left;
        new Span<float>(left, Chunk).Clear();
        float sofar = 1f;
        for (int t = 0; t < count; t++)
        {
            ahead.AskFor(t, keys, values);
            float factor = work.Numbers[t];
            sofar *= factor;
            for (int s = 0; s < Chunk; s += Lanes)
            {
                F now = F.Splat(factor) * F.Load(left + s);
                F.Store(left + s, now);
                float* write = work.Writes + (t * Chunk) + s;
                F.Store(write, -(now * F.Load(write)));
            }

            left[t] = 1f;
            for (int s = 0; s < Chunk; s += Lanes)
            {
                float* pair = work.Pairs + (t * Chunk) + s;
                F.Store(pair, F.Load(left + s) * F.Load(pair));
            }

            Multiply(work.O + (t * values), sofar, values);
            Multiply(work.Z + (t * values), -sofar, values);
        }

        // Now what is left of each position is what is left of it at the end.
        for (int value = 0; value < values; value++)
        {
            for (int t = 0; t < Chunk; t += Lanes)
            {
                float* u = work.U + (value * Chunk) + t;
                F.Store(u, F.Load(left + t) * F.Load(u));
            }
        }
    }

    private static void Multiply(float* x, float by, int count)
    {
        F factor = F.Splat(by);
        int i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            F.Store(x + i, factor * F.Load(x + i));
        }

        if (i < count)
        {
            F.Store(x + i, factor * F.Load(x + i, count - i), count - i);
        }
    }

    /// <summary>Rows of an operand, with zeros beyond the positions and features that there are.</summary>
    private static void Copy(
        float* from, SequenceStrides strides, int sample, int head, int first, int count, int width, float* to, int pitch)
    {
        from += strides.At(sample, head) + ((nint)first * strides.Position);
        new Span<float>(to, Chunk * pitch).Clear();
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(from + ((nint)i * strides.Position), width).CopyTo(new Span<float>(to + (i * pitch), width));
        }
    }

    private static void Give(
        float* from, int pitch, float* to, SequenceStrides strides, int sample, int head, int first, int count, int width)
    {
        to += strides.At(sample, head) + ((nint)first * strides.Position);
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(from + (i * pitch), width).CopyTo(new Span<float>(to + ((nint)i * strides.Position), width));
        }
    }

    /// <summary>Rows by their strengths, with zeros beyond the positions that there are.</summary>
    private static void Scale(float* from, float* strengths, int values, int count, float* to)
    {
        new Span<float>(to, Chunk * values).Clear();
        for (int i = 0; i < count; i++)
        {
            F strength = F.Splat(strengths[i]);
            int value = i * values, end = value + values;
            for (; value + Lanes <= end; value += Lanes)
            {
                F.Store(to + value, strength * F.Load(from + value));
            }

            if (value < end)
            {
                F.Store(to + value, strength * F.Load(from + value, end - value), end - value);
            }
        }
    }

    /// <summary>Adds terms <paramref name="first"/> … <paramref name="end"/> - 1 of a product to four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add(float* a, nint aRow, nint aTerm, int first, int end, float* b, int pitch, float* to)
    {
        float* a1 = a + aRow;
        float* a2 = a1 + aRow;
        float* a3 = a2 + aRow;
        int column = 0;
        for (; column + (2 * Lanes) <= pitch; column += 2 * Lanes)
        {
            float* c = to + column;
            F c00 = F.Load(c), c01 = F.Load(c + Lanes);
            F c10 = F.Load(c + pitch), c11 = F.Load(c + pitch + Lanes);
            F c20 = F.Load(c + (2 * pitch)), c21 = F.Load(c + (2 * pitch) + Lanes);
            F c30 = F.Load(c + (3 * pitch)), c31 = F.Load(c + (3 * pitch) + Lanes);
            nint term = first * aTerm;
            float* row = b + ((nint)first * pitch) + column;
            for (int i = first; i < end; i++)
            {
                F b0 = F.Load(row), b1 = F.Load(row + Lanes);
                F x = F.Splat(a[term]);
                c00 = F.Fma(x, b0, c00);
                c01 = F.Fma(x, b1, c01);
                x = F.Splat(a1[term]);
                c10 = F.Fma(x, b0, c10);
                c11 = F.Fma(x, b1, c11);
                x = F.Splat(a2[term]);
                c20 = F.Fma(x, b0, c20);
                c21 = F.Fma(x, b1, c21);
                x = F.Splat(a3[term]);
                c30 = F.Fma(x, b0, c30);
                c31 = F.Fma(x, b1, c31);
                term += aTerm;
                row += pitch;
            }

            F.Store(c, c00);
            F.Store(c + Lanes, c01);
            F.Store(c + pitch, c10);
            F.Store(c + pitch + Lanes, c11);
            F.Store(c + (2 * pitch), c20);
            F.Store(c + (2 * pitch) + Lanes, c21);
            F.Store(c + (3 * pitch), c30);
            F.Store(c + (3 * pitch) + Lanes, c31);
        }

        if (column < pitch)
        {
            float* c = to + column;
            F c0 = F.Load(c), c1 = F.Load(c + pitch), c2 = F.Load(c + (2 * pitch)), c3 = F.Load(c + (3 * pitch));
            nint term = first * aTerm;
            for (int i = first; i < end; i++)
            {
                F b0 = F.Load(b + ((nint)i * pitch) + column);
                c0 = F.Fma(a + term, b0, c0);
                c1 = F.Fma(a1 + term, b0, c1);
                c2 = F.Fma(a2 + term, b0, c2);
                c3 = F.Fma(a3 + term, b0, c3);
                term += aTerm;
            }

            F.Store(c, c0);
            F.Store(c + pitch, c1);
            F.Store(c + (2 * pitch), c2);
            F.Store(c + (3 * pitch), c3);
        }
    }

    /// <summary>What a chunk needs.</summary>
    private readonly struct Work
    {
        public Work(float* scratch, int values, int pitch)
        {
            Numbers = scratch;
            Left = Numbers + NumberFloats;
            Pairs = Left + Chunk;
            Writes = Pairs + (Chunk * Chunk);
            U = Writes + (Chunk * Chunk);
            O = U + (Chunk * values);
            Z = O + (Chunk * values);
            Q = Z + (Chunk * values);
            K = Q + (Chunk * pitch);
            OfQ = K + (Chunk * pitch);
            OfK = OfQ + (Chunk * pitch);
        }

        /// <summary>Factors and strengths.</summary>
        public float* Numbers { get; }

        /// <summary>What is left of each position.</summary>
        public float* Left { get; }

        /// <summary>P, rows [t][s]; W comes behind it.</summary>
        public float* Pairs { get; }

        public float* Writes { get; }

        /// <summary>β·w, rows [value][position].</summary>
        public float* U { get; }

        /// <summary>The gradient of the result.</summary>
        public float* O { get; }

        /// <summary>β·y.</summary>
        public float* Z { get; }

        public float* Q { get; }

        public float* K { get; }

        /// <summary>The gradients of the queries; those of the keys come behind them.</summary>
        public float* OfQ { get; }

        public float* OfK { get; }
    }
}
