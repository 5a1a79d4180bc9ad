namespace Dsl.Generator.Specs;

/// <summary>
/// A model class as read: everything later stages know of the source. No symbols, no spans (a <c>Site</c> is an ordinal
/// that only the source map resolves), so an edit that changes nothing here re-runs nothing.
/// </summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Name">The class name.</param>
/// <param name="Declaration">The header of the generated half, e.g. <c>public sealed partial class</c>.</param>
/// <param name="Example">The value of <c>[Model(Example = "b=128")]</c>, or empty.</param>
/// <param name="Layers">The annotated partial methods, in source order.</param>
/// <param name="Functions"><c>Forward</c> and, when declared, <c>Loss</c>, both with <c>Training</c> false; then
/// <c>Train</c>, which is <c>Loss</c> with <c>Training</c> true, when it says something else. <c>Loss</c> has the call
/// of <c>Forward</c> inlined.</param>
/// <param name="Pointwise">The pointwise functions that occur in <c>Map</c>, by name.</param>
/// <param name="Site">The class identifier.</param>
internal sealed record ModelSpec(
    string Namespace,
    string Name,
    string Declaration,
    string Example,
    EquatableArray<LayerSpec> Layers,
    EquatableArray<FunctionSpec> Functions,
    EquatableArray<PointwiseSpec> Pointwise,
    int Site)
{
    /// <summary>Whether <c>[Model(InputGradients = true)]</c> asks for the program <c>Sensitivity</c>.</summary>
    public bool InputGradients { get; init; }

    /// <summary>The symbol of <c>[Model(Steps = "n")]</c>, which counts positions; empty when no program <c>Step</c> is
    /// asked for.</summary>
    public string Steps { get; init; } = "";

    /// <summary>The blocks used, directly or by other blocks, by name.</summary>
    public EquatableArray<BlockSpec> Blocks { get; init; }
}

/// <summary>An annotated partial method.</summary>
/// <param name="Name">The method's name: the layer's name, and the prefix of its parameters' names.</param>
/// <param name="Kind">The attribute without its suffix: <c>Perceptron</c>, <c>Conv</c>.</param>
/// <param name="Declaration">Modifiers and return type as written, e.g. <c>private partial
/// global::Dsl.Tensor</c>.</param>
/// <param name="Inputs">The method's parameters.</param>
/// <param name="Arguments">The attribute's arguments by name; constructor arguments under their parameter's
/// name.</param>
/// <param name="Documentation">The user's XML documentation, verbatim lines without <c>///</c>; empty when
/// none.</param>
/// <param name="Site">The method's identifier.</param>
internal sealed record LayerSpec(
    string Name,
    string Kind,
    string Declaration,
    EquatableArray<InputSpec> Inputs,
    EquatableArray<ArgumentSpec> Arguments,
    string Documentation,
    int Site)
{
    /// <summary>Of <c>[Use]</c>: the block's full name. <paramref name="Arguments"/> are then all its constructor
    /// arguments. Else empty.</summary>
    public string Block { get; init; } = "";

    /// <summary>Of <c>[Use(Repeat = …)]</c>: how often; null when not given.</summary>
    public ArgumentSpec? Repeat { get; init; }

    /// <summary>Of <c>[Use]</c>: whether the method or the block has <c>[Recompute]</c>.</summary>
    public bool Recompute { get; init; }

    /// <summary>Whether the method or its block has <c>[Reversible]</c>.</summary>
    public bool Reversible { get; init; }

    /// <summary>Whether the method of a layer returns the state behind the last position, too.</summary>
    public bool GivesState { get; init; }

    /// <summary>Of <c>[Tied]</c>: the layer whose Weight is this one's; null when not given.</summary>
    public ArgumentSpec? Tied { get; init; }
}

/// <summary>One attribute argument: ints, bools, doubles and strings in invariant text, an enum as its member's name.
/// <c>=</c> and an expression of <see cref="ArgumentExpression"/> when it depends on the arguments of the block around
/// it; of an int also a size over their names.</summary>
internal sealed record ArgumentSpec(string Name, string Value, int Site);

/// <summary>A parameter of a layer, of <c>Forward</c> or of <c>Loss</c>.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Integers">True for an <c>IntTensor</c>.</param>
/// <param name="HasShape">Whether a <c>[Shape]</c> was given.</param>
/// <param name="Dims">The dimensions in the size grammar.</param>
/// <param name="Site">The parameter's identifier.</param>
internal sealed record InputSpec(string Name, bool Integers, bool HasShape, EquatableArray<string> Dims, int Site)
{
    /// <summary>The symbolic size of <c>[Lengths]</c>: of how many of its positions each sequence has; empty without.</summary>
    public string LengthsOf { get; init; } = "";
}

/// <summary>
/// A function read as dataflow: steps in order, values numbered. Values 0 … Inputs-1 are the inputs; every step defines
/// the values that follow those of the step before it. Locals, loops, inlined calls and conditions on constants are
/// gone.
/// </summary>
/// <param name="Name"><c>Forward</c>, <c>Loss</c> or <c>Train</c>.</param>
/// <param name="Inputs">The parameters.</param>
/// <param name="Steps">One value each, or several.</param>
/// <param name="Results">The values returned: one, or the elements of a tuple.</param>
/// <param name="HasResultShape">Whether <c>[return: Shape]</c> was given: a claim to check, of a single result.</param>
/// <param name="ResultDims">The claimed dimensions.</param>
/// <param name="Site">The method's identifier.</param>
internal sealed record FunctionSpec(
    string Name,
    EquatableArray<InputSpec> Inputs,
    EquatableArray<StepSpec> Steps,
    EquatableArray<ResultSpec> Results,
    bool HasResultShape,
    EquatableArray<string> ResultDims,
    int Site)
{
    /// <summary>What the block's arguments have to say for this variant of <c>Forward</c> to be the one.</summary>
    public EquatableArray<ConditionSpec> Conditions { get; init; }
}

/// <summary>A value returned.</summary>
/// <param name="Name">The element's name in the tuple, <c>result2</c> for the second when it has none; empty for a
/// single result.</param>
/// <param name="Value">The value's number; -1 when the function was not read.</param>
internal sealed record ResultSpec(string Name, int Value);

/// <summary>What a step does.</summary>
internal enum StepKind
{
    /// <summary>Calls the layer <c>Target</c>.</summary>
    Layer,

    /// <summary>Calls the function <c>Target</c> of <c>Dsl.Functions</c>: <c>MaxPool</c>, <c>Flatten</c>, <c>Relu</c>,
    /// <c>CrossEntropy</c>…</summary>
    Function,

    /// <summary>An operator on tensors, or a tensor and a number: <c>Target</c> is add, sub, mul, div or neg.</summary>
    Operator,

    /// <summary>Applies the pointwise function <c>Target</c> to the operands.</summary>
    Map,
}

/// <summary>One step of a function.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Target">Of what name.</param>
/// <param name="Operands">Tensor values and literals, in the callee's parameter order, defaults filled in.</param>
/// <param name="Label">The local it is assigned to, the layer's name, or empty: names in dumps and generated
/// code.</param>
/// <param name="Site">The expression.</param>
internal sealed record StepSpec(StepKind Kind, string Target, EquatableArray<OperandSpec> Operands, string Label, int Site)
{
    /// <summary>The call of a <c>[Recompute]</c> method that it belongs to, counted from 1; 0 outside.</summary>
    public int Region { get; init; }

    /// <summary>How many values it defines.</summary>
    public int Values { get; init; } = 1;
}

/// <summary>An operand: a value of the function, or a literal.</summary>
/// <param name="Name">The callee's parameter name; empty for operators.</param>
/// <param name="Value">The value's number, or -1 for a literal.</param>
/// <param name="Literal">Invariant text of a literal (int, float, bool, enum member, or a comma-separated list);
/// <c>=</c> and an expression of <see cref="ArgumentExpression"/> for what depends on a block's arguments; else
/// empty.</param>
internal sealed record OperandSpec(string Name, int Value, string Literal);

/// <summary>A pointwise function: <c>float (float …)</c> as one expression over its parameters.</summary>
internal sealed record PointwiseSpec(string Name, EquatableArray<string> Parameters, PointwiseExpression Body);

/// <summary>
/// An expression over scalars. <c>Op</c> is a row of the pointwise table (add, mul, exp, sigmoid, select, …) with
/// operands, or
/// <c>const</c> with <c>Text</c> an invariant number, or <c>arg</c> with <c>Text</c> a parameter's name. As text:
/// prefix form,
/// <c>(mul x (sigmoid x))</c>.
/// </summary>
internal sealed record PointwiseExpression(string Op, string Text, EquatableArray<PointwiseExpression> Operands);
