using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>A host register tile for launches that only a GPU runs.</summary>
internal readonly struct NoTile : ITile
{
    public static int Rows => 1;

    public static int Vectors => 1;

    public static unsafe void Run<F, I, M>(in TileOperands t, int rows, float* sums, bool accumulate)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => throw new System.NotSupportedException();
}

/// <summary>A2 = x &lt; 0 ? x·bias : silu(x) + table[index], A5 = index·3 + row; N0 columns. Loads of every
/// kind.</summary>
internal readonly struct BlendBody : IMapBody
{
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int at = (row * s.N0) + column;
        var x = m.Load(s.A0 + at);
        var index = m.LoadInts(s.A3 + at);
        var silu = x / (F.Splat(1f) + F.Exp(-x));
        var y = F.Select(F.Less(x, F.Splat(0f)), x * m.Load(s.A1 + column), silu + m.Gather(s.A4, index));
        m.Store(s.A2 + at, y);
        m.StoreInts(s.A5 + at, (index * I.Splat(3)) + I.Splat(row));
    }
}

/// <summary>Softmax of A0's rows to A1, ln Σ eˣ to A2; N0 columns.</summary>
internal readonly struct SoftmaxBody : IRowBody
{
    public static int Sweeps => 3;

    public static int Merged(int sweep) => sweep == 0 ? 1 : sweep == 1 ? 2 : 0;

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

    public static void Accumulate<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int at = (row * s.N0) + column;
        var x = m.Load(s.A0 + at);
        if (sweep == 0)
        {
            state.S0 = F.Max(state.S0, x);
        }
        else if (sweep == 1)
        {
            state.S1 = state.S1 + F.Exp(x - state.S0);
        }
        else
        {
            m.Store(s.A1 + at, F.Exp(x - state.S0) / state.S1);
        }
    }

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
            state.S1 = state.S1 + other.S1;
        }
    }

    public static void Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        if (sweep == 1)
        {
            m.StoreScalar(s.A2 + row, state.S0 + F.Log(state.S1));
        }
    }
}

/// <summary>Σ of columns to A1, added to what is there.</summary>
internal readonly struct SumBody : IReduceBody
{
    public static int Width => 1;

    public static void Move(ref Slots s, int outer)
    {
        s.A0 += outer * s.N1 * s.N0;
        s.A1 += outer * s.N0;
    }

    public static void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => state.S0 = F.Splat(0f);

    public static void Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        state.S0 = state.S0 + m.Load(s.A0 + (row * s.N0) + column);

    public static void Merge<F, I, M>(ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => state.S0 = state.S0 + other.S0;

    public static void Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int at = s.A1 + column;
        m.Store(at, m.Load(at) + state.S0);
    }
}

/// <summary>Largest to A1, count to A2 and the last row's value to A3: a merge that minds the order.</summary>
internal readonly struct LastBody : IReduceBody
{
    public static int Width => 3;

    public static void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        state.S0 = F.Splat(float.NegativeInfinity);
        state.S1 = F.Splat(0f);
        state.S2 = F.Splat(0f);
    }

    public static void Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        var x = m.Load(s.A0 + (((outer * s.N1) + row) * s.N0) + column);
        state.S0 = F.Max(state.S0, x);
        state.S1 = state.S1 + F.Splat(1f);
        state.S2 = x;
    }

    public static void Merge<F, I, M>(ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        state.S0 = F.Max(state.S0, other.S0);
        state.S2 = F.Select(F.Less(F.Splat(0f), other.S1), other.S2, state.S2);
        state.S1 = state.S1 + other.S1;
    }

    public static void Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int at = (outer * s.N0) + column;
        m.Store(s.A1 + at, state.S0);
        m.Store(s.A2 + at, state.S1);
        m.Store(s.A3 + at, state.S2);
    }
}

/// <summary>A3 = sum + bias (A2); the result is batches of N1 rows × N0 columns.</summary>
internal readonly struct BiasBody : IContractBody
{
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int batch, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        m.Store(s.A3 + (((batch * s.N1) + row) * s.N0) + column, sum + m.Load(s.A2 + column));
}

/// <summary>A3 = sum + bias (A2 by channel) at pixels N0 images apart, N1 rows apart and N2 channels wide.</summary>
internal readonly struct PixelBody : IConvolveBody
{
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int image, int y, int x, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        m.Store(
            s.A3 + (image * s.N0) + (y * s.N1) + (x * s.N2) + channel, sum + m.Load(s.A2 + channel));
}

/// <summary>Largest of the window to A1 and Σ (tap + 1)·x to A2, both NHWC without halo; the source's pitches are N0
/// (image), N1 (row), N2 (pixel), the domain's rows × columns of pixels are N3 = height·65536 + width.</summary>
internal readonly struct WindowBody : IPoolBody
{
    public static void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        state.S0 = F.Splat(float.NegativeInfinity);
        state.S1 = F.Splat(0f);
    }

    public static void Accumulate<F, I, M, TMem>(
        TMem m, in Slots s, int image, int y, int x, int channel, int tap, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        var value = m.Load(s.A0 + (image * s.N0) + (y * s.N1) + (x * s.N2) + channel);
        state.S0 = F.Max(state.S0, value);
        state.S1 = F.Fma(value, F.FromInts(I.Splat(tap + 1)), state.S1);
    }

    public static void Close<F, I, M, TMem>(
        TMem m, in Slots s, int image, int y, int x, int channel, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        int at = (((((image * (s.N3 >> 16)) + y) * (s.N3 & 0xFFFF)) + x) * s.N2) + channel;
        m.Store(s.A1 + at, state.S0);
        m.Store(s.A2 + at, state.S1);
    }
}
