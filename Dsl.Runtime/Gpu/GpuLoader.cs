using System;
using Dsl.Host;
using Dsl.Kernels;

namespace Dsl.Gpu;

/// <summary>Turns launches into loaded kernels and their launch configurations.</summary>
internal sealed class GpuLoader(GpuKernels kernels) : ILaunchVisitor
{
    private GpuLaunch? _loaded;

    /// <summary>Compiles and loads the kernels of <paramref name="launch"/>.</summary>
    /// <exception cref="NotSupportedException">The kernel cannot be compiled for this device; names the
    /// launch.</exception>
    internal GpuLaunch Load(Launch launch)
    {
        try
        {
            launch.Accept(this);
        }
        catch (ILGPU.InternalCompilerException e)
        {
            throw new NotSupportedException(
                $"Kernel '{launch.Kernel.Name}' cannot be compiled for this device: {Innermost(e).Message}", e);
        }

        return _loaded!;
    }

    public void Map<TBody>(MapLaunch<TBody> launch)
        where TBody : struct, IMapBody => _loaded = new GpuMapLaunch<TBody>(launch, kernels);

    public void Row<TBody>(RowLaunch<TBody> launch)
        where TBody : struct, IRowBody => _loaded = new GpuRowLaunch<TBody>(launch, kernels);

    public void Reduce<TBody>(ReduceLaunch<TBody> launch)
        where TBody : struct, IReduceBody => _loaded = new GpuReduceLaunch<TBody>(launch, kernels);

    public void Contract<TWide, TNarrow, TBody>(ContractLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody =>
        _loaded = new GpuContractLaunch<TWide, TNarrow, TBody>(launch, kernels);

    public void Convolve<TWide, TNarrow, TBody>(ConvolveLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IConvolveBody =>
        _loaded = new GpuConvolveLaunch<TWide, TNarrow, TBody>(launch, kernels);

    public void ConvolveWeights<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody =>
        _loaded = new GpuConvolveWeightsLaunch<TWide, TNarrow, TBody>(launch, kernels);

    public void Pool<TBody>(PoolLaunch<TBody> launch)
        where TBody : struct, IPoolBody => _loaded = new GpuPoolLaunch<TBody>(launch, kernels);

    public void Resample<TBody>(ResampleLaunch<TBody> launch)
        where TBody : struct, IConvolveBody => _loaded = new GpuResampleLaunch<TBody>(launch, kernels);

    public void Transpose(TransposeLaunch launch) => _loaded = new GpuTransposeLaunch(launch, kernels);

    public void Halo(HaloLaunch launch) => _loaded = new GpuHaloLaunch(launch, kernels);

    public void Attend(AttendLaunch launch) => _loaded = new GpuAttendLaunch(launch, kernels);

    public void ClassLogits(ClassLogitsLaunch launch) => _loaded = new GpuClassLogitsLaunch(launch, kernels);

    public void AttendGradient(AttendGradientLaunch launch) => _loaded = launch.Shape.Score switch
    {
        AttentionScore.Softmax => new GpuAttendGradientLaunch<GpuSoftmax>(launch, kernels),
        AttentionScore.ReluSquared => new GpuAttendGradientLaunch<GpuScore<ReluSquaredScore>>(launch, kernels),
        AttentionScore.Laplace => new GpuAttendGradientLaunch<GpuScore<LaplaceScore>>(launch, kernels),
        AttentionScore.Identity => new GpuAttendGradientLaunch<GpuScore<IdentityScore>>(launch, kernels),
        var other => throw new NotSupportedException($"The score {other} has no kernel."),
    };

    public void Memory(MemoryLaunch launch) => _loaded = new GpuStepsLaunch(launch, kernels);

    public void ScatterRows(ScatterRowsLaunch launch) => _loaded = new GpuScatterRowsLaunch(launch, kernels);

    public void OuterScan(OuterScanLaunch launch) => _loaded = new GpuOuterScanLaunch(launch, kernels);

    public void DecayScan(DecayScanLaunch launch) => _loaded = new GpuDecayScanLaunch(launch, kernels);

    public void DiagonalScan(DiagonalScanLaunch launch) =>
        _loaded = launch.IsSums ? new GpuDiagonalScanSumsLaunch(launch, kernels)
            : launch.IsOfStates ? new GpuDiagonalStatesLaunch(launch, kernels)
            : new GpuDiagonalScanLaunch(launch, kernels);

    public void SelectiveScan(SelectiveScanLaunch launch) => _loaded = launch.IsGradient
        ? new GpuSelectiveScanGradientLaunch(launch, kernels) : new GpuSelectiveScanLaunch(launch, kernels);

    public void LowRankScan(LowRankScanLaunch launch) => _loaded = new GpuLowRankScanLaunch(launch, kernels);

    public void HippoScan(HippoScanLaunch launch) => _loaded = new GpuHippoScanLaunch(launch, kernels);

    public void DeltaScan(DeltaScanLaunch launch) => _loaded = launch.IsGradient
        ? new GpuDeltaScanGradientLaunch(launch, kernels) : new GpuDeltaScanLaunch(launch, kernels);

    public void LinearScan(LinearScanLaunch launch) => _loaded = new GpuLinearScanLaunch(launch, kernels);

    public void Spectral(SpectralLaunch launch) => _loaded = launch.IsOfKernel
        ? new GpuSpectralTapsLaunch(launch, kernels) : new GpuSpectralLaunch(launch, kernels);

    public void CumulativeSum(CumulativeSumLaunch launch) => _loaded = new GpuCumulativeSumLaunch(launch, kernels);

    public void Collective(CollectiveLaunch launch) => _loaded = new GpuCollectiveLaunch(launch);

    public void Order(OrderLaunch launch) => _loaded = new GpuOrderLaunch(launch, kernels);

    public void Chunk(ChunkLaunch launch) => _loaded = new GpuChunkLaunch(launch, kernels);

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is not null)
        {
            e = e.InnerException;
        }

        return e;
    }
}
