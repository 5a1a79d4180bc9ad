using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The CumulativeSum skeleton on the host. Lanes are inner columns. Where the axis is the innermost one there are none:
/// then four outer rows go side by side, each a chain of its own. Every sum is one chain in the order of the axis,
/// so its bits depend on nothing else. Sums of a few elements are added to the sum of those before them, with what that
/// loses (Kahan 1965): of 100,000 like elements a plain sum would be off by 3·10⁻⁴.
/// </summary>
internal static unsafe class HostCumulativeSum
{
    /// <summary>Columns, or rows where there are no columns, of one piece of work.</summary>
    private const int Block = 64;
    private const int RowBlock = 4;

    /// <summary>How many steps ahead lines are asked for: a step may be a page.</summary>
    private const int PrefetchedSteps = 16;

    /// <summary>Elements whose sum is added to that of the earlier ones.</summary>
    private const int Few = 32;

    public static int Slices(int outer, int length, int inner) => Slicing.Count(
        Pieces(outer, inner), (long)outer * inner * Math.Max(1, length));

    public static void Run<F, I, M>(CumulativeSumLaunch launch, float* memory, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        (int outer, int length, int inner) = (launch.Outer, launch.Length, launch.Inner);
        bool reverse = launch.Shape.Reverse;
        bool exclusive = launch.Shape.Exclusive;

        // In reverse both walk from their last step towards the first.
        nint fromStep = reverse ? -launch.FromStep : launch.FromStep;
        nint toStep = reverse ? -launch.ToStep : launch.ToStep;
        float* from = memory + launch.Slots.A0 - (reverse ? fromStep * (length - 1) : 0);
        float* to = memory + launch.Slots.A1 - (reverse ? toStep * (length - 1) : 0);
        (int first, int end) = Slicing.Range(Pieces(outer, inner), Slices(outer, length, inner), slice);
        int blocks = Slicing.Ceiling(inner, Block);
        for (int piece = first; piece < end; piece++)
        {
            if (launch.Shape.Largest)
            {
                Largest<F, I, M>(launch, from, to, piece);
                continue;
            }

            if (inner == 1)
            {
                int row = piece * RowBlock;
                Rows(
                    from + ((nint)row * launch.FromOuter), launch.FromOuter, fromStep,
                    to + ((nint)row * launch.ToOuter), launch.ToOuter, toStep,
                    Math.Min(RowBlock, outer - row), length, exclusive);
                continue;
            }

            int column = piece % blocks * Block;
            int columnEnd = Math.Min(column + Block, inner);
            nint at = piece / blocks;
            for (; column <= columnEnd - (4 * F.Lanes); column += 4 * F.Lanes)
            {
                FourColumns<F, I, M>(
                    from + (at * launch.FromOuter) + column, fromStep, to + (at * launch.ToOuter) + column, toStep, length, exclusive);
            }

            for (; column < columnEnd; column += F.Lanes)
            {
                Columns<F, I, M>(
                    from + (at * launch.FromOuter) + column, fromStep, to + (at * launch.ToOuter) + column, toStep,
                    Math.Min(F.Lanes, columnEnd - column), length, exclusive);
            }
        }
    }

    /// <summary>The largest so far of a piece of work.</summary>
    private static void Largest<F, I, M>(CumulativeSumLaunch launch, float* from, float* to, int piece)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int blocks = Slicing.Ceiling(launch.Inner, Block);
        int first = launch.Inner == 1 ? piece * RowBlock : piece / blocks;
        int end = launch.Inner == 1 ? Math.Min(first + RowBlock, launch.Outer) : first + 1;
        int column0 = launch.Inner == 1 ? 0 : piece % blocks * Block;
        int columnEnd = Math.Min(column0 + Block, launch.Inner);
        for (int row = first; row < end; row++)
        {
            for (int column = column0; column < columnEnd; column += F.Lanes)
            {
                int columns = Math.Min(F.Lanes, columnEnd - column);
                float* x = from + ((nint)row * launch.FromOuter) + column;
                float* result = to + ((nint)row * launch.ToOuter) + column;
                F largest = F.Splat(float.NegativeInfinity);
                for (int i = 0; i < launch.Length; i++)
                {
                    largest = F.Max(largest, F.Load(x, columns));
                    F.Store(result, largest, columns);
                    Prefetch.FarLine(x + (PrefetchedSteps * launch.FromStep));
                    Prefetch.FarLine(result + (PrefetchedSteps * launch.ToStep));
                    x += launch.FromStep;
                    result += launch.ToStep;
                }
            }
        }
    }

    private static int Pieces(int outer, int inner) =>
        inner == 1 ? Slicing.Ceiling(outer, RowBlock) : outer * Slicing.Ceiling(inner, Block);

    /// <summary>Four vectors side by side: a step reads several cache lines in a row, not one of each page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourColumns<F, I, M>(float* from, nint fromStep, float* to, nint toStep, int length, bool exclusive)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F earlier0 = F.Splat(0f);
        (F earlier1, F earlier2, F earlier3) = (earlier0, earlier0, earlier0);
        (F lost0, F lost1, F lost2, F lost3) = (earlier0, earlier0, earlier0, earlier0);
        for (int few = 0; few < length; few += Few)
        {
            F sum0 = F.Splat(0f);
            (F sum1, F sum2, F sum3) = (sum0, sum0, sum0);
            for (int i = few; i < Math.Min(few + Few, length); i++)
            {
                (F before0, F before1, F before2, F before3) = (sum0, sum1, sum2, sum3);
                sum0 += F.Load(from);
                sum1 += F.Load(from + F.Lanes);
                sum2 += F.Load(from + (2 * F.Lanes));
                sum3 += F.Load(from + (3 * F.Lanes));
                F.Store(to, earlier0 + (exclusive ? before0 : sum0));
                F.Store(to + F.Lanes, earlier1 + (exclusive ? before1 : sum1));
                F.Store(to + (2 * F.Lanes), earlier2 + (exclusive ? before2 : sum2));
                F.Store(to + (3 * F.Lanes), earlier3 + (exclusive ? before3 : sum3));
                for (int line = 0; line < 4 * F.Lanes; line += TileWalk.LineFloats)
                {
                    Prefetch.FarLine(from + (PrefetchedSteps * fromStep) + line);
                    Prefetch.FarLine(to + (PrefetchedSteps * toStep) + line);
                }

                from += fromStep;
                to += toStep;
            }

            Add<F, I, M>(ref earlier0, ref lost0, sum0);
            Add<F, I, M>(ref earlier1, ref lost1, sum1);
            Add<F, I, M>(ref earlier2, ref lost2, sum2);
            Add<F, I, M>(ref earlier3, ref lost3, sum3);
        }
    }

    /// <summary>Adds a sum to the earlier ones, and keeps what that loses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<F, I, M>(ref F earlier, ref F lost, F sum)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F added = sum - lost;
        F all = earlier + added;
        lost = all - earlier - added;
        earlier = all;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Columns<F, I, M>(
        float* from, nint fromStep, float* to, nint toStep, int columns, int length, bool exclusive)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F sum = F.Splat(0f);
        F earlier = sum;
        F lost = sum;
        for (int i = 0; i < length; i++)
        {
            if (i % Few == 0)
            {
                Add<F, I, M>(ref earlier, ref lost, sum);
                sum = F.Splat(0f);
            }

            F x = columns == F.Lanes ? F.Load(from) : F.Load(from, columns);
            F before = sum;
            sum += x;
            F result = earlier + (exclusive ? before : sum);
            if (columns == F.Lanes)
            {
                F.Store(to, result);
            }
            else
            {
                F.Store(to, result, columns);
            }

            from += fromStep;
            to += toStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Rows(
        float* from, nint fromRow, nint fromStep, float* to, nint toRow, nint toStep, int rows, int length,
        bool exclusive)
    {
        // Rows that do not exist repeat the last one, and store what it stores.
        nint from1 = Math.Min(1, rows - 1) * fromRow;
        nint from2 = Math.Min(2, rows - 1) * fromRow;
        nint from3 = Math.Min(3, rows - 1) * fromRow;
        nint to1 = Math.Min(1, rows - 1) * toRow;
        nint to2 = Math.Min(2, rows - 1) * toRow;
        nint to3 = Math.Min(3, rows - 1) * toRow;
        Vector128<float> sum = Vector128<float>.Zero;
        Vector128<float> earlier = sum;
        Vector128<float> lost = sum;
        for (int i = 0; i < length; i++)
        {
            if (i % Few == 0)
            {
                Vector128<float> added = sum - lost;
                Vector128<float> all = earlier + added;
                lost = all - earlier - added;
                earlier = all;
                sum = Vector128<float>.Zero;
            }

            Vector128<float> before = sum;
            sum += Vector128.Create(from[0], from[from1], from[from2], from[from3]);
            Vector128<float> result = earlier + (exclusive ? before : sum);
            to[0] = result[0];
            to[to1] = result[1];
            to[to2] = result[2];
            to[to3] = result[3];
            from += fromStep;
            to += toStep;
        }
    }
}
