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
    /// <summary>After the comment at the head of a generated file: its signatures say what may be null, and its code takes
    /// no part in the analysis, which would be a quarter of the time to compile it.</summary>
    public const string Nullable = "#nullable enable annotations\n#nullable disable warnings\n";

    /// <summary>Of a tile here and an equal one of another assembly that is visible the compiler takes the one here.</summary>
    public const string OwnTiles = "#pragma warning disable CS0436 // Of two equal tiles the own one.\n";

    /// <summary>The register tiles that it uses.</summary>
    public EquatableArray<Tile> Tiles { get; init; }
}
