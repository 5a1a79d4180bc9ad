using System;

namespace Dsl;

/// <summary>
/// A block as text, written by the generator on the block's generated half, so that a project that only sees the
/// compiled assembly can use it as a layer. Not for writing by hand.
/// </summary>
/// <param name="version">The version of the text form; a reader refuses versions it does not know.</param>
/// <param name="text">The block, and the blocks it uses.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BlockSpecAttribute(int version, string text) : Attribute
{
    /// <summary>The version of the text form.</summary>
    public int Version { get; } = version;

    /// <summary>The block, and the blocks it uses.</summary>
    public string Text { get; } = text;
}
