using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Dsl.Gpu;
using Xunit;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Every kernel compiles to PTX without a GPU, and ptxas, where there is one, takes it without stack or
/// spills.</summary>
public sealed class PtxTests
{
    private const string Clean = "0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads";

    public static IEnumerable<object[]> Cases =>
    [
        ["Map 3x1000"], ["Contract 40x200x130x19"], ["Convolve 2x2 wide blocks"], ["Row 4x300"],
        ["Reduce 2x1000x5 in 4"], ["Reduce in order 2x1000x5 in 4"], ["Transpose 70x100"],
        ["Halo 2x3x4x5 all around"], ["Contract 1x65x63x17"], ["Convolve 3x3 wide"],
        ["Convolve 3x3 wide, weight gradient"], ["Convolve depthwise 3x3"], ["Convolve depthwise 3x3, weight gradient"],
        ["Pool 3 stride 2 padding 1 dilation 1"],
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
            string report = Assemble(module.Text);
            Assert.Contains(Clean, report, StringComparison.Ordinal);
        }
    }

    private static string Assemble(string text)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".ptx");
        File.WriteAllText(file, text);
        try
        {
            var start = new ProcessStartInfo("ptxas", ["-arch=sm_90", "-v", "-O3", file, "-o", file + ".cubin"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Start(start);
            Skip.If(process is null, "ptxas is not on the PATH; .ci/install-ptxas fetches it");
            string report = process!.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, report);
            return report;
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".cubin");
        }
    }

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
