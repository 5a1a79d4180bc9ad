using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>The running values of a reduction: up to six per lane. A body names what it uses.</summary>
/// <typeparam name="F">The vector of floats.</typeparam>
public struct State<F>
    where F : struct
{
    /// <summary>Value 0.</summary>
    public F S0;

    /// <summary>Value 1.</summary>
    public F S1;

    /// <summary>Value 2.</summary>
    public F S2;

    /// <summary>Value 3.</summary>
    public F S3;

    /// <summary>Value 4.</summary>
    public F S4;

    /// <summary>Value 5.</summary>
    public F S5;
}

/// <summary>Body of the Map skeleton: lanes of one row of a rows × columns domain.</summary>
public interface IMapBody
{
    /// <summary>Computes and stores the lanes that begin at (<paramref name="row"/>, <paramref name="column"/>).</summary>
    static abstract void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;
}

/// <summary>
/// Body of the Contract skeleton: what happens to each finished sum Σₖ A[row,k]·B[k,column]. The skeleton stores nothing
/// itself.
/// </summary>
public interface IContractBody
{
    /// <summary>Consumes the sums whose lanes begin at (<paramref name="batch"/>, <paramref name="row"/>, <paramref name="column"/>).</summary>
    static abstract void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int batch, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;
}

/// <summary>Body of the Convolve and Resample skeletons: what happens to each finished sum at an output pixel. Lanes
/// are channels.</summary>
public interface IConvolveBody
{
    /// <summary>Consumes the sums of pixel (<paramref name="image"/>, <paramref name="y"/>, <paramref name="x"/>), channels from
    /// <paramref name="channel"/> (counted over all groups).</summary>
    static abstract void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int image, int y, int x, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;
}

/// <summary>
/// Body of the Row skeleton: one or more sweeps over the columns of each row; a sweep reduces into <see cref="State{F}"/>, and
/// later sweeps see what earlier ones left there. Softmax, cross-entropy and norms are rows.
/// </summary>
public interface IRowBody
{
    /// <summary>How often a row is swept.</summary>
    static abstract int Sweeps { get; }

    /// <summary>How many values of <see cref="State{F}"/>, from S0 on, have to be merged after a sweep; 0 when it reduces
    /// nothing.</summary>
    static abstract int Merged(int sweep);

    /// <summary>Sets what <paramref name="sweep"/> accumulates to the identity of its merge; leaves the rest.</summary>
    static abstract void Open<F, I, M>(int sweep, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;

    /// <summary>Takes in the lanes that begin at <paramref name="column"/>; stores what is per element and known by now. In a
    /// tail the skeleton discards the state of lanes beyond the row.</summary>
    static abstract void Accumulate<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;

    /// <summary>Merges another partial state into <paramref name="state"/>; must be commutative up to rounding.</summary>
    static abstract void Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;

    /// <summary>Every lane holds the merged state of the row: finishes it and stores what is per row (with StoreScalar).</summary>
    static abstract void Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;
}

/// <summary>
/// Body of the Reduce skeleton: over the rows of an outer × rows × columns domain; lanes are columns, each lane its own result.
/// Bias gradients and channel sums are reductions.
/// </summary>
public interface IReduceBody
{
    /// <summary>How many values of <see cref="State{F}"/>, from S0 on, the reduction uses.</summary>
    static abstract int Width { get; }

    /// <summary>Moves buffers to where they begin for one of the reductions side by side, once for all of its rows: what takes
    /// quotients of <paramref name="outer"/>. <see cref="Accumulate"/> and <see cref="Close"/> are given what it leaves.</summary>
    static virtual void Move(ref Slots s, int outer)
    {
    }

    /// <summary>Sets the state to the identity of <see cref="Merge"/>.</summary>
    static abstract void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;

    /// <summary>Takes in one row of the lanes that begin at <paramref name="column"/>.</summary>
    static abstract void Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;

    /// <summary>Merges the state of a later slice of rows.</summary>
    static abstract void Merge<F, I, M>(ref State<F> state, in State<F> other)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;

    /// <summary>Stores the results of the lanes that begin at <paramref name="column"/>.</summary>
    static abstract void Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;
}

/// <summary>
/// Body of the Pool skeleton: for each pixel of the domain, over the taps of a window that fall inside the source; lanes are
/// channels. The backward of a pool is a pool over the windows that contain a pixel (gather form).
/// </summary>
public interface IPoolBody
{
    /// <summary>Sets the state before the first tap.</summary>
    static abstract void Open<F, I, M>(ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;

    /// <summary>Takes in source pixel (<paramref name="y"/>, <paramref name="x"/>), seen through tap number
    /// <paramref name="tap"/> = u·windowWidth + v.</summary>
    static abstract void Accumulate<F, I, M, TMem>(
        TMem m, in Slots s, int image, int y, int x, int channel, int tap, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;

    /// <summary>Stores the domain's pixel (<paramref name="y"/>, <paramref name="x"/>).</summary>
    static abstract void Close<F, I, M, TMem>(TMem m, in Slots s, int image, int y, int x, int channel, ref State<F> state)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>;
}
