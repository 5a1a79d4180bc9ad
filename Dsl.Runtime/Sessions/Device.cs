using System;
using System.Globalization;
using Dsl.Gpu;
using Dsl.Host;
using Dsl.Sessions;

namespace Dsl;

/// <summary>Where a session runs.</summary>
public sealed record Device
{
    private readonly GpuKind? _gpu;

    private Device(string name, int threads, GpuKind? gpu) => (Name, Threads, _gpu) = (name, threads, gpu);

    /// <summary>The names that <see cref="Parse"/> takes.</summary>
    public static string Names => "host, cuda, opencl, ilgpu-cpu";

    /// <summary>host, cuda, opencl or ilgpu-cpu.</summary>
    public string Name { get; }

    /// <summary>Threads of a host device; 0 for one per core.</summary>
    public int Threads { get; }

    /// <summary>Whether it is an accelerator, or one that the processor plays.</summary>
    internal bool IsGpu => _gpu is not null;

    /// <summary>The processor, with SIMD and a team of threads.</summary>
    /// <param name="threads">How many; 0 for one per core. Results do not depend on it, bit for bit.</param>
    public static Device Host(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return new("host", threads, null);
    }

    /// <summary>A device by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="threads">For the host; 0 for one per core.</param>
    /// <exception cref="ArgumentException">There is no device of this name.</exception>
    public static Device Parse(string name, int threads = 0) => name switch
    {
        "host" => Host(threads),
        "cuda" => new("cuda", 0, GpuKind.Cuda),
        "opencl" => new("opencl", 0, GpuKind.OpenCL),
        "ilgpu-cpu" => new("ilgpu-cpu", 0, GpuKind.Simulated),
        _ => throw new ArgumentException($"There is no device '{name}'; there are {Names}.", nameof(name)),
    };

    /// <inheritdoc/>
    public override string ToString() =>
        Threads == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}, {Threads} threads");

    /// <summary>Takes the device into use.</summary>
    /// <exception cref="NotSupportedException">There is no such device here, or the program was built without GPU code.</exception>
    internal Engine CreateEngine()
    {
        if (_gpu is not { } kind)
        {
            return new HostEngine(Threads);
        }

        if (GpuSupport.IsSupported)
        {
            return new GpuEngine(kind);
        }

        throw new NotSupportedException($"This program was built without GPU code: '{Name}' is not available.");
    }
}
