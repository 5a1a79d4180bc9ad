using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// An accelerator in use, with the kernels compiled for it. Engines on the same accelerator share it: a second session
/// of a model compiles nothing and costs no second context, which is hundreds of megabytes on CUDA.
/// </summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal sealed class GpuDevice
{
    private static readonly Lock Registry = new();
    private static readonly Dictionary<(GpuKind Kind, int Index), GpuDevice> InUse = [];

    private readonly (GpuKind, int) _key;
    private readonly Context _context;
    private int _users;

    private GpuDevice(GpuKind kind, int index)
    {
        _key = (kind, index);
        _context = GpuContexts.Create(kind);
        try
        {
            Accelerator = GpuContexts.Accelerator(_context, kind, index);
        }
        catch
        {
            _context.Dispose();
            throw;
        }

        Kernels = new LoadedKernels(Accelerator);
    }

    /// <summary>The accelerator.</summary>
    internal Accelerator Accelerator { get; }

    /// <summary>Every kernel loaded on it so far.</summary>
    internal LoadedKernels Kernels { get; }

    /// <summary>Held while kernels are loaded or enqueued: an OpenCL kernel keeps its arguments.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Takes a device into use; every call needs a <see cref="Release"/>.</summary>
    /// <param name="kind">What drives it.</param>
    /// <param name="index">Which of its kind, from 0.</param>
    /// <exception cref="NotSupportedException">There is no such device.</exception>
    internal static GpuDevice Take(GpuKind kind, int index)
    {
        lock (Registry)
        {
            if (!InUse.TryGetValue((kind, index), out var device))
            {
                device = new GpuDevice(kind, index);
                InUse.Add((kind, index), device);
            }

            device._users++;
            return device;
        }
    }

    /// <summary>Gives the device back; without users its context is closed.</summary>
    internal void Release()
    {
        lock (Registry)
        {
            if (--_users == 0)
            {
                Retire();
                Accelerator.Dispose();
                _context.Dispose();
            }
        }
    }

    /// <summary>Leaves the device to its present users: a compilation that failed leaves its context unusable for
    /// others.</summary>
    internal void Retire()
    {
        lock (Registry)
        {
            if (InUse.TryGetValue(_key, out var device) && device == this)
            {
                InUse.Remove(_key);
            }
        }
    }
}
