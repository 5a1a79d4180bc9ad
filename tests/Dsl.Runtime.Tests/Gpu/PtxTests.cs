using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Gpu;
using Xunit;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Every kernel compiles to PTX without a GPU, and ptxas, where there is one, takes it without stack or
/// spills.</summary>
public sealed class PtxTests
{
    public static IEnumerable<object[]> Cases =>
    [
        ["Map 3x1000"], ["Contract 40x200x130x19"], ["Convolve 2x2 wide blocks"], ["Row 4x300"],
        ["Reduce 2x1000x5 in 4"], ["Reduce in order 2x1000x5 in 4"], ["Transpose 70x100"],
        ["ScatterRows 300->40x70"], ["OuterScan Inclusive 2x37x3 5->7 by 4"],
        ["DecayScan Key 2x37x3 5->7"], ["DiagonalScan 2x37x3 5 states"], ["DiagonalScan sums 2x37x3 5 states"],
        ["DiagonalScan to states 2x37x3 5 states"], ["DiagonalScan from states 2x37x3 5 states resets"],
        ["SelectiveScan 2x37x3 5 states"], ["SelectiveScan gradient 2x37x3 5 states"],
        ["LowRankScan 2x37x3 5 states"], ["LowRankScan gradient 2x37x3 5 states"],
        ["DiagonalScan from states 2x37x3 5 states reverse resets lengths"],
        ["LowRankScan from states 2x37x3 5 states"], ["LowRankScan to states 2x37x3 5 states resets"],
        ["LowRankScan gradient with states 2x37x3 5 states resets"],
        ["HippoScan 2x37x3 5 coefficients"], ["HippoScan 2x37x3 5 coefficients scaled transposed"],
        ["HippoScan from a start 2x37x3 5 coefficients resets"],
        ["HippoScan to a start 2x37x3 5 coefficients scaled transposed"],
        ["LinearScan 2x37x3"], ["LinearScan 2x37x3 complex adjoint"],
        ["DeltaScan 2x37x3 5->7 decays"], ["DeltaScan gradient 2x37x3 5->7 decays"],
        ["Spectral 2x37x3 by 37"], ["Spectral taps 2x37x3 by 37"],
        ["CumulativeSum 3x50x77"], ["Order 5x40 of 7"], ["Order 3x300 permuted"],
        ["Chunk 2x37x3x5 by 8, 2 rounds looking back with lengths"], ["Chunk back 2x37x3x5 by 8, 2 rounds looking back with lengths"],
        ["Halo 2x3x4x5 all around"], ["Contract 1x65x63x17"], ["Convolve 3x3 wide"],
        ["Convolve 3x3 wide, weight gradient"], ["Convolve depthwise 3x3"], ["Convolve depthwise 3x3, weight gradient"],
        ["Pool 3 stride 2 padding 1 dilation 1"], ["Resample cubic"], ["Resample cubic, gradient"],
        .. GpuAttendCases.Ptx.Select(static name => new object[] { name }),
        .. GpuAttendCases.Ptx.Select(static name => new object[] { GpuAttendCases.Gradients(name) }),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_kernel_compiles_without_a_GPU(string name)
    {
        var modules = PtxCompiler.Modules(GpuCases.Make(name, 1).Launch);

        Assert.NotEmpty(modules);
        Assert.All(modules, module => Assert.True(module.IsSound, $"{module.Kernel} claims uniform branches."));
        Assert.All(modules, module => Assert.DoesNotContain(".local", module.Text, StringComparison.Ordinal));
        Assert.Contains(".entry", PtxCompiler.Compile(GpuCases.Make(name, 1).Launch), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Ptxas_takes_a_kernel_without_stack_or_spills(string name)
    {
        foreach (var module in PtxCompiler.Modules(GpuCases.Make(name, 1).Launch))
        {
            string report = Ptxas.Assemble(module.Text);
            Assert.True(report.Contains(Ptxas.Clean, StringComparison.Ordinal), $"{module.Kernel}: {report}");
        }
    }
}
