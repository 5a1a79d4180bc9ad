using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl;

/// <summary>sum ← keep·sum + share·g: one micro-batch of a step. 0 sums, 1 gradients, 2 scalars.</summary>
/// <remarks>A sum that is not kept is replaced, not multiplied by 0: what is there may be NaN.</remarks>
internal readonly struct AccumulateBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        F zero = F.Splat(0f);
        M keep = F.Less(zero, m.Scalar(s.A2 + Hyper.Keep));
        F sum = F.Select(keep, m.Load(s.A0 + column), zero);
        m.Store(s.A0 + column, F.Fma(m.Load(s.A1 + column), m.Scalar(s.A2 + Hyper.Share), sum));
    }
}

/// <summary>a ← (1 - w)·a + w·p: the running average of the parameters. 0 averages, 1 parameters, 2 scalars.</summary>
internal readonly struct AverageBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        F weight = m.Scalar(s.A2 + Hyper.Average);
        F average = m.Load(s.A0 + column) * (F.Splat(1f) - weight);
        m.Store(s.A0 + column, F.Fma(m.Load(s.A1 + column), weight, average));
    }
}

/// <summary>Copies an array. 0 to, 1 from.</summary>
internal readonly struct CopyBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> => m.Store(s.A0 + column, m.Load(s.A1 + column));
}

/// <summary>Zeros an array.</summary>
internal readonly struct ClearBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> => m.Store(s.A0 + column, F.Splat(0f));
}

/// <summary>Exchanges two arrays. 0 one, 1 the other.</summary>
internal readonly struct SwapBody : IMapBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        F a = m.Load(s.A0 + column);
        m.Store(s.A0 + column, m.Load(s.A1 + column));
        m.Store(s.A1 + column, a);
    }
}
