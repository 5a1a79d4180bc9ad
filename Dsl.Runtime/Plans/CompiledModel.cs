namespace Dsl.Plans;

/// <summary>
/// How a parameter lies in a session. The logical tensor is reshaped to <paramref name="Factors"/>, its axes are permuted by
/// <paramref name="Order"/> (physical axis i is factor axis Order[i]), and the result is stored without gaps.
/// </summary>
/// <param name="Name">The checkpoint key, for example <c>Stem.Weight</c>.</param>
/// <param name="Factors">Extents whose product is the parameter's length.</param>
/// <param name="Order">A permutation of the factors.</param>
public sealed record ParameterPlan(string Name, int[] Factors, int[] Order);

/// <summary>Everything the build decided about one model: what <c>BindCompiled</c> of the generated half hands over.</summary>
/// <param name="Name">The class name.</param>
/// <param name="Parameters">Packing, in the order of the model's <c>Parameters</c>.</param>
/// <param name="Forward">Inference: the outputs of <c>Forward</c>.</param>
/// <param name="Loss">The loss without gradients; null when the class has no <c>Loss</c>.</param>
/// <param name="Train">The loss, and the gradient of every parameter; null when the class has no <c>Loss</c>.</param>
/// <param name="Example">The sizes of <c>[Model(Example = …)]</c>: what a session is made for unless it is told more.</param>
/// <param name="Stages">What the compiler's stages decided, as text.</param>
public sealed record CompiledModel(
    string Name,
    ParameterPlan[] Parameters,
    Program Forward,
    Program? Loss,
    Program? Train,
    Sizes Example,
    StageDumps Stages)
{
    /// <summary>The same in numbers.</summary>
    public required ModelPlan Plan { get; init; }

    /// <summary>The gradients of a weighted sum of the result of <c>Forward</c> with respect to its inputs of floats; null
    /// unless the class asks for it with <c>[Model(InputGradients = true)]</c>.</summary>
    /// <remarks>Its inputs are those of <c>Forward</c>, then the weights, which have the shape of the result.</remarks>
    public Program? Sensitivity { get; init; }

    /// <summary><c>Forward</c> for the next position, which remembers what it needs of earlier ones; null unless the class asks
    /// for it with <c>[Model(Steps = "n")]</c>.</summary>
    public Program? Step { get; init; }

    /// <summary>The symbolic size that counts positions, when there is a <see cref="Step"/>.</summary>
    public string Positions { get; init; } = "";

    /// <summary>The symbolic size of <see cref="Step"/> that says how many positions there are so far.</summary>
    internal const string Seen = "seen";

    /// <summary>A parameter's gradient is the buffer of this name.</summary>
    public static string GradientOf(string parameter) => parameter + ".Gradient";

    /// <summary>The value that a step gives a state is the buffer of this name, in the place of a gradient.</summary>
    public static string NextOf(string state) => state + ".Next";
}
