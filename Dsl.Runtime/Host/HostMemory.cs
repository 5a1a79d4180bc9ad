using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A session's memory on the host, all lanes of a vector at a time.</summary>
internal readonly unsafe struct HostMemory<F, I, M> : IMemory<F, I>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private readonly float* _memory;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HostMemory(float* memory) => _memory = memory;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Load(int at) => F.Load(_memory + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Scalar(int at) => F.Splat(_memory[at]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Strided(int at, int stride) => stride == 2
        ? F.LoadAlternate(_memory + at) : I.Gather(_memory + at, I.Iota(0) * I.Splat(stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Gather(int at, I index) => I.Gather(_memory + at, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int at, F value) => F.Store(_memory + at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreScalar(int at, F value) => _memory[at] = F.First(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStrided(int at, int stride, F value)
    {
        if (stride == 2)
        {
            F.StoreAlternate(_memory + at, value);
            return;
        }

        for (int lane = 0; lane < F.Lanes; lane++)
        {
            _memory[at + (lane * stride)] = Unsafe.Add(ref Unsafe.As<F, float>(ref value), lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(int at, I index, F value)
    {
        for (int lane = 0; lane < F.Lanes; lane++)
        {
            _memory[at + Unsafe.Add(ref Unsafe.As<I, int>(ref index), lane)] = Unsafe.Add(ref Unsafe.As<F,
                float>(ref value), lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I LoadInts(int at) => I.Load((int*)_memory + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I ScalarInts(int at) => I.Splat(((int*)_memory)[at]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Int(int at) => ((int*)_memory)[at];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreInts(int at, I value) => I.Store((int*)_memory + at, value);
}
