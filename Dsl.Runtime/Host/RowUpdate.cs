using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>An optimiser's step on rows of a parameter, while their gradient is in a worker's cache: no array of it exists.</summary>
internal abstract unsafe class RowUpdate
{
    /// <summary>How many arrays the optimiser keeps.</summary>
    public abstract int States { get; }

    /// <summary>How far behind a parameter's element that of an array of the optimiser is.</summary>
    /// <param name="state">Which array.</param>
    public abstract int StateBehind(int state);

    /// <summary>Takes the step, a row after the other.</summary>
    /// <param name="memory">The session's memory.</param>
    /// <param name="at">The first element of the parameter.</param>
    /// <param name="order">Which rows of the parameter.</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="own">What the gradient of each row has of the row itself, beside <paramref name="gradient"/>.</param>
    /// <param name="gradient">Their gradient, panel after panel of some columns.</param>
    /// <param name="panel">Columns of a panel, whole vectors; the last may have less.</param>
    /// <param name="pitch">Elements from one panel to the next.</param>
    public abstract void Run(
        float* memory, int at, int* order, int rows, int width, float* own, float* gradient, int panel, int pitch);
}

/// <inheritdoc cref="RowUpdate"/>
/// <typeparam name="TBody">What the optimiser does with an element: 0 parameters, 1 gradients, 2 scalars, 3 the group's own scalars,
/// then the optimiser's arrays.</typeparam>
internal sealed unsafe class RowUpdate<TBody> : RowUpdate
    where TBody : struct, IMapBody
{
    private readonly int _hyper;
    private readonly int _group;
    private readonly int _end;
    private readonly int[] _states;

    /// <param name="hyper">Where the scalars begin.</param>
    /// <param name="group">Where the group's own scalars begin.</param>
    /// <param name="end">Where the session's memory ends.</param>
    /// <param name="states">How far behind a parameter's element that of each array of the optimiser is.</param>
    public RowUpdate(long hyper, long group, long end, params long[] states)
    {
        (_hyper, _group, _end) = (checked((int)hyper), checked((int)group), checked((int)end));
        _states = System.Array.ConvertAll(states, static s => checked((int)s));
    }

    /// <inheritdoc/>
    public override int States => _states.Length;

    /// <inheritdoc/>
    public override int StateBehind(int state) => _states[state];

    /// <inheritdoc/>
    public override void Run(
        float* memory, int at, int* order, int rows, int width, float* own, float* gradient, int panel, int pitch)
    {
        switch (HostVectors.Width)
        {
            case 16:
                Rows<Floats16, Ints16, Mask16>(memory, at, order, rows, width, own, gradient, panel, pitch);
                break;
            case 8:
                Rows<Floats8, Ints8, Mask8>(memory, at, order, rows, width, own, gradient, panel, pitch);
                break;
            case 4:
                Rows<Floats4, Ints4, Mask4>(memory, at, order, rows, width, own, gradient, panel, pitch);
                break;
            default:
                Rows<Floats1, Ints1, Mask1>(memory, at, order, rows, width, own, gradient, panel, pitch);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows<F, I, M>(
        float* memory, int at, int* order, int rows, int width, float* own, float* gradient, int panel, int pitch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        Slots slots = default;
        slots.A2 = _hyper;
        slots.A3 = _group;
        for (int row = 0; row < rows; row++)
        {
            slots.A0 = at + (order[row] * width);
            for (int i = 0; i < _states.Length; i++)
            {
                slots.SetOffset(4 + i, slots.A0 + _states[i]);
            }

            float* from = gradient + ((nint)row * panel);
            for (int first = 0; first < width; first += panel)
            {
                // A column of the parameter is the same column of its gradient's memory.
                slots.A1 = _end - first;
                int end = System.Math.Min(panel, width - first) / F.Lanes * F.Lanes;
                var all = new GradientMemory<F, I, M, HostMemory<F, I, M>>(
                    new HostMemory<F, I, M>(memory), new HostMemory<F, I, M>(from), _end, slots.A0 + first, own[row]);
                for (int c = first; c < first + end; c += F.Lanes)
                {
                    TBody.Run<F, I, M, GradientMemory<F, I, M, HostMemory<F, I, M>>>(all, in slots, 0, c);
                }

                if (first + end < width && end < panel)
                {
                    Tail<F, I, M>(memory, from, in slots, first + end, width - first - end, first, own[row]);
                }

                from += pitch;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Tail<F, I, M>(float* memory, float* gradient, in Slots slots, int column, int count, int first, float own)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => TBody.Run<F, I, M, GradientMemory<F, I, M, TailMemory<F, I, M>>>(
            new(
                new TailMemory<F, I, M>(memory, count), new TailMemory<F, I, M>(gradient, count), _end, slots.A0 + first, own),
            in slots, 0, column);
}

/// <summary>A session's memory, and the gradient of some elements of a row where it ends.</summary>
internal readonly struct GradientMemory<F, I, M, TMem>(TMem memory, TMem gradient, int end, int row, float own) : IMemory<F, I>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
    where TMem : struct, IMemory<F, I>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Load(int at) => at < end
        ? memory.Load(at) : F.Fma(memory.Load(row + (at - end)), F.Splat(own), gradient.Load(at - end));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Scalar(int at) => memory.Scalar(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Strided(int at, int stride) => memory.Strided(at, stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F Gather(int at, I index) => memory.Gather(at, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int at, F value) => memory.Store(at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreScalar(int at, F value) => memory.StoreScalar(at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStrided(int at, int stride, F value) => memory.StoreStrided(at, stride, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(int at, I index, F value) => memory.Scatter(at, index, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I LoadInts(int at) => memory.LoadInts(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I ScalarInts(int at) => memory.ScalarInts(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Int(int at) => memory.Int(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreInts(int at, I value) => memory.StoreInts(at, value);
}
