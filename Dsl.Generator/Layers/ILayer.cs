using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Layers;

/// <summary>What the value of an attribute argument is.</summary>
internal enum ArgumentKind
{
    /// <summary>A size that must be a constant, within a range.</summary>
    Size,

    /// <summary>One or more sizes as above, with commas between them.</summary>
    Sizes,

    /// <summary>Sizes as above, or a word that stands for them: <c>same</c>.</summary>
    SizesOrWord,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,

    /// <summary>A number, within a range that the layer states.</summary>
    Number,

    /// <summary>An axis of the input; negative ones count from the end.</summary>
    Axis,

    /// <summary>The name of a pointwise function, or <c>None</c>.</summary>
    Activation,

    /// <summary>A member of an enum.</summary>
    Choice,
}

/// <summary>An argument of a layer's attribute.</summary>
/// <param name="Name">The property; the constructor parameter differs in its first letter only.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Default">Its value when not given; null when it must be.</param>
/// <param name="Minimum">The smallest allowed size.</param>
internal sealed record LayerArgument(string Name, ArgumentKind Kind, string? Default, int Minimum = 1);

/// <summary>A kind of layer: sugar over ops. Nothing after lowering knows that it exists.</summary>
internal interface ILayer
{
    /// <summary>The attribute without its suffix.</summary>
    string Kind { get; }

    /// <summary>The arguments of the attribute.</summary>
    IReadOnlyList<LayerArgument> Arguments { get; }

    /// <summary>Adds the layer's nodes and declares its parameters; the result. The context has the inputs, by position
    /// and kind.</summary>
    Node Lower(LayerContext context);
}
