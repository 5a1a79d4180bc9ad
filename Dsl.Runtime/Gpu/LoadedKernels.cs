using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Dsl.Gpu;

/// <summary>The kernels of an accelerator, each compiled once. On OpenCL those that a session loads are built as
/// one program: a driver reads all its declarations for every program, which takes longer than most kernels.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal sealed class LoadedKernels(Accelerator accelerator) : GpuKernels
{
    private readonly Dictionary<MethodInfo, object> _loaded = [];
    private readonly List<CLCompiledKernel> _waiting = [];
    private readonly List<Action<OpenClKernel>> _bindings = [];

    internal override GpuKernel<TGeometry> Load<TGeometry>(Action<ArrayView<float>, Slots, TGeometry> kernel)
    {
        if (_loaded.TryGetValue(kernel.Method, out var known))
        {
            return (GpuKernel<TGeometry>)known;
        }

        // One path for every device, so that what is tested on OpenCL is what runs on CUDA.
        var loaded = new GpuKernel<TGeometry>();
        var compiled = PtxText.Compile(accelerator.GetBackend(), kernel.Method);
        if (compiled is CLCompiledKernel text)
        {
            _waiting.Add(text);
            _bindings.Add(built => loaded.Bind(built.Launch));
        }
        else
        {
            loaded.Bind(accelerator.LoadKernel(compiled).CreateLauncherDelegate<
                Action<AcceleratorStream, KernelConfig, ArrayView<float>, Slots, TGeometry>>());
        }

        _loaded.Add(kernel.Method, loaded);
        return loaded;
    }

    /// <summary>Whether kernels were loaded since the last <see cref="Build"/>.</summary>
    internal bool IsWaiting => _waiting.Count > 0;

    /// <summary>Builds what was loaded since the last call; before that it cannot be launched.</summary>
    /// <exception cref="NotSupportedException">The driver does not take a kernel; with its words.</exception>
    internal void Build()
    {
        if (_waiting.Count > 0)
        {
            // Cleared first: what a driver refuses must not stand in the way of other sessions.
            CLCompiledKernel[] kernels = [.. _waiting];
            Action<OpenClKernel>[] bindings = [.. _bindings];
            _waiting.Clear();
            _bindings.Clear();
            var built = OpenClKernel.Build((CLAccelerator)accelerator, kernels);
            for (int i = 0; i < built.Length; i++)
            {
                bindings[i](built[i]);
            }
        }
    }
}
