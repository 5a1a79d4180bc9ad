#pragma warning disable IDE0130, IDE0161 // The compiler looks for this type in this namespace.
namespace System.Runtime.CompilerServices
{
    /// <summary>Lets netstandard2.0 compile records and init-only properties.</summary>
    internal static class IsExternalInit
    {
    }
}

namespace System.Runtime.CompilerServices
{
    /// <summary>Lets netstandard2.0 compile required members.</summary>
    [AttributeUsage(AttributeTargets.All)]
    internal sealed class RequiredMemberAttribute : Attribute
    {
    }

    /// <summary>Lets netstandard2.0 compile required members.</summary>
    [AttributeUsage(AttributeTargets.All)]
    internal sealed class CompilerFeatureRequiredAttribute : Attribute
    {
        public CompilerFeatureRequiredAttribute(string featureName) => FeatureName = featureName;

        public string FeatureName { get; }
    }
}

namespace System.Runtime.CompilerServices
{
    /// <summary>Lets netstandard2.0 compile handlers of interpolated strings.</summary>
    [AttributeUsage(AttributeTargets.Struct)]
    internal sealed class InterpolatedStringHandlerAttribute : Attribute
    {
    }

    /// <summary>Lets netstandard2.0 compile handlers of interpolated strings.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    internal sealed class InterpolatedStringHandlerArgumentAttribute : Attribute
    {
        public InterpolatedStringHandlerArgumentAttribute(string argument) => Argument = argument;

        public string Argument { get; }
    }
}

namespace System.Diagnostics.CodeAnalysis
{
    /// <summary>Lets netstandard2.0 compile records with required members.</summary>
    [AttributeUsage(AttributeTargets.Constructor)]
    internal sealed class SetsRequiredMembersAttribute : Attribute
    {
    }
}
