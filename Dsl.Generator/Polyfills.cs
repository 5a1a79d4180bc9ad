#pragma warning disable IDE0130, IDE0161 // The compiler looks for this type in this namespace.
namespace System.Runtime.CompilerServices
{
    /// <summary>Lets netstandard2.0 compile records and init-only properties.</summary>
    internal static class IsExternalInit
    {
    }
}
