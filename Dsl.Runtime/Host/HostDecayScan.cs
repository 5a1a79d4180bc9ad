using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The DecayScan skeleton on the host. A piece of work is one sequence of one head, or some columns of its values where
/// sequences are few. The state lies in the worker's scratch, two vectors of columns wide: of each such block four rows at a
/// time stay in registers while they go through the positions of a chunk, whose results are summed up row by row. So what
/// a chunk's length is does not show in the results.
/// </summary>
internal static unsafe partial class HostDecayScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>Positions that rows of the state go through at a time, at most.</summary>
    private const int MostPositions = 32;

    /// <summary>Factors of a chunk, at most.</summary>
    private const int FactorFloats = 32 * 1024;

    /// <summary>Rows of the state in registers, and numbers q, k and a of each of them.</summary>
    private const int Rows = 4;
    private const int Numbers = 3 * Rows;

    /// <summary>Pieces of work that are worth packing queries and keys anew.</summary>
    private const int FewPieces = 8;

    /// <summary>Floats of a state in scratch; where there are more, its columns are cut.</summary>
    private const int StateFloats = 256 * 1024;

    private static int Block => 2 * F.Lanes;

    public static int Slices(DecayScanLaunch launch) => Slicing.Count(
        launch.Batch * launch.Shape.Heads * Parts(launch),
        (long)launch.Batch * launch.Shape.Heads * launch.Positions * (launch.Shape.Keys + launch.Shape.Values));

    public static void Run(DecayScanLaunch launch, float* memory, float* scratch, int slice)
    {
        DecayScanShape shape = launch.Shape;
        int parts = Parts(launch);
        int pieces = launch.Batch * shape.Heads * parts;
        (int first, int end) = Slicing.Range(pieces, Slices(launch), slice);
        for (int piece = first; piece < end; piece++)
        {
            (int sequence, int part) = Math.DivRem(piece, parts);
            int columns = Columns(shape);
            (int block, int blockEnd) = Slicing.Range(Slicing.Ceiling(shape.Values, columns), parts, part);
            int from = block * columns;
            int to = Math.Min(blockEnd * columns, shape.Values);
            if (shape.Keys == 1)
            {
                OneKey(launch, memory, scratch, sequence, from, to);
            }
            else
            {
                Sequence(launch, memory, scratch, sequence, from, to);
            }
        }
    }

    /// <summary>Into how many parts the columns of each sequence are cut.</summary>
    private static int Parts(DecayScanLaunch launch)
    {
        int blocks = Slicing.Ceiling(launch.Shape.Values, Columns(launch.Shape));
        int most = Math.Max(1, StateFloats / (Slicing.RoundUp(launch.Shape.Keys, Rows) * Block));
        int wanted = FewPieces / Math.Max(1, launch.Batch * launch.Shape.Heads);
        return Math.Min(blocks, Math.Max(Slicing.Ceiling(blocks, most), wanted));
    }

    /// <summary>Columns that are not cut.</summary>
    private static int Columns(DecayScanShape shape) => shape.Keys == 1 ? 2 * Block : Block;

    /// <summary>Columns <paramref name="from"/> … <paramref name="to"/> - 1 of one sequence.</summary>
    private static void Sequence(DecayScanLaunch launch, float* memory, float* scratch, int sequence, int from, int to)
    {
        DecayScanShape shape = launch.Shape;
        (int sample, int head) = Math.DivRem(sequence, shape.Heads);
        int groups = Slicing.Ceiling(shape.Keys, Rows);
        int width = Slicing.RoundUp(Math.Max(shape.Keys, F.Lanes), 16);
        int chunk = Math.Clamp(FactorFloats / width, 1, MostPositions);
        float* numbers = scratch;
        float* factors = numbers + (groups * chunk * Numbers);
        float* values = factors + Slicing.RoundUp(chunk * Math.Max(width, Block), 16);
        float* sums = values + (chunk * Block);
        float* state = sums + (chunk * Block);
        int stateFloats = groups * Rows * Block;
        float* kept = launch.HasState ? memory + launch.Slots.A5 + ((nint)sequence * shape.Keys * shape.Values) : null;
        for (int column = from; column < to; column += Block)
        {
            float* s = state + (column / Block * stateFloats) - (from / Block * stateFloats);
            new Span<float>(s, stateFloats).Clear();
            for (int key = 0; key < shape.Keys && kept != null; key++)
            {
                Copy(kept + ((nint)key * shape.Values) + column, s + (key * Block), Math.Min(Block, to - column));
            }
        }

        float* q = memory + launch.Slots.A0 + launch.Q.At(sample, head);
        float* k = memory + launch.Slots.A1 + launch.K.At(sample, head);
        float* v = memory + launch.Slots.A2 + launch.V.At(sample, head);
        float* d = memory + launch.Slots.A3 + launch.D.At(sample, head);
        float* o = memory + launch.Slots.A4 + launch.O.At(sample, head);
        for (int done = 0; done < launch.Positions; done += chunk)
        {
            int count = Math.Min(chunk, launch.Positions - done);
            int first = shape.Reverse ? launch.Positions - 1 - done : done;
            int step = shape.Reverse ? -1 : 1;

            // In reverse what comes between a position and the next one is the decay of that one.
            int decays = shape is { Reverse: true, Exclusive: false } ? first + 1 : first;
            if (shape.Decay != DecayAxis.Value)
            {
                Factors(d, launch.D.Position, decays, step, count, launch.Positions, shape, factors, width);
            }

            ChunkAhead next = ChunkAhead.Of(launch, q, k, v, d, first + (count * step), step, from, to);
            Pack(
                q + ((nint)first * launch.Q.Position), (nint)step * launch.Q.Position,
                k + ((nint)first * launch.K.Position), (nint)step * launch.K.Position,
                factors, shape, width, count, chunk, numbers);
            for (int column = from; column < to; column += Block)
            {
                int columns = Math.Min(Block, to - column);
                for (int i = 0; i < count; i++)
                {
                    Copy(v + ((nint)(first + (i * step)) * launch.V.Position) + column, values + (i * Block), columns);
                }

                float* s = state + (column / Block * stateFloats) - (from / Block * stateFloats);
                new Span<float>(sums, count * Block).Clear();
                if (shape.Decay == DecayAxis.Value)
                {
                    ValueFactors(d + column, launch.D.Position, decays, step, count, launch.Positions, columns, factors);
                }

                for (int group = 0; group < groups; group++)
                {
                    float* n = numbers + (group * chunk * Numbers);
                    float* rows = s + (group * Rows * Block);
                    LineAhead ahead = column == from ? next.Line(group) : default;
                    if (shape.Decay == DecayAxis.Value)
                    {
                        Through<OfColumns>(n, values, factors, sums, rows, count, shape.Exclusive, ahead);
                    }
                    else
                    {
                        Through<OfRows>(n, values, factors, sums, rows, count, shape.Exclusive, ahead);
                    }
                }

                for (int i = 0; i < count; i++)
                {
                    Store(sums + (i * Block), o + ((nint)(first + (i * step)) * launch.O.Position) + column, columns);
                }
            }
        }

        for (int column = from; column < to && kept != null; column += Block)
        {
            float* s = state + (column / Block * stateFloats) - (from / Block * stateFloats);
            for (int key = 0; key < shape.Keys; key++)
            {
                Store(s + (key * Block), kept + ((nint)key * shape.Values) + column, Math.Min(Block, to - column));
            }
        }
    }

    /// <summary>The factors of a chunk: one of each position, or one of each key.</summary>
    private static void Factors(
        float* logs, nint pitch, int first, int step, int count, int positions, DecayScanShape shape, float* to, int width)
    {
        if (shape.Decay == DecayAxis.Head)
        {
            for (int i = 0; i < count; i++)
            {
                to[i] = Log(logs, pitch, first + (i * step), positions);
            }

            for (int i = 0; i < count; i += F.Lanes)
            {
                F.Store(to + i, F.Exp(F.Load(to + i)));
            }

            return;
        }

        for (int i = 0; i < count; i++)
        {
            int position = first + (i * step);
            float* from = logs + (position * pitch);
            for (int key = 0; key < shape.Keys; key += F.Lanes)
            {
                // Behind the last position nothing has been added yet that could decay.
                F log = position < positions ? F.Load(from + key, Math.Min(F.Lanes, shape.Keys - key)) : F.Splat(0f);
                F.Store(to + (i * width) + key, F.Exp(log));
            }
        }
    }

    private static void ValueFactors(
        float* logs, nint pitch, int first, int step, int count, int positions, int columns, float* to)
    {
        for (int i = 0; i < count; i++)
        {
            int position = first + (i * step);
            for (int column = 0; column < Block; column += F.Lanes)
            {
                int lanes = position < positions ? Math.Clamp(columns - column, 0, F.Lanes) : 0;
                F.Store(to + (i * Block) + column, F.Exp(F.Load(logs + (position * pitch) + column, lanes)));
            }
        }
    }

    private static float Log(float* logs, nint pitch, int position, int positions) =>
        position < positions ? logs[position * pitch] : 0f;

    /// <summary>Queries, keys and factors as the loops read them: [four rows][position][q, k, a of each row].</summary>
    private static void Pack(
        float* q, nint qStep, float* k, nint kStep, float* factors, DecayScanShape shape, int width, int count, int chunk,
        float* to)
    {
        bool byKey = shape.Decay == DecayAxis.Key;
        for (int i = 0; i < count; i++)
        {
            float* at = to + (i * Numbers);
            Vector128<float> factor = Vector128.Create(shape.Decay == DecayAxis.Head ? factors[i] : 1f);
            int key = 0;
            for (; key <= shape.Keys - Rows; key += Rows)
            {
                Vector128.Store(Vector128.Load(q + key), at);
                Vector128.Store(Vector128.Load(k + key), at + Rows);
                Vector128.Store(byKey ? Vector128.Load(factors + (i * width) + key) : factor, at + (2 * Rows));
                at += chunk * Numbers;
            }

            for (int row = 0; row < Rows && key < shape.Keys; row++)
            {
                bool exists = key + row < shape.Keys;
                at[row] = exists ? q[key + row] : 0f;
                at[Rows + row] = exists ? k[key + row] : 0f;
                at[(2 * Rows) + row] = !exists ? 0f : byKey ? factors[(i * width) + key + row] : factor.ToScalar();
            }

            q += qStep;
            k += kStep;
        }
    }

    /// <summary>Four rows of the state through a chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Through<TFactors>(
        float* n, float* values, float* factors, float* sums, float* state, int count, bool exclusive, LineAhead ahead)
        where TFactors : struct, IFactors
    {
        float* line = ahead.At == null ? values : ahead.At;
        nint lineStep = ahead.Step;
        F a0 = Unfaded(state);
        F a1 = Unfaded(state + F.Lanes);
        F b0 = Unfaded(state + Block);
        F b1 = Unfaded(state + Block + F.Lanes);
        F c0 = Unfaded(state + (2 * Block));
        F c1 = Unfaded(state + (2 * Block) + F.Lanes);
        F d0 = Unfaded(state + (3 * Block));
        F d1 = Unfaded(state + (3 * Block) + F.Lanes);
        for (int i = 0; i < count; i++)
        {
            Prefetch.FarLine(line);
            line += lineStep;
            F v0 = F.Load(values);
            F v1 = F.Load(values + F.Lanes);
            F sum0 = F.Load(sums);
            F sum1 = F.Load(sums + F.Lanes);
            F qa = F.Splat(n[0]);
            F qb = F.Splat(n[1]);
            F qc = F.Splat(n[2]);
            F qd = F.Splat(n[3]);
            if (exclusive)
            {
                sum0 = F.Fma(qd, d0, F.Fma(qc, c0, F.Fma(qb, b0, F.Fma(qa, a0, sum0))));
                sum1 = F.Fma(qd, d1, F.Fma(qc, c1, F.Fma(qb, b1, F.Fma(qa, a1, sum1))));
            }

            F key = F.Splat(n[4]);
            a0 = F.Fma(key, v0, a0 * TFactors.Of(n, 0, factors));
            a1 = F.Fma(key, v1, a1 * TFactors.Of(n, 0, factors + F.Lanes));
            key = F.Splat(n[5]);
            b0 = F.Fma(key, v0, b0 * TFactors.Of(n, 1, factors));
            b1 = F.Fma(key, v1, b1 * TFactors.Of(n, 1, factors + F.Lanes));
            key = F.Splat(n[6]);
            c0 = F.Fma(key, v0, c0 * TFactors.Of(n, 2, factors));
            c1 = F.Fma(key, v1, c1 * TFactors.Of(n, 2, factors + F.Lanes));
            key = F.Splat(n[7]);
            d0 = F.Fma(key, v0, d0 * TFactors.Of(n, 3, factors));
            d1 = F.Fma(key, v1, d1 * TFactors.Of(n, 3, factors + F.Lanes));
            if (!exclusive)
            {
                sum0 = F.Fma(qd, d0, F.Fma(qc, c0, F.Fma(qb, b0, F.Fma(qa, a0, sum0))));
                sum1 = F.Fma(qd, d1, F.Fma(qc, c1, F.Fma(qb, b1, F.Fma(qa, a1, sum1))));
            }

            F.Store(sums, sum0);
            F.Store(sums + F.Lanes, sum1);
            n += Numbers;
            values += Block;
            factors += Block;
            sums += Block;
        }

        F.Store(state, a0);
        F.Store(state + F.Lanes, a1);
        F.Store(state + Block, b0);
        F.Store(state + Block + F.Lanes, b1);
        F.Store(state + (2 * Block), c0);
        F.Store(state + (2 * Block) + F.Lanes, c1);
        F.Store(state + (3 * Block), d0);
        F.Store(state + (3 * Block) + F.Lanes, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Unfaded(float* state) =>
        FadedStates<F, I, M>.Cleared(F.Load(state), FadedStates<F, I, M>.LeastOfQuotients);

    /// <summary>A block of a row, with zeros where there are fewer columns.</summary>
    private static void Copy(float* from, float* to, int columns)
    {
        for (int column = 0; column < Block; column += F.Lanes)
        {
            F.Store(to + column, F.Load(from + column, Math.Clamp(columns - column, 0, F.Lanes)));
        }
    }

    private static void Store(float* from, float* to, int columns)
    {
        for (int column = 0; column < columns; column += F.Lanes)
        {
            F.Store(to + column, F.Load(from + column), Math.Min(F.Lanes, columns - column));
        }
    }

    /// <summary>The factors of a position.</summary>
    private interface IFactors
    {
        /// <summary>Those of a vector of columns of one row.</summary>
        static abstract F Of(float* numbers, int row, float* factors);
    }

    /// <summary>Each row has a factor of its own.</summary>
    private readonly struct OfRows : IFactors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Of(float* numbers, int row, float* factors) => F.Splat(numbers[(2 * Rows) + row]);
    }

    /// <summary>Each column has one.</summary>
    private readonly struct OfColumns : IFactors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Of(float* numbers, int row, float* factors) => F.Load(factors);
    }
}
