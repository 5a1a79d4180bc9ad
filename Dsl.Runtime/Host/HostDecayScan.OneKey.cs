using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>
/// States of one row, as where each channel is a sum of its own (RWKV-4): nothing is shared by rows, so positions come first, and all
/// columns of a position are read and written one after the other.
/// </content>
internal static unsafe partial class HostDecayScan<F, I, M>
{
    /// <summary>How many positions ahead rows are asked for.</summary>
    private const int PrefetchedPositions = 16;

    /// <summary>Columns <paramref name="from"/> … <paramref name="to"/> - 1 of one sequence with one key.</summary>
    private static void OneKey(DecayScanLaunch launch, float* memory, float* scratch, int sequence, int from, int to)
    {
        DecayScanShape shape = launch.Shape;
        (int sample, int head) = Math.DivRem(sequence, shape.Heads);
        int columns = to - from;
        int room = Slicing.RoundUp(columns, F.Lanes);
        float* state = scratch;
        float* zeros = state + room;
        new Span<float>(state, 2 * room).Clear();
        float* kept = launch.HasState ? memory + launch.Slots.A5 + ((nint)sequence * shape.Values) + from : null;
        if (kept != null)
        {
            new ReadOnlySpan<float>(kept, columns).CopyTo(new Span<float>(state, columns));
        }

        bool byValue = shape.Decay == DecayAxis.Value;
        float* q = memory + launch.Slots.A0 + launch.Q.At(sample, head);
        float* k = memory + launch.Slots.A1 + launch.K.At(sample, head);
        float* v = memory + launch.Slots.A2 + launch.V.At(sample, head) + from;
        float* d = memory + launch.Slots.A3 + launch.D.At(sample, head) + (byValue ? from : 0);
        float* o = memory + launch.Slots.A4 + launch.O.At(sample, head) + from;
        int step = shape.Reverse ? -1 : 1;
        int ahead = PrefetchedPositions * step;
        for (int done = 0; done < launch.Positions; done++)
        {
            if (done % MostPositions == 0)
            {
                FadedStates<F, I, M>.Clear(state, room);
            }

            // In reverse what comes between a position and the next one is the decay of that one; behind the last position nothing has
            // been added yet that could decay.
            int position = shape.Reverse ? launch.Positions - 1 - done : done;
            int decays = shape is { Reverse: true, Exclusive: false } ? position + 1 : position;
            float* logs = decays < launch.Positions ? d + (decays * launch.D.Position) : zeros;
            var row = new Row(
                q[position * launch.Q.Position], k[position * launch.K.Position],
                v + (position * launch.V.Position), logs, o + (position * launch.O.Position));
            var next = new Row(
                0f, 0f, row.Values + (ahead * launch.V.Position), row.Logs + (byValue ? ahead * launch.D.Position : 0),
                row.Results + (ahead * launch.O.Position));
            Advance(in row, in next, state, columns, shape);
        }

        if (kept != null)
        {
            new ReadOnlySpan<float>(state, columns).CopyTo(new Span<float>(kept, columns));
        }
    }

    /// <summary>The state at the next position, and what it sees there. Columns are read in the direction of the positions, as one
    /// stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Advance(in Row row, in Row next, float* state, int columns, DecayScanShape shape)
    {
        bool byValue = shape.Decay == DecayAxis.Value;
        bool exclusive = shape.Exclusive;
        F query = F.Splat(row.Query);
        F key = F.Splat(row.Key);
        F factor = F.Exp(F.Splat(*row.Logs));
        int vectors = columns / F.Lanes;
        int step = shape.Reverse ? -F.Lanes : F.Lanes;
        int column = shape.Reverse ? (vectors - 1) * F.Lanes : 0;
        for (int n = vectors; n != 0; n--, column += step)
        {
            Prefetch.FarLine(next.Values + column);
            Prefetch.FarLine(next.Logs + column);
            Prefetch.FarLine(next.Results + column);
            F before = F.Load(state + column);
            F after = F.Fma(key, F.Load(row.Values + column), before * (byValue ? F.Exp(F.Load(row.Logs + column)) : factor));
            F.Store(state + column, after);
            F.Store(row.Results + column, query * (exclusive ? before : after));
        }

        column = vectors * F.Lanes;
        if (column < columns)
        {
            int rest = columns - column;
            F before = F.Load(state + column);
            F after = F.Fma(
                key, F.Load(row.Values + column, rest), before * (byValue ? F.Exp(F.Load(row.Logs + column, rest)) : factor));
            F.Store(state + column, after);
            F.Store(row.Results + column, query * (exclusive ? before : after), rest);
        }
    }

    /// <summary>A position: its query and key, and where its values, logarithms of the decay and results are.</summary>
    private readonly struct Row(float query, float key, float* values, float* logs, float* results)
    {
        public readonly float Query = query;
        public readonly float Key = key;
        public readonly float* Values = values;
        public readonly float* Logs = logs;
        public readonly float* Results = results;
    }
}
