using System;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// A model after lowering, as a value of the pipeline. Graphs have no value equality, and need none: the same spec
/// lowers to the same graphs, so what was read is the key.
/// </summary>
internal sealed class LoweringStage : IEquatable<LoweringStage>
{
    private LoweringStage(ReadModel read, LoweredModel? lowered, EquatableArray<Problem> problems)
    {
        Read = read;
        Lowered = lowered;
        Problems = problems;
    }

    public ReadModel Read { get; }

    /// <summary>Null when reading was incomplete or a problem is an error: then the surface is a light one.</summary>
    public LoweredModel? Lowered { get; }

    public EquatableArray<Problem> Problems { get; }

    public string Key => ModelReader.Key(Read.Spec.Namespace, Read.Spec.Name);

    public static LoweringStage Run(ReadModel read)
    {
        if (!read.IsComplete)
        {
            return new LoweringStage(read, null, default);
        }

        try
        {
            LoweredModel lowered = ModelLowering.Lower(read.Spec);
            bool isBroken = false;
            foreach (Problem problem in lowered.Problems)
            {
                isBroken |= Descriptors.IsError(problem.Id);
            }

            return new LoweringStage(read, isBroken ? null : lowered, lowered.Problems);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new LoweringStage(read, null, StageFailure.Problems("Lowering", read.Spec.Site, failure));
        }
    }

    public bool Equals(LoweringStage? other) => other is not null && Read.Equals(other.Read);

    public override bool Equals(object? obj) => Equals(obj as LoweringStage);

    public override int GetHashCode() => Read.GetHashCode();
}
