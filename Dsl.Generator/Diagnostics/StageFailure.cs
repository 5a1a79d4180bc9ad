using System;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Diagnostics;

/// <summary>DSL9001: no exception leaves the generator, where it would silence it for the rest of the build.</summary>
internal static class StageFailure
{
    public static EquatableArray<Problem> Problems(string stage, int site, Exception failure) =>
        new[] { new Problem("DSL9001", site, new[] { stage, failure.ToString() }.ToEquatable()) }.ToEquatable();
}
