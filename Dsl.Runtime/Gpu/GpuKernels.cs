using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

// ILGPU emits the launchers of kernels into an assembly of this name, and they take our structs of ints by value.
[assembly: InternalsVisibleTo("ILGPURuntime")]

namespace Dsl.Gpu;

/// <summary>A loaded kernel. Every kernel takes the session's memory, the slots and one struct of ints.</summary>
/// <typeparam name="TGeometry">Extents, strides and whatever else the kernel needs to know.</typeparam>
internal sealed class GpuKernel<TGeometry>
    where TGeometry : unmanaged
{
    private Action<AcceleratorStream, KernelConfig, ArrayView<float>, Slots, TGeometry>? _launcher;

    /// <summary>Makes the kernel ready to launch.</summary>
    internal void Bind(Action<AcceleratorStream, KernelConfig, ArrayView<float>, Slots, TGeometry> launcher) =>
        _launcher = launcher;

    /// <summary>Launches <paramref name="groups"/> groups of <paramref name="threads"/> threads; without groups,
    /// nothing.</summary>
    internal void Launch(
        AcceleratorStream stream,
        ArrayView<float> memory,
        in Slots slots,
        in TGeometry geometry,
        long groups,
        int threads)
    {
        if (groups > 0)
        {
            _launcher!(stream, new KernelConfig(checked((int)groups), threads), memory, slots, geometry);
        }
    }
}

/// <summary>Compiles and loads kernels: an engine does it for its accelerator, the PTX compiler only to see the
/// text.</summary>
internal abstract class GpuKernels
{
    /// <summary>No kernel is launched with larger groups; the driver allots registers for it.</summary>
    internal const int MaxThreads = 256;

    /// <summary>Compiles and loads an explicitly grouped kernel, once for each method.</summary>
    internal abstract GpuKernel<TGeometry> Load<TGeometry>(Action<ArrayView<float>, Slots, TGeometry> kernel)
        where TGeometry : unmanaged;
}

/// <summary>A kernel that only some extents need: loaded when it is first asked for.</summary>
/// <typeparam name="TGeometry">See <see cref="GpuKernel{TGeometry}"/>.</typeparam>
internal sealed class LazyKernel<TGeometry>(GpuKernels kernels, Action<ArrayView<float>, Slots, TGeometry> kernel)
    where TGeometry : unmanaged
{
    private GpuKernel<TGeometry>? _loaded;

    /// <summary>The loaded kernel.</summary>
    internal GpuKernel<TGeometry> Value => _loaded ??= kernels.Load(kernel);
}

/// <summary>A launch with its loaded kernels.</summary>
internal abstract class GpuLaunch
{
    /// <summary>Where its working memory begins.</summary>
    internal int Working { get; set; }

    /// <summary>Loads what the present extents need beyond what is loaded. Called before every run; allocates nothing
    /// once extents were seen.</summary>
    /// <returns>Elements of working memory that the run needs; no launch leaves anything there for another.</returns>
    internal virtual long Prepare() => 0;

    /// <summary>Loads what some extents need, too.</summary>
    internal virtual void LoadAll()
    {
    }

    /// <summary>Enqueues the kernels with the launch's present offsets and extents. Allocates nothing.</summary>
    internal abstract void Run(AcceleratorStream stream, ArrayView<float> memory);

    /// <summary>Groups of <see cref="GpuKernels.MaxThreads"/> threads that cover <paramref name="items"/>
    /// items.</summary>
    private protected static long Groups(long items) => (items + GpuKernels.MaxThreads - 1) / GpuKernels.MaxThreads;

    /// <summary>The index of this thread's item, where each thread has one.</summary>
    internal static int Item => (Grid.IdxX * GpuKernels.MaxThreads) + Group.IdxX;
}
