using System;
using System.Linq;
using Dsl.Generator.Emitting;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>How many launches normalisation takes: its point is to read and write every element once.</summary>
public sealed class NormScheduleTests
{
    [Theory]
    [InlineData("layer norm")]
    [InlineData("layer norm of sequences")]
    [InlineData("layer norm of channels")]
    [InlineData("rms norm")]
    [InlineData("rms norm of channels")]
    [InlineData("scale norm")]
    public void Forward_and_backward_are_one_row_kernel_each(string name)
    {
        // The loss is a mean of everything, and so is the gradient of a single gain.
        string[] rows = [.. Launches(name, "Train", "Row").Where(static l =>
            !l.EndsWith("-> loss", StringComparison.Ordinal) && !l.EndsWith("-> N.Gain.Gradient", StringComparison.Ordinal))];

        // The second one is the backward pass: the root is not taken again.
        Assert.True(rows.Length == 2, string.Join("\n", Launches(name, "Train", "Row")));
        Assert.Contains("rsqrt", rows[0]);
        Assert.DoesNotContain("rsqrt", rows[1]);
        Assert.Single(Launches(name, "Forward", "Row"));
    }

    [Fact]
    public void Gradients_of_gain_and_bias_are_one_reduction()
    {
        string reduction = Assert.Single(
            Launches("layer norm", "Train", "Reduce"), static l => l.Contains("N.Gain.Gradient", StringComparison.Ordinal));
        Assert.Contains("N.Bias.Gradient", reduction);
    }

    [Fact]
    public void Group_norm_never_copies_an_image()
    {
        // Sums of channels, of groups, the same of squares; then one pass over the image.
        Assert.Equal(2, Launches("group norm", "Forward", "Reduce").Length);
        // (Rows of so few channels are maps.)
        Assert.Equal(
            2, Launches("group norm", "Forward", "Map").Count(static m => m.Contains("sum", StringComparison.Ordinal)));
        string pass = Assert.Single(
            Launches("group norm", "Forward", "Map"), static m => m.Contains("relu", StringComparison.Ordinal));
        Assert.Contains("mul + mul + add + relu", pass);
        Assert.Empty(Launches("group norm", "Forward", "Transpose"));
    }

    /// <summary>The summaries of a program's launches of one skeleton.</summary>
    private static string[] Launches(string name, string program, string skeleton) =>
        [.. CompiledPlan.Make(CompiledCase.Of(name).Lowered).Programs.Single(p => p.Name == program).Kernels
            .Where(k => k.Skeleton == skeleton).Select(static k => k.Summary)];
}
