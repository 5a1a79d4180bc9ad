using System;

namespace Dsl.Generator.Autodiff;

/// <summary>
/// The outputs of a training graph that do not lie in the arena but in the session's region of gradients, in the place
/// of their parameter: its gradient, or for a state the value that the step gives it.
/// </summary>
internal static class RegionOutputs
{
    /// <summary>What follows a parameter's name in the name of its gradient.</summary>
    public const string Gradient = ".Gradient";

    /// <summary>What follows a state's name in the name of its next value.</summary>
    public const string Next = ".Next";

    /// <summary>Whether an output, or a buffer of that name, lies there.</summary>
    public static bool Contains(string name) => ParameterOf(name) is not null;

    /// <summary>The parameter or state whose place an output takes; null for a result.</summary>
    public static string? ParameterOf(string output) => Without(output, Gradient) ?? Without(output, Next);

    private static string? Without(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - suffix.Length) : null;
}
