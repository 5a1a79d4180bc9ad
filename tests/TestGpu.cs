#if RUNTIME_ALIAS
extern alias runtime;
#endif
using System;
using System.Linq;
using Xunit;
#if RUNTIME_ALIAS
using runtime::Dsl;
using runtime::Dsl.Gpu;
#else
using Dsl.Gpu;
#endif

namespace Dsl.Tests;

/// <summary>The accelerator that tests run on: the first of the kind that DSL_GPU names, <c>opencl</c> when it is not
/// set, or <c>cuda</c>.</summary>
internal static class TestGpu
{
    private static readonly Lazy<string> s_missing = new(static () =>
        string.Join("; ", GpuDevices.Find().Where(static d => d.Kind == Kind.Title).Select(static d => d.Detail)));

    private static readonly Lazy<bool> s_present = new(static () =>
        GpuDevices.Find().Any(static d => d.Kind == Kind.Title && d.Usable));

    /// <summary>Its name, as <see cref="Device.Parse"/> takes it.</summary>
    public static string Name { get; } = Environment.GetEnvironmentVariable("DSL_GPU") ?? "opencl";

    /// <summary>Sessions run on it.</summary>
    public static Device Device => Device.Parse(Name);

    /// <summary>Whether this machine has it.</summary>
    public static bool IsPresent => s_present.Value;

    private static (GpuKind Kind, string Title) Kind => Name switch
    {
        "opencl" => (GpuKind.OpenCL, "OpenCL"),
        "cuda" => (GpuKind.Cuda, "CUDA"),
        _ => throw new InvalidOperationException($"DSL_GPU is '{Name}': 'opencl' and 'cuda' are known."),
    };

    /// <summary>What its reports begin with.</summary>
    public static string Title => Kind.Title;

    /// <summary>A new engine on it.</summary>
    public static GpuEngine Engine() => new(Kind.Kind);

    /// <summary>Skips the test where there is none, or fails it where DSL_REQUIRE_GPU=1 promises one.</summary>
    public static void Require()
    {
        if (Environment.GetEnvironmentVariable("DSL_REQUIRE_GPU") == "1")
        {
            Assert.True(IsPresent, $"DSL_REQUIRE_GPU=1, but there is no {Title} device: {s_missing.Value}");
        }

        Skip.IfNot(IsPresent, $"No {Title} device: {s_missing.Value}");
    }
}

/// <summary>Keeps the accelerator open between tests of a class, so that a driver starts its compiler once and kernels that
/// sessions share are compiled once.</summary>
public sealed class OpenGpu : IDisposable
{
    private readonly GpuEngine? _engine = TestGpu.IsPresent ? TestGpu.Engine() : null;

    public void Dispose() => _engine?.Dispose();
}
