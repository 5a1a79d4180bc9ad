using System.Collections.Immutable;
using Dsl.Generator.Emitting;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Diagnostics;

/// <summary>What is wrong with the project that models are in, rather than with one of them.</summary>
internal static class ProjectProblems
{
    /// <summary>DSL1018 at the first model. Kernels are not written then: every method of theirs would be CS0227.</summary>
    public static ImmutableArray<KeyedProblems> Of(ImmutableArray<ReadModel> models, bool allowsUnsafe)
    {
        if (allowsUnsafe || models.IsEmpty)
        {
            return ImmutableArray<KeyedProblems>.Empty;
        }

        ModelSpec spec = models[0].Spec;
        var problem = new Problem("DSL1018", spec.Site, new[] { spec.Name }.ToEquatable());
        return ImmutableArray.Create(
            new KeyedProblems(ModelReader.Key(spec.Namespace, spec.Name), new[] { problem }.ToEquatable()));
    }
}
