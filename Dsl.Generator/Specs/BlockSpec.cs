using System.Linq;

namespace Dsl.Generator.Specs;

/// <summary>
/// A block class as read. What depends on its constructor arguments stays text, so one spec serves every use. A block
/// of another assembly is read from the text that its generated half carries; its sites are -1.
/// </summary>
/// <param name="Name">Namespace and class name.</param>
/// <param name="Parameters">Of the primary constructor.</param>
/// <param name="Layers">The annotated partial methods, in source order.</param>
/// <param name="Variants"><c>Forward</c>, once for every outcome of its conditions on constructor parameters.</param>
/// <param name="Pointwise">The pointwise functions that occur in <c>Map</c>, by name.</param>
/// <param name="Site">The class identifier.</param>
internal sealed record BlockSpec(
    string Name,
    EquatableArray<BlockParameterSpec> Parameters,
    EquatableArray<LayerSpec> Layers,
    EquatableArray<FunctionSpec> Variants,
    EquatableArray<PointwiseSpec> Pointwise,
    int Site)
{
    /// <summary>The class name without its namespace.</summary>
    public string ShortName => Name.Substring(Name.LastIndexOf('.') + 1);

    /// <summary>As another assembly sees it: without sites, which mean nothing there, and without what only the block's
    /// own generated half needs.</summary>
    public BlockSpec Carried() => this with
    {
        Layers = Layers.Select(Carried).ToEquatable(),
        Variants = Variants.Select(static v => v with
        {
            Inputs = v.Inputs.Select(Carried).ToEquatable(),
            Steps = v.Steps.Select(static s => s with { Site = -1 }).ToEquatable(),
            Site = -1,
        }).ToEquatable(),
        Site = -1,
    };

    private static LayerSpec Carried(LayerSpec layer) => layer with
    {
        Declaration = "",
        Inputs = layer.Inputs.Select(Carried).ToEquatable(),
        Arguments = layer.Arguments.Select(static a => a with { Site = -1 }).ToEquatable(),
        Repeat = layer.Repeat is { } repeat ? repeat with { Site = -1 } : null,
        Tied = layer.Tied is { } tied ? tied with { Site = -1 } : null,
        Documentation = "",
        Site = -1,
    };

    private static InputSpec Carried(InputSpec input) => input with { Site = -1 };
}

/// <summary>A constructor parameter of a block.</summary>
/// <param name="Name">Its name, which wins over a symbolic size.</param>
/// <param name="Type"><c>int</c>, <c>bool</c>, <c>string</c>, or the full name of an enum.</param>
/// <param name="Default">Its default as an argument's text; null when there is none.</param>
internal sealed record BlockParameterSpec(string Name, string Type, string? Default);

/// <summary>A condition on constructor parameters.</summary>
/// <param name="Expression">An expression of <see cref="ArgumentExpression"/>.</param>
/// <param name="Holds">The outcome that is meant.</param>
internal sealed record ConditionSpec(string Expression, bool Holds);
