using System;

namespace Dsl;

/// <summary>
/// A pointwise function as text, written by the generator on the class that declares it, so that a project that only
/// sees the compiled assembly can still read, differentiate and fuse it. Not for writing by hand.
/// </summary>
/// <param name="version">The version of the text form; a reader refuses versions it does not know.</param>
/// <param name="name">The function's name.</param>
/// <param name="parameters">The parameters' names, separated by commas.</param>
/// <param name="body">The body in prefix form, e.g. <c>(mul x (sigmoid x))</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PointwiseSpecAttribute(int version, string name, string parameters, string body) : Attribute
{
    /// <summary>The version of the text form.</summary>
    public int Version { get; } = version;

    /// <summary>The function's name.</summary>
    public string Name { get; } = name;

    /// <summary>The parameters' names, separated by commas.</summary>
    public string Parameters { get; } = parameters;

    /// <summary>The body in prefix form.</summary>
    public string Body { get; } = body;
}
