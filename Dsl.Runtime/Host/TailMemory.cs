using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A session's memory at the end of a row: only the first lanes exist; nothing beyond is read or
/// written.</summary>
internal readonly unsafe struct TailMemory<F, I, M> : IMemory<F, I>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private readonly float* _memory;
    private readonly int _count;

    /// <param name="memory">The session's memory.</param>
    /// <param name="count">1 … Lanes - 1 lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TailMemory(float* memory, int count)
    {
        _memory = memory;
        _count = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Load(int at) => F.Load(_memory + at, _count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Scalar(int at) => F.Splat(_memory[at]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Strided(int at, int stride) => Gather(at, I.Iota(0) * I.Splat(stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Gather(int at, I index)
    {
        // Lanes that do not exist look where lane 0 looks.
        I first = F.Bits(F.Splat(F.First(F.FromBits(index))));
        return I.Gather(_memory + at, I.Select(M.Until(_count), index, first));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int at, F value) => F.Store(_memory + at, value, _count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreScalar(int at, F value) => _memory[at] = F.First(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStrided(int at, int stride, F value)
    {
        for (int lane = 0; lane < _count; lane++)
        {
            _memory[at + (lane * stride)] = Unsafe.Add(ref Unsafe.As<F, float>(ref value), lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(int at, I index, F value)
    {
        for (int lane = 0; lane < _count; lane++)
        {
            _memory[at + Unsafe.Add(ref Unsafe.As<I, int>(ref index), lane)] = Unsafe.Add(ref Unsafe.As<F,
                float>(ref value), lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I LoadInts(int at) => I.Load((int*)_memory + at, _count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I ScalarInts(int at) => I.Splat(((int*)_memory)[at]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Int(int at) => ((int*)_memory)[at];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreInts(int at, I value) => I.Store((int*)_memory + at, value, _count);
}
