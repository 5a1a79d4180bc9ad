using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Tests.Chain.Cases;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The one table of cases.</summary>
internal static class ChainCases
{
    private static readonly Dictionary<string, ChainCase> s_byName = new[]
    {
        PointwiseCases.All,
        PerceptronCases.All,
        ConvCases.All,
        PoolCases.All,
        ProductCases.All,
        TransposedCases.All,
        ReductionCases.All,
        OperatorCases.All,
        PartCases.All,
        PositionCases.All,
        BlockCases.All,
        EmbeddingCases.All,
        AttentionCases.All,
        DeltaCases.All,
        CarriedCases.All,
        LengthCases.All,
        LocalCases.All,
        LossCases.All,
        MarginCases.All,
        NormCases.All,
        ResampleCases.All,
        ScanCases.All,
        SensitivityCases.All,
        ShapeCases.All,
        ShortRowCases.All,
        TrainingModeCases.All,
    }.SelectMany(static c => c).ToDictionary(static c => c.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. s_byName.Keys];

    /// <summary>DSL_ALL_CASES=1: every case on every vector type, and on accelerators.</summary>
    public static bool Exhaustive { get; } = Environment.GetEnvironmentVariable("DSL_ALL_CASES") == "1";

    /// <summary>Position in the table.</summary>
    public static int IndexOf(string name) => Array.IndexOf([.. s_byName.Keys], name);

    public static IEnumerable<ChainCase> All => s_byName.Values;

    public static ChainCase Find(string name) => s_byName[name];
}
