using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Dsl.Gpu;

/// <summary>One device, or why there is none of its kind.</summary>
/// <param name="Kind">CUDA or OpenCL.</param>
/// <param name="Name">The device's name; empty where there is none.</param>
/// <param name="Usable">Whether a session can run on it.</param>
/// <param name="Detail">Memory and capability, or the reason why it cannot be used.</param>
internal sealed record GpuDeviceReport(string Kind, string Name, bool Usable, string Detail);

/// <summary>Finds the devices a session could run on, and says what is missing for those it cannot.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal static class GpuDevices
{
    /// <summary>Every device of every kind; for a kind without one, a line that says why. Never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a driver does wrong is what this has to report.")]
    internal static IReadOnlyList<GpuDeviceReport> Find()
    {
        var reports = new List<GpuDeviceReport>();
        foreach (var kind in (ReadOnlySpan<GpuKind>)[GpuKind.Cuda, GpuKind.OpenCL])
        {
            try
            {
                Find(kind, reports);
            }
            catch (Exception e)
            {
                string name = GpuContexts.Name(kind);
                reports.Add(new GpuDeviceReport(name, "", false, $"looking for devices failed: {e.Message}"));
            }
        }

        return reports;
    }

    private static void Find(GpuKind kind, List<GpuDeviceReport> reports)
    {
        string name = GpuContexts.Name(kind);
        string library = GpuContexts.Library(kind);
        if (!NativeLibrary.TryLoad(library, out _))
        {
            reports.Add(new GpuDeviceReport(name, "", false, $"the driver library {library} is not installed"));
            return;
        }

        using var context = GpuContexts.Create(kind);
        int index = 0;
        foreach (var device in context.Devices)
        {
            if (device is CudaDevice or CLDevice)
            {
                reports.Add(Try(kind, name, context, device, index++));
            }
        }

        if (index == 0)
        {
            reports.Add(new GpuDeviceReport(name, "", false, $"{library} is installed but reports no device"));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a driver does wrong is what this has to report.")]
    private static GpuDeviceReport Try(GpuKind kind, string name, Context context, ILGPU.Runtime.Device device, int index)
    {
        string memory = $"{device.MemorySize >> 20} MiB";
        string capability = device switch
        {
            CudaDevice cuda => $"compute capability {cuda.Architecture}, driver {cuda.DriverVersion}",
            CLDevice cl => $"{cl.DeviceVersion}, {cl.VendorName}",
            _ => "",
        };
        try
        {
            using var accelerator = GpuContexts.Accelerator(context, kind, index);
            return accelerator.MaxNumThreadsPerGroup < GpuKernels.MaxThreads
                ? new GpuDeviceReport(
                    name, device.Name, false,
                    $"needs groups of {GpuKernels.MaxThreads} threads, has {accelerator.MaxNumThreadsPerGroup}")
                : new GpuDeviceReport(name, device.Name, true, $"{memory}, {capability}");
        }
        catch (Exception e)
        {
            return new GpuDeviceReport(name, device.Name, false, $"{memory}, {capability}: {e.Message}");
        }
    }
}
