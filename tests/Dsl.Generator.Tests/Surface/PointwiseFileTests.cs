using System.Linq;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Surface;

public class PointwiseFileTests
{
    private const string Library = """
        namespace Demo;

        public static partial class Curves
        {
            /// <summary>x·sigmoid(βx).</summary>
            /// <remarks>Swish.</remarks>
            [Pointwise] public static float Swish(float x) => x * Sigmoid(1.5f * x);

            [Pointwise] public static float Blend(float x, float y) => Swish(x) + Shift(y);

            [Pointwise] private static float Shift(float x) => x + 1;

            [Pointwise] public static float ByHand(float x) => -x;

            public static Tensor ByHand(Tensor x) => Map(ByHand, x);
        }
        """;

    [Fact]
    public void Half_of_a_library()
    {
        (Compilation program, GeneratorRunResult result) = Programs.Generate(Library);
        Programs.AssertCompiles(program);
        Snapshot.Match(Programs.File(result, "Demo.Curves.Pointwise.g.cs"));
    }

    /// <summary>The tensor form is generated, so it does not bind while the generator runs, and is understood all the
    /// same.</summary>
    [Fact]
    public void Tensor_form_of_the_same_project_is_read()
    {
        string source = """
            namespace Demo;
            [Model] public sealed partial class M
            {
                [Perceptron(4)] private partial Tensor A(Tensor x);
                public Tensor Forward([Shape("b", 4)] Tensor x) => A(Curves.Swish(A(Curves.Swish(x))));
            }
            """;
        (Compilation program, GeneratorRunResult result) = Programs.Generate(source, Library);
        Assert.Empty(result.Diagnostics);
        Programs.AssertCompiles(program);
        Assert.Equal(["Swish"], ModelSource.Of(source, Library).Pointwise.Select(static p => p.Name));
    }

    [Fact]
    public void Private_functions_of_a_model_make_no_file()
    {
        GeneratorRunResult result = Programs.Generate(TestModels.DigitNet).Result;
        Assert.Equal(["Demo.DigitNet.Surface.g.cs"], result.GeneratedSources.Select(static s => s.HintName));
    }
}
