using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Dsl.Gpu;

/// <summary>
/// Whether GPU code is part of the program. A program that is trimmed or compiled ahead of time leaves it out with
/// <c>&lt;RuntimeHostConfigurationOption Include="Dsl.Gpu" Value="false" Trim="true" /&gt;</c>.
/// </summary>
public static class GpuSupport
{
    /// <summary>False when the switch <c>Dsl.Gpu</c> is off, or the program is compiled ahead of time. Everything that
    /// reaches a GPU asks this first, so that a trimmer can drop what lies behind it.</summary>
    [SuppressMessage("Trimming", "IL4000", Justification = "No property tells whether code was trimmed.")]
    [FeatureSwitchDefinition("Dsl.Gpu")]
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    public static bool IsSupported =>
        RuntimeFeature.IsDynamicCodeSupported && (!AppContext.TryGetSwitch("Dsl.Gpu", out bool on) || on);

    /// <summary>Why GPU classes cannot be compiled ahead of time.</summary>
    internal const string Reason = "ILGPU compiles kernels from IL and generates their launchers at run time.";
}
