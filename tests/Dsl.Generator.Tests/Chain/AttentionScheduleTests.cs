using System;
using System.Linq;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What attention without softmax compiles to; the values are those of the chain's cases.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class AttentionScheduleTests
{
    [Theory]
    [InlineData("attention without softmax", "ContractKernel<")]
    [InlineData("causal attention without softmax", "OuterScanKernel<")]
    public void Without_softmax_there_is_no_attend_kernel(string name, string expected)
    {
        string text = string.Concat(CompiledCase.Of(name).Files.Select(static f => f.SourceText.ToString()));

        Assert.DoesNotContain("AttendKernel<", text, StringComparison.Ordinal);
        Assert.DoesNotContain("AttendGradientKernel<", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }
}
