using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A2[row, column] = A0[row, column]·sigmoid(A0[row, column]) + A1[row]; N0 columns.</summary>
internal readonly struct SwishBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        F x = m.Load(s.A0 + (row * s.N0) + column);
        m.Store(s.A2 + (row * s.N0) + column, (x * Lanes.Sigmoid<F, I, M>(x)) + m.Scalar(s.A1 + row));
    }
}

/// <summary>Every access of memory: A2[column, row] (strided) = A0[column, row] + A0[row, perm(column)] with the
/// permutation in ints at A1; N0 columns, N1 rows.</summary>
internal readonly struct AccessBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        I index = m.LoadInts(s.A1 + column);
        F strided = m.Strided(s.A0 + (column * s.N1) + row, s.N1);
        F gathered = m.Gather(s.A0 + (row * s.N0), index);
        m.StoreStrided(s.A2 + (column * s.N1) + row, s.N1, strided + gathered);
        m.StoreInts(s.A3 + (row * s.N0) + column, index + m.ScalarInts(s.A1));
    }
}

/// <summary>A2[batch, row, column] = sum + A3[column]; N0 columns, N1 rows.</summary>
internal readonly struct BiasBody : IContractBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int batch, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        m.Store(s.A2 + (((batch * s.N1) + row) * s.N0) + column, sum + m.Load(s.A3 + column));
}

/// <summary>A2[image, y, x, channel] = sum + A3[channel]; N0 channels, N1 wide, N2 high.</summary>
internal readonly struct PixelBody : IConvolveBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int image, int y, int x, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        m.Store(s.A2 + (((((image * s.N2) + y) * s.N1) + x) * s.N0) + channel, sum + m.Load(s.A3 + channel));
}

/// <summary>A1 = softmax of the rows of A0, A2 = ln Σ exp of each row; N0 columns.</summary>
internal readonly struct SoftmaxBody : IRowBody
{
    public static int Sweeps => 3;

    public static int Merged(int sweep) => sweep == 0 ? 1 : sweep == 1 ? 2 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Open<F, I, M>(int sweep, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        if (sweep == 0)
        {
            state.S0 = F.Splat(float.NegativeInfinity);
        }
        else if (sweep == 1)
        {
            state.S1 = F.Splat(0f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int at = (row * s.N0) + column;
        if (sweep == 0)
        {
            state.S0 = F.Max(state.S0, m.Load(s.A0 + at));
        }
        else if (sweep == 1)
        {
            F e = F.Exp(m.Load(s.A0 + at) - state.S0);
            m.Store(s.A1 + at, e);
            state.S1 += e;
        }
        else
        {
            m.Store(s.A1 + at, m.Load(s.A1 + at) * state.S2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        if (sweep == 0)
        {
            state.S0 = F.Max(state.S0, other.S0);
        }
        else if (sweep == 1)
        {
            state.S1 += other.S1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        if (sweep == 1)
        {
            state.S2 = F.Splat(1f) / state.S1;
            m.StoreScalar(s.A2 + row, state.S0 + F.Log(state.S1));
        }
    }
}

/// <summary>A1[outer, column] = Σ over rows of A0; A2 = the maximum; N0 columns, N1 rows.</summary>
internal readonly struct SumAndMaxBody : IReduceBody
{
    public static int Width => 2;

    public static void Move(ref Slots s, int outer)
    {
        s.A0 += outer * s.N1 * s.N0;
        s.A1 += outer * 2 * s.N0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        state.S0 = F.Splat(0f);
        state.S1 = F.Splat(float.NegativeInfinity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        F x = m.Load(s.A0 + (row * s.N0) + column);
        state.S0 += x;
        state.S1 = F.Max(state.S1, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Merge<F, I, M>(ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        state.S0 += other.S0;
        state.S1 = F.Max(state.S1, other.S1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        m.Store(s.A1 + column, state.S0);
        m.Store(s.A1 + s.N0 + column, state.S1);
    }
}

/// <summary>A2[i, j] = Σ over rows of A0[row, i]·A1[row, j]; columns are (i, j); N0 many i, N1 many j.</summary>
internal readonly struct OuterProductBody : IReduceBody
{
    public static int Width => 1;

    public static void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => state.S0 = F.Splat(0f);

    public static void Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> => state.S0 = F.Fma(
            m.Scalar(s.A0 + (row * s.N0) + (column / s.N1)), m.Load(s.A1 + (row * s.N1) + (column % s.N1)), state.S0);

    public static void Merge<F, I, M>(ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => state.S0 += other.S0;

    public static void Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> => m.Store(s.A2 + column, state.S0);
}

/// <summary>A1[image, y, x, channel] = Σ over taps of (tap + 1)·A0[image, y', x', channel]; N0 channels, N1·N2 the
/// domain's
/// and N3 the source's width and height in the low and high 16 bits.</summary>
internal readonly struct TapBody : IPoolBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => state.S0 = F.Splat(0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate<F, I, M, TMem>(
        TMem m, in Slots s, int image, int y, int x, int channel, int tap, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int pixel = (((image * (s.N3 >> 16)) + y) * (s.N3 & 0xffff)) + x;
        state.S0 = F.Fma(F.Splat(tap + 1), m.Load(s.A0 + (pixel * s.N0) + channel), state.S0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Close<F, I, M, TMem>(TMem m, in Slots s, int image, int y, int x, int channel, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        m.Store(s.A1 + (((((image * s.N2) + y) * s.N1) + x) * s.N0) + channel, state.S0);
}
