using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The Reduce skeleton on the host. Phase 0 reduces each slice of rows, phase 1 merges the slices in order; with one
/// slice
/// there is no phase 1 and no scratch. A column's bits depend on the rows and the slices alone.
/// </summary>
internal static unsafe class HostReduce
{
    /// <summary>Columns of one piece of work: a multiple of every strip.</summary>
    private const int Block = 512;

    /// <summary>Rows of a slice below which its states cost more than its rows.</summary>
    private const int FewRows = 8;

    /// <summary>Values of a state of which eight fit into registers beside what a body needs.</summary>
    private const int MostWideStates = 2;

    /// <summary>Pieces of a phase; a piece is (outer, slice of rows, block of columns).</summary>
    public static int Slices(int phase, int outer, int rows, int columns, int slices)
    {
        int blocks = outer * Slicing.Ceiling(columns, Block);
        slices = Parts(rows, slices);
        return phase == 0 ? Slicing.Count(blocks * slices, (long)outer * Math.Max(rows, 1) * columns)
            : slices == 1 ? 0
            : Slicing.Count(blocks, (long)outer * slices * columns);
    }

    public static void Run<F, I, M, TBody>(ReduceLaunch<TBody> launch, float* memory, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        int slices = Parts(launch.Rows, launch.RowSlices);
        int blocks = Slicing.Ceiling(launch.Columns, Block);
        int pieces = launch.Outer * blocks * (phase == 0 ? slices : 1);
        int scratch = slices > 1 ? launch.Slots.Offset(launch.Kernel.Buffers.Count - 1) : 0;
        int pitch = Slicing.RoundUp(launch.Columns, 16);
        (int first, int end) = Slicing.Range(
            pieces, Slices(phase, launch.Outer, launch.Rows, launch.Columns, launch.RowSlices), slice);
        for (int piece = first; piece < end; piece++)
        {
            int from = piece % blocks * Block;
            int to = Math.Min(from + Block, launch.Columns);
            int rest = piece / blocks;
            if (phase == 1)
            {
                float* states = memory + scratch + ((nint)rest * slices * TBody.Width * pitch);
                Slots ends = launch.Slots;
                TBody.Move(ref ends, rest);
                Merge<F, I, M, TBody>(memory, in ends, states, pitch, rest, slices, from, to);
                continue;
            }

            int outer = rest / slices;
            (int row, int rowEnd) = Slicing.Range(launch.Rows, slices, rest % slices);
            float* state = slices > 1 ? memory + scratch + ((nint)rest * TBody.Width * pitch) : null;
            Slots s = launch.Slots;
            TBody.Move(ref s, outer);
            Reduce<F, I, M, TBody>(memory, in s, state, pitch, outer, row, rowEnd, from, to);
        }
    }

    /// <summary>The slices of the rows: as planned, or fewer when there are few rows.</summary>
    private static int Parts(int rows, int slices) => Math.Clamp(rows / FewRows, 1, slices);

    /// <summary>Reduces rows of a block of columns: into the states, or, when there are none, to the end.</summary>
    private static void Reduce<F, I, M, TBody>(
        float* memory, in Slots s, float* states, int pitch, int outer, int row, int rowEnd, int from, int to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        var all = new HostMemory<F, I, M>(memory);
        int column = from;
        for (; column <= to - (8 * F.Lanes) && TBody.Width <= MostWideStates; column += 8 * F.Lanes)
        {
            Two<Four<State<F>>> state = default;
            WideStrip<F, I, M, TBody>(memory, in s, outer, row, rowEnd, column, ref state);
            End<F, I, M, TBody>(memory, in s, states, pitch, outer, column, ref state.V0);
            End<F, I, M, TBody>(memory, in s, states, pitch, outer, column + (4 * F.Lanes), ref state.V1);
        }

        for (; column <= to - (4 * F.Lanes); column += 4 * F.Lanes)
        {
            Four<State<F>> state = default;
            Strip<F, I, M, TBody>(memory, in s, outer, row, rowEnd, column, ref state);
            End<F, I, M, TBody>(memory, in s, states, pitch, outer, column, ref state);
        }

        if (column <= to - (2 * F.Lanes))
        {
            Two<State<F>> state = default;
            Pair<F, I, M, TBody>(memory, in s, outer, row, rowEnd, column, ref state);
            End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column, ref state.V0);
            End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column + F.Lanes, ref state.V1);
            column += 2 * F.Lanes;
        }

        for (; column < to; column += F.Lanes)
        {
            State<F> state = default;
            if (column <= to - F.Lanes)
            {
                Column<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, outer, row, rowEnd, column, ref state);
                End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column, ref state);
            }
            else
            {
                var some = new TailMemory<F, I, M>(memory, to - column);
                Column<F, I, M, TBody, TailMemory<F, I, M>>(some, in s, outer, row, rowEnd, column, ref state);
                End<F, I, M, TBody, TailMemory<F, I, M>>(some, in s, states, pitch, outer, column, ref state);
            }
        }
    }

    /// <summary>Eight vectors of columns at a time: the whole row of many matrices, which is one stream of memory. Half a row is none
    /// that a processor follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void WideStrip<F, I, M, TBody>(
        float* memory, in Slots s, int outer, int row, int rowEnd, int column, ref Two<Four<State<F>>> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        var m = new HostMemory<F, I, M>(memory);
        State<F> s0 = default;
        State<F> s1 = default;
        State<F> s2 = default;
        State<F> s3 = default;
        State<F> s4 = default;
        State<F> s5 = default;
        State<F> s6 = default;
        State<F> s7 = default;
        TBody.Open<F, I, M>(ref s0);
        TBody.Open<F, I, M>(ref s1);
        TBody.Open<F, I, M>(ref s2);
        TBody.Open<F, I, M>(ref s3);
        TBody.Open<F, I, M>(ref s4);
        TBody.Open<F, I, M>(ref s5);
        TBody.Open<F, I, M>(ref s6);
        TBody.Open<F, I, M>(ref s7);
        for (; row < rowEnd; row++)
        {
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column, ref s0);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + F.Lanes, ref s1);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (2 * F.Lanes), ref s2);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (3 * F.Lanes), ref s3);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (4 * F.Lanes), ref s4);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (5 * F.Lanes), ref s5);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (6 * F.Lanes), ref s6);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (7 * F.Lanes), ref s7);
        }

        state.V0.V0 = s0;
        state.V0.V1 = s1;
        state.V0.V2 = s2;
        state.V0.V3 = s3;
        state.V1.V0 = s4;
        state.V1.V1 = s5;
        state.V1.V2 = s6;
        state.V1.V3 = s7;
    }

    /// <summary>Four vectors of columns at a time: whole cache lines, and four chains.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Strip<F, I, M, TBody>(
        float* memory, in Slots s, int outer, int row, int rowEnd, int column, ref Four<State<F>> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        var m = new HostMemory<F, I, M>(memory);
        State<F> s0 = default;
        State<F> s1 = default;
        State<F> s2 = default;
        State<F> s3 = default;
        TBody.Open<F, I, M>(ref s0);
        TBody.Open<F, I, M>(ref s1);
        TBody.Open<F, I, M>(ref s2);
        TBody.Open<F, I, M>(ref s3);
        for (; row < rowEnd; row++)
        {
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column, ref s0);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + F.Lanes, ref s1);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (2 * F.Lanes), ref s2);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + (3 * F.Lanes), ref s3);
        }

        state.V0 = s0;
        state.V1 = s1;
        state.V2 = s2;
        state.V3 = s3;
    }

    /// <summary>Two vectors of columns at a time: images of few channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Pair<F, I, M, TBody>(
        float* memory, in Slots s, int outer, int row, int rowEnd, int column, ref Two<State<F>> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        var m = new HostMemory<F, I, M>(memory);
        State<F> s0 = default;
        State<F> s1 = default;
        TBody.Open<F, I, M>(ref s0);
        TBody.Open<F, I, M>(ref s1);
        for (; row < rowEnd; row++)
        {
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column, ref s0);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, outer, row, column + F.Lanes, ref s1);
        }

        state.V0 = s0;
        state.V1 = s1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Column<F, I, M, TBody, TMem>(
        TMem m, in Slots s, int outer, int row, int rowEnd, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
        where TMem : struct, IMemory<F, I>
    {
        State<F> local = default;
        TBody.Open<F, I, M>(ref local);
        for (; row < rowEnd; row++)
        {
            TBody.Accumulate<F, I, M, TMem>(m, in s, outer, row, column, ref local);
        }

        state = local;
    }

    private static void End<F, I, M, TBody>(
        float* memory, in Slots s, float* states, int pitch, int outer, int column, ref Four<State<F>> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        var all = new HostMemory<F, I, M>(memory);
        End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column, ref state.V0);
        End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column + F.Lanes, ref state.V1);
        End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column + (2 * F.Lanes), ref state.V2);
        End<F, I, M, TBody, HostMemory<F, I, M>>(all, in s, states, pitch, outer, column + (3 * F.Lanes), ref state.V3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void End<F, I, M, TBody, TMem>(
        TMem m, in Slots s, float* states, int pitch, int outer, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
        where TMem : struct, IMemory<F, I>
    {
        if (states == null)
        {
            TBody.Close<F, I, M, TMem>(m, in s, outer, column, ref state);
            return;
        }

        // Rows of states are rounded up to whole vectors, so a tail may write all its lanes.
        for (int i = 0; i < TBody.Width; i++)
        {
            F.Store(states + ((nint)i * pitch) + column, Unsafe.Add(ref state.S0, i));
        }
    }

    private static void Merge<F, I, M, TBody>(
        float* memory, in Slots s, float* states, int pitch, int outer, int slices, int from, int to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IReduceBody
    {
        for (int column = from; column < to; column += F.Lanes)
        {
            State<F> state = default;
            State<F> other = default;
            for (int slice = 0; slice < slices; slice++)
            {
                for (int i = 0; i < TBody.Width; i++)
                {
                    F part = F.Load(states + ((((nint)slice * TBody.Width) + i) * pitch) + column);
                    Unsafe.Add(ref slice == 0 ? ref state.S0 : ref other.S0, i) = part;
                }

                if (slice > 0)
                {
                    TBody.Merge<F, I, M>(ref state, in other);
                }
            }

            if (column <= to - F.Lanes)
            {
                TBody.Close<F, I, M, HostMemory<F, I, M>>(
                    new HostMemory<F, I, M>(memory), in s, outer, column, ref state);
            }
            else
            {
                TBody.Close<F, I, M, TailMemory<F, I, M>>(
                    new TailMemory<F, I, M>(memory, to - column), in s, outer, column, ref state);
            }
        }
    }

    private struct Two<T>
    {
        public T V0;
        public T V1;
    }

    private struct Four<T>
    {
        public T V0;
        public T V1;
        public T V2;
        public T V3;
    }
}
