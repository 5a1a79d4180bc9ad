using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Tests.Chain;
using Xunit;

namespace Dsl.Generator.Tests.Schedules;

/// <summary>What is joined, cut and shuffled moves no data: the launches say so.</summary>
public sealed class JoinTests
{
    [Theory]
    [InlineData("concat of convs")]
    [InlineData("concat of a skip")]
    [InlineData("concat of rows")]
    [InlineData("level of a unet of multiples", true)]
    [InlineData("pixel shuffle")]
    [InlineData("layers that shuffle")]
    [InlineData("sequence")]
    [InlineData("sequence of any length")]
    public void Nothing_is_copied(string name, bool forward = false)
    {
        // Backwards, the gradient of pixels that a convolution reads as channels has to be permuted, and zeros are written
        // around what was padded.
        string dump = Schedule(name);
        dump = forward ? dump.Split("\n\n")[0] : dump;
        Assert.DoesNotContain("copies:", dump.Replace("copies: 0", "", System.StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("concat of an input", 2)]
    [InlineData("concat of one value twice", 1)]
    [InlineData("split of channels", 2)]
    [InlineData("mixed layouts", 1)]
    public void What_lies_elsewhere_is_copied(string name, int copies) =>
        Assert.Contains($"copies: {copies} (", Schedule(name).Split("\n\n")[0]);

    [Fact]
    public void A_level_of_a_unet_joins_in_place()
    {
        string dump = Schedule("level of a unet of multiples");
        Assert.Contains("holds a, ", dump);
        string[] launches = [.. Forward("level of a unet of multiples").Kernels.Select(static k => k.Skeleton).Where(static s => s != "Halo")];
        Assert.Equal(["Convolve", "Pool", "Convolve", "Convolve"], launches);
    }

    [Fact]
    public void A_convolution_stores_its_channels_as_pixels()
    {
        PlannedProgram forward = Forward("pixel shuffle");
        PlannedKernel convolution = Assert.Single(forward.Kernels, static k => k.Skeleton != "Halo");
        Assert.Contains("m.Scatter(", convolution.Body!.Members);
    }

    [Fact]
    public void A_convolution_reads_part_of_a_wider_pixel()
    {
        PlannedKernel convolution = Forward("concat of a skip").Kernels.First(static k => k.Shape.Any(static p => p.Key == "PixelPitch"));
        Assert.Contains(convolution.Shape, static p => p is { Key: "PixelPitch", Value: "9" });
    }

    private static PlannedProgram Forward(string name) => CompiledPlan.Make(CompiledCase.Of(name).Lowered).Programs[0];

    private static string Schedule(string name) => CompiledPlan.Make(CompiledCase.Of(name).Lowered).Stages.Single(static s => s.Key == "schedule").Value;
}
