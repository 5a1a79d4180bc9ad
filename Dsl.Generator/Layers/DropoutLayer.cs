using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Layers;

/// <summary>In training every element is 0 with a probability, else scaled so that the expectation stays; otherwise
/// nothing happens.</summary>
internal sealed class DropoutLayer : ILayer
{
    public string Kind => "Dropout";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Rate", ArgumentKind.Number, null),
    };

    public Node Lower(LayerContext context) => context.Dropout(
        context.Tensor(0), context.Number("Rate", static r => r is >= 0 and < 1, "a number from 0 to below 1"));
}
