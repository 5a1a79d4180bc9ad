using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Dsl.Gpu;

/// <summary>What drives a device.</summary>
internal enum GpuKind
{
    /// <summary>NVIDIA, through PTX.</summary>
    Cuda,

    /// <summary>Any OpenCL 2 driver, PoCL on a CPU included.</summary>
    OpenCL,

    /// <summary>ILGPU's interpreter of kernels on threads: for debugging.</summary>
    Simulated,
}

/// <summary>Creates ILGPU contexts, one for each kind of device.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal static class GpuContexts
{
    private static readonly bool Resolving = ResolveDrivers();

    /// <summary>A context that knows the devices of one kind (there may be none).</summary>
    internal static Context Create(GpuKind kind)
    {
        _ = Resolving;
        return Context.Create(b =>
        {
            b.Optimize(OptimizationLevel.O2);
            switch (kind)
            {
                case GpuKind.Cuda:
                    b.Cuda();
                    break;
                case GpuKind.OpenCL:
                    b.OpenCL(Admit);
                    break;
                default:
                    b.CPU(CPUDeviceKind.Nvidia);
                    break;
            }
        });
    }

    /// <summary>Creates the accelerator of a context's device.</summary>
    internal static Accelerator Accelerator(Context context, GpuKind kind, int index)
    {
        int seen = 0;
        foreach (var device in context.Devices)
        {
            if (device.AcceleratorType == Type(kind) && seen++ == index)
            {
                return device is CPUDevice simulated
                    ? simulated.CreateCPUAccelerator(context, CPUAcceleratorMode.Auto)
                    : device.CreateAccelerator(context);
            }
        }

        throw new NotSupportedException($"There is no {Name(kind)} device {index}: {seen} found.");
    }

    /// <summary>The name of a kind for people.</summary>
    internal static string Name(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => "CUDA",
        GpuKind.OpenCL => "OpenCL",
        _ => "simulated GPU",
    };

    /// <summary>The driver library of a kind, as the operating system names it.</summary>
    internal static string Library(GpuKind kind) => (kind, OperatingSystem.IsWindows()) switch
    {
        (GpuKind.Cuda, true) => "nvcuda.dll",
        (GpuKind.Cuda, false) => "libcuda.so.1",
        (_, true) => "OpenCL.dll",
        _ => "libOpenCL.so.1",
    };

    private static AcceleratorType Type(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => AcceleratorType.Cuda,
        GpuKind.OpenCL => AcceleratorType.OpenCL,
        _ => AcceleratorType.CPU,
    };

    // ILGPU refuses devices that do not report a generic address space, though kernels that share memory as ours do
    // never need one; PoCL 3.1, the only OpenCL driver many machines can have, is such a device.
    private static bool Admit(CLDevice device)
    {
        if (!device.Capabilities.GenericAddressSpace)
        {
            typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))!
                .SetValue(device.Capabilities, true);
        }

        return true;
    }

    // ILGPU asks for libcuda.so and libOpenCL.so, names that only development packages install.
    private static bool ResolveDrivers()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) =>
            {
                nint handle = 0;
                if (!OperatingSystem.IsWindows())
                {
                    _ = name switch
                    {
                        "cuda" => NativeLibrary.TryLoad(Library(GpuKind.Cuda), out handle),
                        "OpenCL" => NativeLibrary.TryLoad(Library(GpuKind.OpenCL), out handle),
                        _ => false,
                    };
                }

                return handle;
            });
            return true;
        }
        catch (InvalidOperationException)
        {
            // The program has a resolver of its own, and it counts.
            return false;
        }
    }
}
