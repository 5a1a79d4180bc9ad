using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl;

/// <summary>
/// √Σg² over all gradients in two stages: a fixed number of rows, cut by length alone, each sums its squares; one more
/// row sums
/// these. The same bits come out for any number of threads.
/// </summary>
internal static class GradientNorm
{
    /// <summary>The launches that leave the norm at <see cref="Hyper.Norm"/>.</summary>
    public static IEnumerable<Launch> Launches(ITrainingMemory memory, long gradients)
    {
        // Parameters are padded to 16 floats, so rows of a multiple of 16 keep every load aligned.
        long columns = memory.ParameterLength / Hyper.Rows / 16 * 16;
        int rows = columns > 0 ? Hyper.Rows : 0;
        long rest = memory.ParameterLength - (rows * columns);
        long partials = memory.HyperBase + Hyper.Partials;
        if (rows > 0)
        {
            yield return Squares(rows, columns, gradients, partials);
        }

        if (rest > 0)
        {
            yield return Squares(1, rest, gradients + (rows * columns), partials + rows);
        }

        yield return GroupLaunches.Fix(
            new RowKernel<RootBody>("GradientNorm", new string[2], 1, rows + (rest > 0 ? 1 : 0)) { Passes = 1 },
            0,
            partials,
            memory.HyperBase + Hyper.Norm);
    }

    private static Launch Squares(int rows, long columns, long gradients, long partials)
    {
        int length = checked((int)columns);
        return GroupLaunches.Fix(
            new RowKernel<SquaresBody>("Squares", new string[2], rows, length) { Passes = 1 },
            length,
            gradients,
            partials);
    }

    /// <summary>Σg² of a row with Kahan's correction: a lane may sum a million squares.</summary>
    private readonly struct SquaresBody : IRowBody
    {
        public static int Sweeps => 1;

        public static int Merged(int sweep) => 2;

        public static void Open<F, I, M>(int sweep, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
        {
            state.S0 = F.Splat(0f);
            state.S1 = F.Splat(0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Accumulate<F, I, M, TMem>(
            int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F g = m.Load(s.A0 + (row * s.N0) + column);
            F addend = (g * g) - state.S1;
            F sum = state.S0 + addend;
            state.S1 = (sum - state.S0) - addend;
            state.S0 = sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
        {
            state.S0 += other.S0;
            state.S1 += other.S1;
        }

        public static void Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> => m.StoreScalar(s.A1 + row, state.S0 - state.S1);
    }

    private readonly struct RootBody : IRowBody
    {
        public static int Sweeps => 1;

        public static int Merged(int sweep) => 1;

        public static void Open<F, I, M>(int sweep, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => state.S0 = F.Splat(0f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Accumulate<F, I, M, TMem>(
            int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> => state.S0 += m.Load(s.A0 + column);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => state.S0 += other.S0;

        public static void Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> => m.StoreScalar(s.A1, F.Sqrt(state.S0));
    }
}
