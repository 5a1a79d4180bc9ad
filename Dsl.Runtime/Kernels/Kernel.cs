using System.Collections.Generic;

namespace Dsl.Kernels;

/// <summary>
/// One launch of a skeleton, as the generator planned it: which buffers it names and how large its domain is, as formulas.
/// Immutable and shared by all sessions; <see cref="Prepare"/> makes what one session runs.
/// </summary>
public abstract class Kernel
{
    private protected Kernel(string name, string[] buffers)
    {
        Name = name;
        Buffers = buffers;
    }

    /// <summary>The name in dumps and profiles: the layer or local it computes.</summary>
    public string Name { get; }

    /// <summary>The buffers by name; buffer i is slot A<c>i</c> of <see cref="Slots"/>.</summary>
    public IReadOnlyList<string> Buffers { get; }

    /// <summary>What this kernel tells a body that others share: number i is P<c>i</c> of <see cref="Slots"/>.</summary>
    public int[] Numbers { get; init; } = [];

    /// <summary>How often an array of the domain's size is read or written, where buffers have no names to tell by; else
    /// 0.</summary>
    internal int Passes { get; init; }

    /// <summary>A launch for one session; its offsets and sizes are still to be set.</summary>
    internal abstract Launch Prepare();
}

/// <summary>A kernel with the numbers of one session: offsets once, extents whenever a symbolic size changes.</summary>
public abstract class Launch
{
    /// <summary>Offsets and sizes, as the body sees them.</summary>
    internal Slots Slots;

    private protected Launch(Kernel kernel)
    {
        Kernel = kernel;
        for (int i = 0; i < kernel.Numbers.Length; i++)
        {
            Slots.SetNumber(i, kernel.Numbers[i]);
        }
    }

    /// <summary>What is launched.</summary>
    public Kernel Kernel { get; }

    /// <summary>Host phases: the team finishes one before it begins the next.</summary>
    internal virtual int Phases => 1;

    /// <summary>How many independent pieces a phase has. It depends on shapes only, never on the thread count.</summary>
    internal abstract int Slices(int phase);

    /// <summary>Floats that the slices of a launch share on the host, beside the session's memory; 0: none.</summary>
    internal virtual long SharedFloats => 0;

    /// <summary>Where they begin: the engine says so before the launch.</summary>
    internal unsafe float* Shared { get; set; }

    /// <summary>Evaluates the domain's formulas. Allocates nothing.</summary>
    internal abstract void Resize(SizeValues sizes);

    /// <summary>Computes one slice of one phase on the calling worker.</summary>
    /// <param name="memory">The session's memory.</param>
    /// <param name="scratch">The worker's own <see cref="ScratchFloats"/> floats, 64-byte aligned.</param>
    /// <param name="phase">0 … Phases - 1.</param>
    /// <param name="slice">0 … Slices(phase) - 1.</param>
    internal abstract unsafe void RunHost(float* memory, float* scratch, int phase, int slice);

    /// <summary>Calls the visitor's method for this skeleton, with the body as type argument. A device without its own code
    /// in the launch (a GPU) is a visitor.</summary>
    internal abstract void Accept(ILaunchVisitor visitor);

    /// <summary>Floats of scratch each worker has: packed operands and the sums of a tile.</summary>
    internal const int ScratchFloats = 512 * 1024;

    /// <summary>Behind a worker's scratch: -1 when the worker begins a phase. A skeleton notes there which part of an
    /// operand the scratch holds packed, so that the worker's next slice need not pack it again.</summary>
    internal static unsafe int* Held(float* scratch) => (int*)(scratch + ScratchFloats);
}

/// <summary>One method for each skeleton, generic over the body: what a device implements to run launches.</summary>
internal interface ILaunchVisitor
{
    void Map<TBody>(MapLaunch<TBody> launch)
        where TBody : struct, IMapBody;

    void Row<TBody>(RowLaunch<TBody> launch)
        where TBody : struct, IRowBody;

    void Reduce<TBody>(ReduceLaunch<TBody> launch)
        where TBody : struct, IReduceBody;

    void Contract<TWide, TNarrow, TBody>(ContractLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody;

    void Convolve<TWide, TNarrow, TBody>(ConvolveLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IConvolveBody;

    void ConvolveWeights<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody;

    void Pool<TBody>(PoolLaunch<TBody> launch)
        where TBody : struct, IPoolBody;

    void Resample<TBody>(ResampleLaunch<TBody> launch)
        where TBody : struct, IConvolveBody;

    void Transpose(TransposeLaunch launch);

    void Halo(HaloLaunch launch);

    void ScatterRows(ScatterRowsLaunch launch);

    void Memory(MemoryLaunch launch);

    void Attend(AttendLaunch launch);

    void AttendGradient(AttendGradientLaunch launch);

    void OuterScan(OuterScanLaunch launch);

    void DecayScan(DecayScanLaunch launch);

    void DiagonalScan(DiagonalScanLaunch launch);

    void SelectiveScan(SelectiveScanLaunch launch);

    void LowRankScan(LowRankScanLaunch launch);

    void HippoScan(HippoScanLaunch launch);

    void LinearScan(LinearScanLaunch launch);

    void DeltaScan(DeltaScanLaunch launch);

    void Spectral(SpectralLaunch launch);

    void CumulativeSum(CumulativeSumLaunch launch);

    void Order(OrderLaunch launch);

    void Chunk(ChunkLaunch launch);

    void ClassLogits(ClassLogitsLaunch launch);

    void Collective(CollectiveLaunch launch);
}
