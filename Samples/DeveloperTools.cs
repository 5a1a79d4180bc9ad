using System;
using System.Diagnostics.CodeAnalysis;

namespace Samples;

/// <summary>Whether this program has the verbs that show every model of the library. A program compiled ahead of time
/// leaves them out: they would bring the kernels of all models along.</summary>
internal static class DeveloperTools
{
    /// <summary>False when built with <c>Samples.DeveloperTools</c> off.</summary>
    [FeatureSwitchDefinition("Samples.DeveloperTools")]
    public static bool ArePresent => !AppContext.TryGetSwitch("Samples.DeveloperTools", out bool present) || present;
}
