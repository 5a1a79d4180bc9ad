using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>NVIDIA's assembler, where there is one: it knows what a kernel costs in registers, stack and spills.</summary>
internal static class Ptxas
{
    /// <summary>What the report of a kernel without stack or spills contains.</summary>
    internal const string Clean = "0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads";

    /// <summary>Networks share kernels, and many more have the same text.</summary>
    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>Assembles for sm_90 and returns the report, that of the same text where there was one; skips the test where
    /// there is no assembler.</summary>
    internal static string Assemble(string text) => Known.GetOrAdd(text, AssembleAnew);

    private static string AssembleAnew(string text)
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
