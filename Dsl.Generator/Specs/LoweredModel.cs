using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Specs;

/// <summary>A model after lowering: graphs of ops, the parameters, what the surface tells, and what is wrong.</summary>
/// <param name="Spec">What it was lowered from.</param>
/// <param name="Forward">Null when <paramref name="Problems"/> made it impossible.</param>
/// <param name="Loss">Null when not declared or impossible.</param>
/// <param name="Train">The loss as a step of training computes it, with the next values of states as further outputs;
/// the same graph as <paramref name="Loss"/> when nothing depends on <c>Training</c>.</param>
/// <param name="Parameters">In layer order; states, too.</param>
/// <param name="Layers">In layer order: the table of hovers and of <c>Summary</c>.</param>
/// <param name="Problems">Diagnostics by site; equatable, so that they are cached apart from the graphs.</param>
internal sealed record LoweredModel(
    ModelSpec Spec,
    Graph? Forward,
    Graph? Loss,
    Graph? Train,
    EquatableArray<ParameterSpec> Parameters,
    EquatableArray<LayerReport> Layers,
    EquatableArray<Problem> Problems);

/// <summary>A learned tensor.</summary>
/// <param name="Name">The checkpoint key, <c>Stem.Weight</c>.</param>
/// <param name="Shape">Logical extents: always constants.</param>
/// <param name="Initializer">The call that makes its initial values, e.g. <c>KaimingUniform(9)</c>, a static factory of <c>Dsl.Initializer</c>.</param>
/// <param name="Decays">False for biases and norms.</param>
internal sealed record ParameterSpec(string Name, EquatableArray<int> Shape, string Initializer, bool Decays)
{
    /// <summary>False for a state: kept and saved, but no gradient changes it.</summary>
    public bool Learns { get; init; } = true;

    /// <summary>Whether its learning rate is bounded: it acts through every position of a recurrence.</summary>
    public bool LearnsSlowly { get; init; }

    /// <summary>Among how many ranks it is sharded; the shape is that of one.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Of a state that counts steps, the arguments of the runtime's <c>MarginAnnealing</c>; empty for all others.</summary>
    public string Annealing { get; init; } = "";
}

/// <summary>What the build knows about a layer where it is first called.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Kind">Its attribute.</param>
/// <param name="Input">Logical input shape as text, <c>b, 32, 28, 28</c>.</param>
/// <param name="Output">Logical output shape as text.</param>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="Flops">Floating-point operations of one forward, a size formula.</param>
internal sealed record LayerReport(string Name, string Kind, string Input, string Output, long Parameters, string Flops)
{
    /// <summary>The receptive field in the first image of the function that the layer depends on; null without one.</summary>
    public FieldSpec? Field { get; init; }

    /// <summary>How many blocks it is inside of. What these count is in their lines, too.</summary>
    public int Depth { get; init; }
}

/// <summary>A diagnostic without its location.</summary>
/// <param name="Id">DSLnnnn.</param>
/// <param name="Site">Where, as an ordinal of the source map.</param>
/// <param name="Arguments">The arguments of the descriptor's message.</param>
internal sealed record Problem(string Id, int Site, EquatableArray<string> Arguments)
{
    /// <summary>Changes of the source, each of which removes it: what the code fixes offer.</summary>
    public EquatableArray<Remedy> Remedies { get; init; }
}

/// <summary>A change of the source without its location.</summary>
/// <param name="Verb">What is done, one of <see cref="Diagnostics.RemedyVerbs"/>.</param>
/// <param name="Site">To what, as an ordinal of the source map.</param>
/// <param name="Text">With what; each verb says how it is written.</param>
internal sealed record Remedy(string Verb, int Site, string Text);
