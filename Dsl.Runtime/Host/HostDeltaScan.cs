using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The DeltaScan skeleton on the host. Lanes are rows of the state, which is their values: no row knows of another. A piece of work
/// is two vectors of rows of one sequence; its state lies in the worker's scratch, a block of rows for each key. What a position
/// writes, and what the next one reads, is one pass over it: with r = S_{t-1}·k_t and p = S_{t-1}·q_t from the pass before,
/// w = v - a·r and o = a·p + β·w·(q·k).
/// </summary>
internal static unsafe partial class HostDeltaScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private const int Chunk = DeltaScanParts.Chunk;

    /// <summary>Floats of the factors, strengths and products q·k of a chunk.</summary>
    private const int NumberFloats = 3 * Chunk;

    private static int Lanes => F.Lanes;

    /// <summary>Rows of a piece of work.</summary>
    private static int Block => 2 * F.Lanes;

    public static int Slices(DeltaScanLaunch launch, int phase) => Slicing.Count(
        Pieces(launch, phase),
        (long)launch.Sequences * launch.Positions * launch.Shape.Keys * Slicing.Ceiling(launch.Shape.Values, 4));

    public static void Run(DeltaScanLaunch launch, float* memory, float* scratch, int phase, int slice)
    {
        (int first, int end) = Slicing.Range(Pieces(launch, phase), Slices(launch, phase), slice);
        int blocks = Blocks(launch);
        for (int piece = first; piece < end; piece++)
        {
            if (phase == 1)
            {
                (int of, int chunk) = Math.DivRem(piece, launch.Chunks);
                Sums(launch, memory, scratch, of, chunk);
                continue;
            }

            // Of the gradient, pieces that go forward and those that go back know nothing of each other.
            int half = launch.Sequences * blocks;
            (int sequence, int block) = Math.DivRem(piece % half, blocks);
            if (!launch.IsGradient)
            {
                Forward<Asks>(launch, memory, scratch, sequence, block * Block);
            }
            else if (piece < half)
            {
                Forward<Keeps>(launch, memory, scratch, sequence, block * Block);
            }
            else
            {
                Back(launch, memory, scratch, sequence, block * Block);
            }
        }
    }

    private static int Blocks(DeltaScanLaunch launch) => Slicing.Ceiling(launch.Shape.Values, Block);

    private static int Pieces(DeltaScanLaunch launch, int phase) => phase == 1
        ? launch.Sequences * launch.Chunks : launch.Sequences * Blocks(launch) * (launch.IsGradient ? 2 : 1);

    /// <summary>What each position has written, [sequence][position][value]: v less what the state said of the key.</summary>
    private static float* Written(DeltaScanLaunch launch, float* memory, int sequence, int t) => memory + launch.ScratchAt
        + ((((nint)sequence * launch.Positions) + t) * launch.Shape.Values);

    /// <summary>The gradients of what each position has written, before its strength.</summary>
    private static float* OfWritten(DeltaScanLaunch launch, float* memory, int sequence, int t) =>
        Written(launch, memory, launch.Sequences + sequence, t);

    /// <summary>The state before a chunk, rows [value][key].</summary>
    private static float* Before(DeltaScanLaunch launch, float* memory, int sequence, int chunk) =>
        Written(launch, memory, 2 * launch.Sequences, 0)
        + ((((nint)sequence * launch.Chunks) + chunk) * launch.Shape.Values * DeltaScanParts.Pitch(launch.Shape.Keys));

    /// <summary>The gradient of the state behind a chunk, rows [value][key].</summary>
    private static float* Behind(DeltaScanLaunch launch, float* memory, int sequence, int chunk) =>
        Before(launch, memory, launch.Sequences + sequence, chunk);

    /// <summary>Some rows of a sequence from the first position on: results, or what the gradient keeps.</summary>
    private static void Forward<TUse>(DeltaScanLaunch launch, float* memory, float* scratch, int sequence, int row)
        where TUse : struct, IUse
    {
        DeltaScanShape shape = launch.Shape;
        (int sample, int head) = Math.DivRem(sequence, shape.Heads);
        int rows = Math.Min(Block, shape.Values - row);
        float* numbers = scratch;
        float* found = numbers + NumberFloats;
        float* state = found + (2 * Block);
        new Span<float>(found, (2 * Block) + (shape.Keys * Block)).Clear();
        float* q = memory + launch.Slots.A0 + launch.Q.At(sample, head);
        float* k = memory + launch.Slots.A1 + launch.K.At(sample, head);
        float* v = memory + launch.Slots.A2 + launch.V.At(sample, head) + row;
        float* o = memory + launch.Slots.A4 + launch.O.At(sample, head) + row;
        float* kept = launch.StateAt < 0 ? null
            : memory + launch.StateAt + ((nint)sequence * shape.Keys * shape.Values) + row;
        if (kept != null)
        {
            for (int key = 0; key < shape.Keys; key++)
            {
                new ReadOnlySpan<float>(kept + ((nint)key * shape.Values), rows).CopyTo(new Span<float>(state + (key * Block), rows));
            }

            Ask(state, k, q, shape.Keys, found);
        }

        for (int first = 0; first < launch.Positions; first += Chunk)
        {
            int count = Math.Min(Chunk, launch.Positions - first);
            Numbers(launch, memory, sample, head, first, count, numbers);
            FadedStates<F, I, M>.Clear(state, shape.Keys * Block);
            if (!TUse.Asks)
            {
                Keep(state, Before(launch, memory, sequence, first / Chunk), row, rows, shape.Keys);
            }

            var at = new Rows(
                q + ((nint)first * launch.Q.Position), launch.Q.Position, k + ((nint)first * launch.K.Position), launch.K.Position,
                v + ((nint)first * launch.V.Position), launch.V.Position,
                TUse.Asks ? o + ((nint)first * launch.O.Position) : Written(launch, memory, sequence, first) + row,
                TUse.Asks ? launch.O.Position : shape.Values);
            Through<TUse>(at, numbers, found, state, shape.Keys, rows, count, first + count < launch.Positions);
        }

        for (int key = 0; key < shape.Keys && kept != null; key++)
        {
            new ReadOnlySpan<float>(state + (key * Block), rows).CopyTo(new Span<float>(kept + ((nint)key * shape.Values), rows));
        }
    }

    /// <summary>The same rows of the gradient of the state, from the last position: H_{t-1} = a·(H_t + ō·qᵀ - β·y·kᵀ) with
    /// y = H_t·k + ō·(q·k).</summary>
    private static void Back(DeltaScanLaunch launch, float* memory, float* scratch, int sequence, int row)
    {
        DeltaScanShape shape = launch.Shape;
        (int sample, int head) = Math.DivRem(sequence, shape.Heads);
        int rows = Math.Min(Block, shape.Values - row);
        float* numbers = scratch;
        float* found = numbers + NumberFloats;
        float* state = found + (2 * Block);
        new Span<float>(found, (2 * Block) + (shape.Keys * Block)).Clear();
        float* q = memory + launch.Slots.A0 + launch.Q.At(sample, head);
        float* k = memory + launch.Slots.A1 + launch.K.At(sample, head);
        float* o = memory + launch.Slots.A4 + launch.O.At(sample, head) + row;
        for (int chunk = launch.Chunks - 1; chunk >= 0; chunk--)
        {
            int first = chunk * Chunk;
            int count = Math.Min(Chunk, launch.Positions - first);
            int last = first + count - 1;
            Numbers(launch, memory, sample, head, first, count, numbers);
            FadedStates<F, I, M>.Clear(state, shape.Keys * Block);
            Keep(state, Behind(launch, memory, sequence, chunk), row, rows, shape.Keys);
            var at = new Rows(
                q + ((nint)last * launch.Q.Position), -launch.Q.Position, k + ((nint)last * launch.K.Position), -launch.K.Position,
                o + ((nint)last * launch.O.Position), -launch.O.Position, OfWritten(launch, memory, sequence, last) + row, -shape.Values);
            ThroughBack(at, numbers, found, state, shape.Keys, rows, count, first > 0);
        }
    }

    /// <summary>Of the positions of a chunk what is left of the state, the strengths and, if wanted, q·k.</summary>
    private static void Numbers(
        DeltaScanLaunch launch, float* memory, int sample, int head, int first, int count, float* numbers,
        bool pairs = true)
    {
        float* q = memory + launch.Slots.A0 + launch.Q.At(sample, head) + ((nint)first * launch.Q.Position);
        float* k = memory + launch.Slots.A1 + launch.K.At(sample, head) + ((nint)first * launch.K.Position);
        float* b = memory + launch.Slots.A3 + launch.B.At(sample, head) + ((nint)first * launch.B.Position);
        float* d = memory + launch.Slots.A5 + launch.D.At(sample, head) + ((nint)first * launch.D.Position);
        for (int i = 0; i < Chunk; i++)
        {
            numbers[i] = launch.Shape.Decays && i < count ? d[i * (nint)launch.D.Position] : 0f;
            numbers[Chunk + i] = i < count ? b[i * (nint)launch.B.Position] : 0f;
            numbers[(2 * Chunk) + i] = pairs && i < count
                ? Product(q + (i * (nint)launch.Q.Position), k + (i * (nint)launch.K.Position), launch.Shape.Keys) : 0f;
        }

        for (int i = 0; i < Chunk; i += Lanes)
        {
            F.Store(numbers + i, F.Exp(F.Load(numbers + i)));
        }
    }

    private static float Product(float* a, float* b, int count)
    {
        F sum = F.Splat(0f);
        int i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            sum = F.Fma(F.Load(a + i), F.Load(b + i), sum);
        }

        if (i < count)
        {
            sum = F.Fma(F.Load(a + i, count - i), F.Load(b + i, count - i), sum);
        }

        return F.Sum(sum);
    }

    /// <summary>What a state says of a key and of a query: r and p.</summary>
    private static void Ask(float* state, float* k, float* q, int keys, float* found)
    {
        for (int part = 0; part < Block; part += Lanes)
        {
            F r = F.Splat(0f), p = r;
            for (int key = 0; key < keys; key++)
            {
                F s = F.Load(state + (key * Block) + part);
                r = F.Fma(k + key, s, r);
                p = F.Fma(q + key, s, p);
            }

            F.Store(found + part, r);
            F.Store(found + Block + part, p);
        }
    }

    /// <summary>Some rows of a state as rows of keys.</summary>
    private static void Keep(float* state, float* to, int row, int rows, int keys)
    {
        int pitch = DeltaScanParts.Pitch(keys);
        HostTranspose.Block(state, to + ((nint)row * pitch), pitch, Block, 0, keys, 0, rows);
    }

    /// <summary>Two vectors of rows through a chunk. At first the state knows of all positions before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Through<TUse>(
        Rows at, float* numbers, float* found, float* state, int keys, int rows, int count, bool goesOn)
        where TUse : struct, IUse
    {
        float* q = at.Q;
        float* k = at.K;
        float* v = at.From;
        float* o = at.To;
        F r0 = F.Load(found), r1 = F.Load(found + Lanes), p0 = F.Load(found + Block), p1 = F.Load(found + Block + Lanes);
        for (int i = 0; i < count; i++)
        {
            at.AskFor(Chunk + i, keys, rows);
            F a = F.Splat(numbers[i]), b = F.Splat(numbers[Chunk + i]);
            F w0 = First(v, rows) - (a * r0), w1 = Second(v, rows) - (a * r1);
            F u0 = b * w0, u1 = b * w1;
            if (TUse.Asks)
            {
                F pair = F.Splat(numbers[(2 * Chunk) + i]);
                Store(o, F.Fma(a, p0, u0 * pair), F.Fma(a, p1, u1 * pair), rows);
            }
            else
            {
                Store(o, w0, w1, rows);
            }

            bool hasNext = goesOn || i + 1 < count;
            float* next = hasNext ? k + at.KStep : k;
            float* asked = hasNext ? q + at.QStep : q;
            float* s = state;
            r0 = r1 = p0 = p1 = F.Splat(0f);
            for (int key = 0; key < keys; key++)
            {
                F old = F.Splat(k[key]), now = F.Splat(next[key]);
                F s0 = F.Fma(u0, old, a * F.Load(s)), s1 = F.Fma(u1, old, a * F.Load(s + Lanes));
                F.Store(s, s0);
                F.Store(s + Lanes, s1);
                r0 = F.Fma(now, s0, r0);
                r1 = F.Fma(now, s1, r1);
                if (TUse.Asks)
                {
                    F ask = F.Splat(asked[key]);
                    p0 = F.Fma(ask, s0, p0);
                    p1 = F.Fma(ask, s1, p1);
                }

                s += 2 * Lanes;
            }

            k = next;
            q = asked;
            v += at.FromStep;
            o += at.ToStep;
        }

        F.Store(found, r0);
        F.Store(found + Lanes, r1);
        F.Store(found + Block, p0);
        F.Store(found + Block + Lanes, p1);
    }

    /// <summary>Two vectors of rows through a chunk from its end. At first the state knows of all positions behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ThroughBack(
        Rows at, float* numbers, float* found, float* state, int keys, int rows, int count, bool goesOn)
    {
        float* q = at.Q;
        float* k = at.K;
        float* from = at.From;
        float* to = at.To;
        F r0 = F.Load(found), r1 = F.Load(found + Lanes);
        for (int i = count - 1; i >= 0; i--)
        {
            at.AskFor(Chunk + count - 1 - i, keys, rows);
            F a = F.Splat(numbers[i]), pair = F.Splat(numbers[(2 * Chunk) + i]);
            F o0 = First(from, rows), o1 = Second(from, rows);
            F y0 = F.Fma(o0, pair, r0), y1 = F.Fma(o1, pair, r1);
            Store(to, y0, y1, rows);
            F less = F.Splat(-numbers[Chunk + i]);
            (y0, y1) = (less * y0, less * y1);
            float* next = goesOn || i > 0 ? k + at.KStep : k;
            float* s = state;
            r0 = r1 = F.Splat(0f);
            for (int key = 0; key < keys; key++)
            {
                F own = F.Splat(k[key]), ask = F.Splat(q[key]), now = F.Splat(next[key]);
                F s0 = a * F.Fma(y0, own, F.Fma(o0, ask, F.Load(s)));
                F s1 = a * F.Fma(y1, own, F.Fma(o1, ask, F.Load(s + Lanes)));
                F.Store(s, s0);
                F.Store(s + Lanes, s1);
                r0 = F.Fma(now, s0, r0);
                r1 = F.Fma(now, s1, r1);
                s += 2 * Lanes;
            }

            k = next;
            q += at.QStep;
            from += at.FromStep;
            to += at.ToStep;
        }

        F.Store(found, r0);
        F.Store(found + Lanes, r1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F First(float* at, int rows) => rows >= Lanes ? F.Load(at) : F.Load(at, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Second(float* at, int rows) => rows >= 2 * Lanes ? F.Load(at + Lanes)
        : rows > Lanes ? F.Load(at + Lanes, rows - Lanes) : F.Splat(0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* at, F first, F second, int rows)
    {
        if (rows >= 2 * Lanes)
        {
            F.Store(at, first);
            F.Store(at + Lanes, second);
            return;
        }

        F.Store(at, first, Math.Min(rows, Lanes));
        if (rows > Lanes)
        {
            F.Store(at + Lanes, second, rows - Lanes);
        }
    }

    /// <summary>What a pass is for.</summary>
    private interface IUse
    {
        /// <summary>Whether queries are answered; else what is written is kept.</summary>
        static abstract bool Asks { get; }
    }

    private readonly struct Asks : IUse
    {
        static bool IUse.Asks => true;
    }

    private readonly struct Keeps : IUse
    {
        static bool IUse.Asks => false;
    }
}
