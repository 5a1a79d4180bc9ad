using System;
using System.Diagnostics.CodeAnalysis;

namespace Samples;

/// <summary>Which verbs this program has. Each brings the kernels of its models along, and a program compiled ahead of time
/// is as large as what it has.</summary>
internal static class Verbs
{
    /// <summary>The samples beside <c>digits</c>; false when built with <c>Samples.Others</c> off.</summary>
    [FeatureSwitchDefinition("Samples.Others")]
    public static bool HasOthers => !AppContext.TryGetSwitch("Samples.Others", out bool present) || present;

    /// <summary>The verbs that show every model of the library; false when built with <c>Samples.DeveloperTools</c>
    /// off.</summary>
    [FeatureSwitchDefinition("Samples.DeveloperTools")]
    public static bool HasDeveloperTools => !AppContext.TryGetSwitch("Samples.DeveloperTools", out bool present) || present;
}
