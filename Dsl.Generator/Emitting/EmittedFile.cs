using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>A generated file, and what went wrong while it was written.</summary>
/// <param name="Key">The class.</param>
/// <param name="HintName">Its name in the compilation.</param>
/// <param name="Text">Empty: no file.</param>
/// <param name="Problems">DSL9001, or nothing.</param>
internal sealed record EmittedFile(string Key, string HintName, string Text, EquatableArray<Problem> Problems)
{
    /// <summary>The register tiles that it uses.</summary>
    public EquatableArray<Tile> Tiles { get; init; }
}
