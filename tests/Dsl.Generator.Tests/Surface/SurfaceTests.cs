using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Reading;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dsl.Generator.Tests.Surface;

public class SurfaceTests
{
    public static TheoryData<string> Models => TestModels.Lowerable;

    /// <summary>Everything here runs with the implementation outputs disabled, as an editor does.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Generated_program_compiles_without_kernels(string model)
    {
        (Compilation program, GeneratorRunResult result) = Programs.Generate(TestModels.Source(model));
        Assert.Empty(result.Diagnostics);
        Programs.AssertCompiles(program);
        Assert.DoesNotContain(result.GeneratedSources, static s => s.HintName.Contains("Kernels"));
    }

    [Fact]
    public void Full_surface()
    {
        string text = SurfaceEmitter.Emit(ModelSource.Read(TestModels.DigitNet), Lowered(ModelSource.Of(TestModels.DigitNet)));
        AssertCompiles(TestModels.DigitNet, text);
        Snapshot.Match(text);
    }

    /// <summary>Several symbolic sizes are arguments of every call.</summary>
    [Fact]
    public void Surface_with_three_symbols()
    {
        string source = TestModels.Source("Arguments");
        string text = SurfaceEmitter.Emit(ModelSource.Read(source), Lowered(ModelSource.Of(source)));
        AssertCompiles(source, text);
        Snapshot.Match(text);
    }

    [Fact]
    public void Light_surface()
    {
        string source = TestModels.Class("""
            /// <summary>Kept.</summary>
            [Perceptron(10)] private partial Tensor Right(Tensor x);
            [Perceptron(10)] private partial int Wrong(ref int x, string? y);
            [return: Shape("b", 10)]
            public Tensor Forward([Shape("b", 784)] Tensor image) => Right(image.ToString());
            public Tensor Loss([Shape("b", 784)] Tensor image, [Shape("b")] IntTensor digit) => CrossEntropy(Forward(image), digit);
            """);
        ReadModel read = ModelSource.Read(source);
        Assert.False(read.IsComplete);
        Snapshot.Match(SurfaceEmitter.Emit(read, null));
    }

    /// <summary>A mistake in a model is its own diagnostics and no others: neither CS8795 here nor errors at
    /// callers.</summary>
    [Fact]
    public void Light_surface_keeps_mistakes_apart()
    {
        string source = TestModels.Class("""
            [Perceptron(10)] private partial Tensor Right(Tensor x);
            [Perceptron(10)] private partial int Wrong(int x);
            public Tensor Forward([Shape("b", 784)] Tensor image) { while (true) { } }
            public Tensor Loss([Shape("b", 784)] Tensor image, [Shape("b")] IntTensor digit) => CrossEntropy(Forward(image), digit);
            """);
        const string Caller = """
            namespace Demo;
            public static class Caller
            {
                public static float Call(M model)
                {
                    var session = model.CreateSession();
                    session.Forward(new float[784], new float[10]);
                    _ = M.Compiled;
                    return session.Loss(new float[784], new int[1]) + session.Train(new float[784], new int[1]);
                }
            }
            """;
        (Compilation program, GeneratorRunResult result) = Programs.Generate(source, Caller);
        Assert.Equal(["DSL1002", "DSL1003"], result.Diagnostics.Select(static d => d.Id).Order());
        Programs.AssertCompiles(program);
    }

    /// <summary>A block's half, a repeated use, and a session with two outputs, which callers name.</summary>
    [Fact]
    public void Surface_with_blocks()
    {
        string source = TestModels.Class("""
            /// <summary>Twelve.</summary>
            [Use<Pair>("2*3", true, Repeat = 12)] private partial (Tensor A, Tensor B) Trunk(Tensor x, Tensor y);
            [Use<Pair>(6, activation: Activation.Mish)] private partial (Tensor, Tensor) Last(Tensor x, Tensor y);
            public (Tensor Mask, Tensor Edge) Forward([Shape("b", 6)] Tensor x)
            {
                var (a, b) = Trunk(x, x);
                return Last(a, b);
            }
            """.Replace("activation: ", "false, ")) + """

            [Block] public sealed partial class Pair(int width, bool crossed = false, Activation activation = Activation.Silu)
            {
                /// <summary>One.</summary>
                [Perceptron(nameof(width))] private partial Tensor One(Tensor x);
                [Perceptron(nameof(width)), Tied(nameof(One))] private partial Tensor Two(Tensor x);
                public (Tensor Sum, Tensor Difference) Forward(Tensor x, Tensor y)
                {
                    Tensor a = activation == Activation.Silu ? Silu(One(x)) : One(x);
                    Tensor b = Two(y);
                    return crossed ? (a + b, a - b) : (a - b, a + b);
                }
            }
            """;
        const string Caller = """
            namespace Demo;
            public static class Caller
            {
                public static void Call(M model) => model.CreateSession().Forward(new float[6], mask: new float[6], edge: new float[6]);
            }
            """;
        (Compilation program, GeneratorRunResult result) = Programs.Generate(source, Caller);
        Assert.Empty(result.Diagnostics);
        Programs.AssertCompiles(program);
        Snapshot.Match(string.Join("\n", new[] { "Demo.Pair.Surface.g.cs", "Demo.M.Surface.g.cs" }.Select(n => Programs.File(result, n))));
    }

    [Fact]
    public void Keywords_and_clashing_names_are_escaped()
    {
        (Compilation program, GeneratorRunResult result) = Programs.Generate("""
            [Model] public sealed partial class @class
            {
                [Perceptron(3)] private partial Tensor @event(Tensor @in);
                public Tensor Forward([Shape("b", "t", 3)] Tensor @base, [Shape("b", "t", 3)] Tensor b, [Shape("b", "t", 3)] Tensor result) =>
                    @event(@base) + b + result;
            }
            """);
        Assert.Empty(result.Diagnostics);
        Programs.AssertCompiles(program);
    }

    /// <summary>A colleague's half that implements the hook compiles beside the surface.</summary>
    [Fact]
    public void Hook_can_be_implemented()
    {
        (Compilation program, _) = Programs.Generate(TestModels.DigitNet, """
            namespace Demo;
            partial class DigitNet
            {
                static partial void BindCompiled(ref Dsl.Plans.CompiledModel? compiled) => compiled = new();
            }
            """);
        Programs.AssertCompiles(program);
    }

    /// <summary>Axes that differ, units that differ, whole axes, names that clash.</summary>
    [Fact]
    public void Receptive_fields_of_every_kind()
    {
        const string Source = """
            namespace Demo;
            [Model] public sealed partial class M
            {
                [Conv(1, 3)] private partial Tensor StrideY(Tensor x);
                public Tensor Forward([Shape("b", 1, 8, 8)] Tensor image) => StrideY(image);
                public int Margin => ReceptiveFields.StrideYLayer.Height - ReceptiveFields.StrideYLayer.SmallestHeight;
                public double Step => ReceptiveFields.StrideYLayer.StrideY;
            }
            """;
        var field = new FieldSpec(
            "image", Along(Reach.Transposed(3, 2, 1, 1)!), FieldAxisSpec.Of(AxisReach.Whole));
        LoweredModel lowered = Lowered(ModelSource.Of(Source)) with
        {
            Layers = new[] { new LayerReport("StrideY", "Conv", "", "", 0, "0") { Field = field } }.ToEquatable(),
        };
        string text = SurfaceEmitter.Emit(ModelSource.Read(Source), lowered);
        AssertCompiles(Source, text);
        Assert.Contains(
            "new(\"StrideY\", \"image\", new(2, 0.5, 0.5, 0.5) { Smallest = 1, LeastPadding = 0 }, null),", text);
        Assert.Contains("/// <para>Receptive field in image: 1..2xall stride 1/2,- padding 0..1/2,-, first middle at 1/2,-</para>", text);
        Assert.DoesNotContain("Width", text);
    }

    /// <summary>Classes in classes; a block in one of its name, a layer that is called like a constant,
    /// numbers.</summary>
    [Fact]
    public void Receptive_fields_inside_blocks()
    {
        const string Source = """
            namespace Demo;
            [Model] public sealed partial class M
            {
                [Conv(1, 3)] private partial Tensor Trunk(Tensor x);
                public Tensor Forward([Shape("b", 1, 8, 8)] Tensor image) => Trunk(image);
                public int Sum => ReceptiveFields.Trunk.Size + ReceptiveFields.Trunk._3.Trunk.SizeLayer.Size
                    + ReceptiveFields.Trunk._3.Trunk.TrunkLayer.Stride + ReceptiveFields.Trunk.SizeLayer.Size;
            }
            """;
        var field = new FieldSpec("image", Along(Reach.Window(3, 1, 1, 1)), Along(Reach.Window(3, 1, 1, 1)));
        string[] names = ["Trunk", "Trunk.3.Trunk.Size", "Trunk.3.Trunk.Trunk", "Trunk.3.Trunk", "Trunk.Size"];
        LoweredModel lowered = Lowered(ModelSource.Of(Source)) with
        {
            Layers = names.Select(n => new LayerReport(n, "Conv", "", "", 0, "0") { Field = field }).ToEquatable(),
        };
        AssertCompiles(Source, SurfaceEmitter.Emit(ModelSource.Read(Source), lowered));
    }

    private static FieldAxisSpec Along(Reach reach) => FieldAxisSpec.Of(AxisReach.Along(2, reach));

    private static void AssertCompiles(string source, string surface) => Programs.AssertCompiles(
        Programs.Compilation(source).AddSyntaxTrees(
            CSharpSyntaxTree.ParseText(surface, Programs.ParseOptions, "Surface.g.cs")));

    /// <summary>A lowering by hand, so that these snapshots show emission only.</summary>
    private static LoweredModel Lowered(ModelSpec spec) => new(
        spec, null, null, null,
        new[]
        {
            new ParameterSpec("Stem.Weight", new EquatableArray<int>([32, 1, 3, 3]), "KaimingUniform(9)", true),
            new ParameterSpec("Stem.Bias", new EquatableArray<int>([32]), "Zeros()", false),
        }.ToEquatable(),
        new[]
        {
            new LayerReport("Stem", "Conv", "b, 1, 28, 28", "b, 32, 28, 28", 320, "451584*b")
            {
                Field = new FieldSpec("image", Along(Reach.Window(3, 1, 1, 1)), Along(Reach.Window(3, 1, 1, 1))),
            },
            new LayerReport("Hidden", "Perceptron", "b, 3136", "b, 128", 401536, "802816*b")
            {
                Field = new FieldSpec("image", FieldAxisSpec.Of(AxisReach.Whole), FieldAxisSpec.Of(AxisReach.Whole)),
            },
        }.ToEquatable(),
        default);
}
