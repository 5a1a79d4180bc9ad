using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Dsl.Gpu;

/// <summary>A kernel of an OpenCL program. ILGPU builds a program for each kernel, and its launchers start only those;
/// all our kernels have one signature, so one launcher serves them.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal sealed class OpenClKernel
{
    private readonly nint _kernel;

    private OpenClKernel(nint kernel) => _kernel = kernel;

    /// <summary>Builds kernels as one program, which lives as long as the accelerator's context.</summary>
    /// <exception cref="NotSupportedException">The driver refuses the text; with its words.</exception>
    internal static OpenClKernel[] Build(CLAccelerator accelerator, IReadOnlyList<CLCompiledKernel> kernels)
    {
        var program = OpenClText.Join(kernels);
        var error = CLKernel.LoadKernel(
            accelerator, program.Names[0], program.Text, kernels[0].CVersion,
            out nint handle, out nint first, out string? log);
        if (error != CLError.CL_SUCCESS)
        {
            throw new NotSupportedException(
                $"{accelerator.Name} refuses the kernels {string.Join(", ", program.Names)}: {error}. {log}");
        }

        var built = new OpenClKernel[kernels.Count];
        built[0] = new OpenClKernel(first);
        for (int i = 1; i < built.Length; i++)
        {
            CLException.ThrowIfFailed(CLAPI.CurrentAPI.CreateKernel(handle, program.Names[i], out nint kernel));
            built[i] = new OpenClKernel(kernel);
        }

        // Kernels keep their program.
        CLException.ThrowIfFailed(CLAPI.CurrentAPI.ReleaseProgram(handle));
        return built;
    }

    /// <summary>Enqueues the kernel. <paramref name="memory"/> is a whole buffer.</summary>
    internal unsafe void Launch<TGeometry>(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> memory, Slots slots, TGeometry geometry)
        where TGeometry : unmanaged
    {
        nint buffer = BufferOf(memory);
        var view = new ViewArgument { Length = memory.Length };
        Argument(0, sizeof(nint), &buffer);
        Argument(1, sizeof(ViewArgument), &view);
        Argument(2, sizeof(Slots), &slots);
        Argument(3, sizeof(TGeometry), &geometry);
        nint threads = config.GroupDim.X;
        nint all = threads * config.GridDim.X;
        CLException.ThrowIfFailed(CLAPI.CurrentAPI.LaunchKernelUnsafe(
            ((CLStream)stream).CommandQueue, _kernel, 1, null, &all, &threads));
    }

    private unsafe void Argument(int index, int size, void* value) =>
        CLException.ThrowIfFailed(CLAPI.CurrentAPI.SetKernelArgumentUnsafe(_kernel, index, size, value));

    // Generic, so that the view is not boxed: a launch allocates nothing.
    private static nint BufferOf<TView>(in TView view)
        where TView : struct, IArrayView => view.Buffer.NativePtr;

    /// <summary>What follows the buffer of a view in ILGPU's signatures: first element and length.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ViewArgument
    {
        internal int Index;
        internal long Length;
    }
}
