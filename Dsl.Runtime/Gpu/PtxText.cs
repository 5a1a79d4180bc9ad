using System;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// Compiles kernels to PTX and makes the text sound: at O2 ILGPU marks divergent branches <c>.uni</c>, which promises
/// the driver that all threads of a warp take them. It is not true, and it keeps ptxas from unrolling.
/// </summary>
internal static partial class PtxText
{
    private static readonly FieldInfo Assembly = typeof(PTXCompiledKernel).GetField(
        "<PTXAssembly>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new NotSupportedException("PTXCompiledKernel of this ILGPU keeps its text elsewhere.");

    /// <summary>What every kernel promises: no larger groups than <see cref="GpuKernels.MaxThreads"/>.</summary>
    internal static KernelSpecialization Specialization { get; } = new(GpuKernels.MaxThreads, null);

    /// <summary>Compiles an explicitly grouped kernel; patches its text where it is PTX.</summary>
    [RequiresDynamicCode(GpuSupport.Reason)]
    [RequiresUnreferencedCode(GpuSupport.Reason)]
    internal static CompiledKernel Compile(Backend backend, MethodInfo kernel)
    {
        // What a context compiled before has changed, or broken, what it compiles next.
        backend.Context.ClearCache(ClearCacheMode.Everything);
        var compiled = backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), Specialization);
        if (compiled is PTXCompiledKernel ptx)
        {
            Assembly.SetValue(ptx, UniformBranch().Replace(ptx.PTXAssembly, "$1"));
        }

        return compiled;
    }

    /// <summary>Whether a text promises that a branch is uniform.</summary>
    internal static bool HasUniformBranch(string text) => UniformBranch().IsMatch(text);

    [GeneratedRegex(@"\b(bra|brx\.idx)\.uni\b")]
    private static partial Regex UniformBranch();
}
