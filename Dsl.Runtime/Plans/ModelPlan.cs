using System.Globalization;

namespace Dsl.Plans;

/// <summary>What the build decided about a model, in numbers: <c>DigitNet.Plan.ArenaBytes</c>. The head of the emitted
/// file says the same, and so does a build with <c>-p:DslReport=true</c>.</summary>
/// <param name="Model">The class name.</param>
/// <param name="Parameters">Numbers that the model learns; states are not among them.</param>
/// <param name="ArenaBytes">Bytes of activations and scratch at the sizes of <c>[Model(Example = …)]</c>, for the program
/// that needs most.</param>
/// <param name="ForwardLaunches">Kernels of an inference.</param>
/// <param name="LossLaunches">Kernels of the loss without gradients; 0 when the class has no <c>Loss</c>.</param>
/// <param name="TrainLaunches">Kernels of the loss with all gradients; 0 when the class has no <c>Loss</c>.</param>
/// <param name="Bodies">Different kernel bodies, each of which the JIT compiles once.</param>
/// <param name="Tiles">Different register tiles.</param>
public sealed record ModelPlan(
    string Model,
    long Parameters,
    long ArenaBytes,
    int ForwardLaunches,
    int LossLaunches,
    int TrainLaunches,
    int Bodies,
    int Tiles)
{
    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model}: {Parameters} parameters; launches {ForwardLaunches} forward, {LossLaunches} loss, {TrainLaunches} train; arena {ArenaBytes} bytes; {Bodies} bodies, {Tiles} tiles");
}
