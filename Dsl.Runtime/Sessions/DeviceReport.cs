using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Gpu;
using Dsl.Vectors;

namespace Dsl;

/// <summary>A device a session could run on, or why it cannot.</summary>
/// <param name="Device">The name <see cref="Device.Parse"/> takes.</param>
/// <param name="Name">What the hardware calls itself; empty where there is none.</param>
/// <param name="Usable">Whether a session can run on it.</param>
/// <param name="Detail">What would be used, or the reason why it cannot be.</param>
public sealed record DeviceReport(string Device, string Name, bool Usable, string Detail)
{
    /// <summary>The host and every kind of accelerator. Never throws.</summary>
    public static IReadOnlyList<DeviceReport> All()
    {
        var reports = new List<DeviceReport>
        {
            new("host", Environment.MachineName, true, string.Create(
                CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, vectors of {HostVectors.Width} floats")),
        };
        if (GpuSupport.IsSupported)
        {
            reports.AddRange(GpuDevices.Find().Select(static r =>
                new DeviceReport(r.Kind.ToLowerInvariant(), r.Name, r.Usable, r.Detail)));
            reports.Add(new DeviceReport("ilgpu-cpu", "simulated", true, "kernels on threads of the host, for debugging: slow"));
        }
        else
        {
            reports.Add(new DeviceReport("gpu", "", false, "this program was built without GPU code"));
        }

        return reports;
    }
}
