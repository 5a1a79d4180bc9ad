using System.Linq;
using System.Text.RegularExpressions;
using Dsl.Generator.Emitting;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Blocks;

/// <summary>Repeated blocks share bodies, and the programs print them as loops: more of them cost no text.</summary>
public sealed class BlockSharingTests
{
    [Fact]
    public void Repeated_blocks_share_bodies_and_text()
    {
        string four = Kernels(4);
        string twelve = Kernels(12);

        Assert.Equal(Bodies(four), Bodies(twelve));
        Assert.InRange(Bodies(twelve), 4, 30);
        Assert.True(
            twelve.Length < 1.5 * four.Length, $"4 blocks take {four.Length} characters, 12 take {twelve.Length}");
        Assert.Matches(new Regex(@"for \(int i = 1; i < 12; i\+\+\)"), twelve);
        Assert.Matches(new Regex(@"for \(int i = 1[01]; i >= \d; i--\)"), twelve);
    }

    [Fact]
    public void Layers_that_differ_in_sizes_share_bodies()
    {
        string four = Convolutions(4, 5, 6, 7);
        string seven = Convolutions(4, 5, 6, 7, 17, 20, 33);

        Assert.Equal(Bodies(four), Bodies(seven));
        Assert.Matches(new Regex(@"\{ Numbers = \[\d+, \d+"), seven);
        Assert.Matches(new Regex(@"y \* s\.P\d"), seven);
    }

    [Fact]
    public void Numbers_of_a_single_user_are_constants()
    {
        string one = Convolutions(4);
        Assert.DoesNotContain("Numbers =", one);
        Assert.DoesNotMatch(new Regex(@"\bs\.P\d"), one);
    }

    [Fact]
    public void Repetition_of_items_becomes_a_loop()
    {
        string[] items = [.. Enumerable.Range(0, 4).SelectMany(static i => new[]
        {
            $"new(\"trunk.{i}.a\", \"{128 + i}*b\", {3 * i}, [5, 1.5f])", $"new(\"x{{}}.{i + 1}\", {20 - i})",
        })];
        Assert.Equal(
            [
                "items.Add(first);",
                "for (int i = 0; i < 4; i++)",
                "{",
                "    items.Add(new($\"trunk.{i}.a\", $\"{i + 128}*b\", 3 * i, [5, 1.5f]));",
                "    items.Add(new($\"x{{}}.{i + 1}\", 20 - i));",
                "}",
            ],
            Repetition.Statements(["first", .. items])!);
        Assert.Equal(
            "for (int i = 3; i >= 0; i--)",
            Repetition.Statements([.. Enumerable.Range(0, 4).Reverse().SelectMany(i => items.Skip(2 * i).Take(2))])![0]);
    }

    [Fact]
    public void What_does_not_go_on_evenly_is_no_loop()
    {
        Assert.Null(Repetition.Statements([.. Enumerable.Range(0, 9).Select(static i => $"new(\"a{i * i}\")")]));
        Assert.Null(Repetition.Statements([.. Enumerable.Range(0, 9).Select(static i => $"new(0.{i}f)")]));
        Assert.Null(Repetition.Statements([.. Enumerable.Range(0, 2).SelectMany(static i => Enumerable.Repeat($"new(\"a.{i}\")", 1))]));
    }

    [Theory]
    [InlineData("Stem.Weight", "Stem.Weight")]
    [InlineData("Trunk.3.Expand.Weight", "Expand.Weight")]
    [InlineData("dTrunk.3.Expand", "dExpand")]
    [InlineData("trunk.11", "trunk")]
    [InlineData("Body.2.Inner.0.A", "A")]
    public void Names_inside_bodies_leave_the_index_out(string name, string local) => Assert.Equal(local, KernelContext.Local(name));

    private static int Bodies(string kernels) => Regex.Count(kernels, "internal readonly struct \\w+Body");

    /// <summary>Convolutions of these widths after each other.</summary>
    private static string Convolutions(params int[] widths)
    {
        string layers = string.Concat(widths.Select(static (w, i) =>
            $"[Conv({w}, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor L{i}(Tensor x);\n"));
        string calls = widths.Select(static (_, i) => i).Aggregate("x", static (x, i) => $"L{i}({x})");
        return Kernels(TestModels.Class($$"""
            {{layers}}
            public Tensor Forward([Shape("b", 2, 9, 7)] Tensor x) => {{calls}};
            public Tensor Loss([Shape("b", 2, 9, 7)] Tensor x) => Mean(Square(Forward(x)));
            """));
    }

    private static string Kernels(int repeat) => Kernels(
        TestModels.Class($$"""
            [Perceptron(6)] private partial Tensor Stem(Tensor x);
            [Use<Residual>(6, Repeat = {{repeat}})] private partial Tensor Trunk(Tensor x);
            [Perceptron(3)] private partial Tensor Head(Tensor x);
            public Tensor Forward([Shape("b", 5)] Tensor x) => Head(Trunk(Stem(x)));
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
            """) + """
            [Block] public sealed partial class Residual(int width)
            {
                [Perceptron("2*width")] private partial Tensor Expand(Tensor x);
                [Perceptron(nameof(width))] private partial Tensor Contract(Tensor x);
                public Tensor Forward(Tensor x) => x + Contract(Silu(Expand(x)));
            }
            """);

    private static string Kernels(string source)
    {
        GeneratorRunResult result = Programs.Driver()
            .RunGenerators(Programs.CompilationWith(Programs.RealRuntime, source)).GetRunResult().Results.Single();
        Assert.Empty(result.Diagnostics);
        return Programs.File(result, "Demo.M.Kernels.g.cs");
    }
}
