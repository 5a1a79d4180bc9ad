using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The Row skeleton on the host. A row's bits depend on its length and the vector width, on nothing
/// else.</summary>
internal static unsafe class HostRow
{
    /// <summary>Rows of so many whole vectors are short: one chain sums them, and what surrounds a sweep counts.</summary>
    private const int MostEven = 8;

    public static int Slices(int rows, int columns) => Slicing.Count(rows, (long)rows * columns);

    public static void Run<F, I, M, TBody>(RowLaunch<TBody> launch, float* memory, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IRowBody
    {
        (int first, int end) = Slicing.Range(launch.Rows, Slices(launch.Rows, launch.Columns), slice);
        if (launch.Columns <= F.Lanes / 2)
        {
            // Rows that fill half a vector at most, such as the scores of eight classes at every pixel.
            switch (HostVectors.Dividing(launch.Columns))
            {
                case 8:
                    Few<Floats8, Ints8, Mask8, TBody, Even>(memory, in launch.Slots, first, end, launch.Columns);
                    break;
                case 4:
                    Few<Floats4, Ints4, Mask4, TBody, Even>(memory, in launch.Slots, first, end, launch.Columns);
                    break;
                default:
                    Few<Floats1, Ints1, Mask1, TBody, Even>(memory, in launch.Slots, first, end, launch.Columns);
                    break;
            }

            return;
        }

        if (launch.Columns < F.Lanes)
        {
            Few<F, I, M, TBody, Part>(memory, in launch.Slots, first, end, launch.Columns);
            return;
        }

        if (launch.Columns % F.Lanes == 0 && launch.Columns <= MostEven * F.Lanes)
        {
            Few<F, I, M, TBody, Even>(memory, in launch.Slots, first, end, launch.Columns);
            return;
        }

        for (int row = first; row < end; row++)
        {
            State<F> state = default;
            Sweep<F, I, M, TBody, Sweep0>(memory, in launch.Slots, row, launch.Columns, ref state);
            if (TBody.Sweeps > 1)
            {
                Sweep<F, I, M, TBody, Sweep1>(memory, in launch.Slots, row, launch.Columns, ref state);
            }

            if (TBody.Sweeps > 2)
            {
                Sweep<F, I, M, TBody, Sweep2>(memory, in launch.Slots, row, launch.Columns, ref state);
            }

            if (TBody.Sweeps > 3)
            {
                Sweep<F, I, M, TBody, Sweep3>(memory, in launch.Slots, row, launch.Columns, ref state);
            }

            if (TBody.Sweeps > 4)
            {
                throw new NotSupportedException("A Row body sweeps at most four times.");
            }
        }
    }

    /// <summary>Rows of a few vectors: all sweeps in one method, so that a row begins while the one before it still waits for its
    /// sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Few<F, I, M, TBody, TColumns>(float* memory, in Slots s, int first, int end, int columns)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IRowBody
        where TColumns : struct, IColumns
    {
        for (int row = first; row < end; row++)
        {
            Unsafe.SkipInit(out State<F> state);
            TColumns.Sweep<F, I, M, TBody, Sweep0>(memory, in s, row, columns, ref state);
            if (TBody.Sweeps > 1)
            {
                TColumns.Sweep<F, I, M, TBody, Sweep1>(memory, in s, row, columns, ref state);
            }

            if (TBody.Sweeps > 2)
            {
                TColumns.Sweep<F, I, M, TBody, Sweep2>(memory, in s, row, columns, ref state);
            }

            if (TBody.Sweeps > 3)
            {
                TColumns.Sweep<F, I, M, TBody, Sweep3>(memory, in s, row, columns, ref state);
            }
        }
    }

    /// <summary>One sweep: two chains of vectors, so that one hides the latency of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sweep<F, I, M, TBody, TSweep>(float* memory, in Slots s, int row, int columns, ref State<F> shared)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IRowBody
        where TSweep : struct, ISweep
    {
        var all = new HostMemory<F, I, M>(memory);

        // Locals that never escape, or the registers would live on the stack.
        State<F> even = shared;
        TBody.Open<F, I, M>(TSweep.Number, ref even);
        State<F> odd = even;
        int column = 0;
        for (; column <= columns - (2 * F.Lanes); column += 2 * F.Lanes)
        {
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(TSweep.Number, all, in s, row, column, ref even);
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(TSweep.Number, all, in s, row, column + F.Lanes, ref odd);
        }

        State<F> first = even;
        State<F> second = odd;
        Rest<F, I, M, TBody, TSweep>(memory, in s, row, column, columns, ref first, ref second);
        shared = first;
    }

    /// <summary>What two whole vectors do not cover, then the merge over chains and lanes, and the row's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Rest<F, I, M, TBody, TSweep>(
        float* memory, in Slots s, int row, int column, int columns, ref State<F> even, ref State<F> odd)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IRowBody
        where TSweep : struct, ISweep
    {
        var all = new HostMemory<F, I, M>(memory);
        State<F> state = even;
        if (column <= columns - F.Lanes)
        {
            TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(TSweep.Number, all, in s, row, column, ref state);
            column += F.Lanes;
        }

        if (column < columns)
        {
            State<F> tail = state;
            var some = new TailMemory<F, I, M>(memory, columns - column);
            TBody.Accumulate<F, I, M, TailMemory<F, I, M>>(TSweep.Number, some, in s, row, column, ref tail);
            M exists = M.Until(columns - column);
            Take<F, I, M, TBody, TSweep>(ref state, in tail, exists);
        }

        TBody.Merge<F, I, M>(TSweep.Number, ref state, in odd);
        MergeLanes<F, I, M, TBody, TSweep>(ref state);
        TBody.Close<F, I, M, HostMemory<F, I, M>>(TSweep.Number, all, in s, row, ref state);
        even = state;
    }

    /// <summary>Takes over the lanes that exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take<F, I, M, TBody, TSweep>(ref State<F> state, in State<F> tail, M exists)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IRowBody
        where TSweep : struct, ISweep
    {
        int merged = TBody.Merged(TSweep.Number);
        state.S0 = merged > 0 ? F.Select(exists, tail.S0, state.S0) : state.S0;
        state.S1 = merged > 1 ? F.Select(exists, tail.S1, state.S1) : state.S1;
        state.S2 = merged > 2 ? F.Select(exists, tail.S2, state.S2) : state.S2;
        state.S3 = merged > 3 ? F.Select(exists, tail.S3, state.S3) : state.S3;
        state.S4 = merged > 4 ? F.Select(exists, tail.S4, state.S4) : state.S4;
        state.S5 = merged > 5 ? F.Select(exists, tail.S5, state.S5) : state.S5;
    }

    /// <summary>Merges what a sweep reduces over all lanes, of which each then has the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MergeLanes<F, I, M, TBody, TSweep>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IRowBody
        where TSweep : struct, ISweep
    {
        int merged = TBody.Merged(TSweep.Number);
        if (merged == 0)
        {
            return;
        }

        // One merge, not one for each power of two: that of a softmax is some fifty instructions.
        for (int by = F.Lanes / 2; by > 0; by >>= 1)
        {
            Unsafe.SkipInit(out State<F> other);
            other.S0 = F.Rotate(state.S0, by);
            other.S1 = merged > 1 ? F.Rotate(state.S1, by) : other.S1;
            other.S2 = merged > 2 ? F.Rotate(state.S2, by) : other.S2;
            other.S3 = merged > 3 ? F.Rotate(state.S3, by) : other.S3;
            other.S4 = merged > 4 ? F.Rotate(state.S4, by) : other.S4;
            other.S5 = merged > 5 ? F.Rotate(state.S5, by) : other.S5;
            TBody.Merge<F, I, M>(TSweep.Number, ref state, in other);
        }

        // A merge may be commutative up to rounding only: lane 0 speaks for all.
        state.S0 = F.Splat(F.First(state.S0));
        state.S1 = merged > 1 ? F.Splat(F.First(state.S1)) : state.S1;
        state.S2 = merged > 2 ? F.Splat(F.First(state.S2)) : state.S2;
        state.S3 = merged > 3 ? F.Splat(F.First(state.S3)) : state.S3;
        state.S4 = merged > 4 ? F.Splat(F.First(state.S4)) : state.S4;
        state.S5 = merged > 5 ? F.Splat(F.First(state.S5)) : state.S5;
    }

    /// <summary>How a sweep meets the columns of a row of a few vectors.</summary>
    private interface IColumns
    {
        static abstract void Sweep<F, I, M, TBody, TSweep>(float* memory, in Slots s, int row, int columns, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TBody : struct, IRowBody
            where TSweep : struct, ISweep;
    }

    /// <summary>Most of a vector but not all of it, such as the scores of ten classes.</summary>
    private readonly struct Part : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sweep<F, I, M, TBody, TSweep>(float* memory, in Slots s, int row, int columns, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TBody : struct, IRowBody
            where TSweep : struct, ISweep
        {
            TBody.Open<F, I, M>(TSweep.Number, ref state);
            State<F> lanes = state;
            var some = new TailMemory<F, I, M>(memory, columns);
            TBody.Accumulate<F, I, M, TailMemory<F, I, M>>(TSweep.Number, some, in s, row, 0, ref lanes);
            Take<F, I, M, TBody, TSweep>(ref state, in lanes, M.Until(columns));
            MergeLanes<F, I, M, TBody, TSweep>(ref state);
            TBody.Close<F, I, M, HostMemory<F, I, M>>(TSweep.Number, new HostMemory<F, I, M>(memory), in s, row, ref state);
        }
    }

    /// <summary>A few whole vectors, such as the features of a head.</summary>
    private readonly struct Even : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Sweep<F, I, M, TBody, TSweep>(float* memory, in Slots s, int row, int columns, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TBody : struct, IRowBody
            where TSweep : struct, ISweep
        {
            var m = new HostMemory<F, I, M>(memory);
            TBody.Open<F, I, M>(TSweep.Number, ref state);
            for (int column = 0; column < columns; column += F.Lanes)
            {
                TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(TSweep.Number, m, in s, row, column, ref state);
            }

            MergeLanes<F, I, M, TBody, TSweep>(ref state);
            TBody.Close<F, I, M, HostMemory<F, I, M>>(TSweep.Number, m, in s, row, ref state);
        }
    }

    /// <summary>A sweep number as a type: the body's choice by sweep is made when the code is compiled.</summary>
    private interface ISweep
    {
        static abstract int Number { get; }
    }

    private readonly struct Sweep0 : ISweep
    {
        public static int Number => 0;
    }

    private readonly struct Sweep1 : ISweep
    {
        public static int Number => 1;
    }

    private readonly struct Sweep2 : ISweep
    {
        public static int Number => 2;
    }

    private readonly struct Sweep3 : ISweep
    {
        public static int Number => 3;
    }
}
