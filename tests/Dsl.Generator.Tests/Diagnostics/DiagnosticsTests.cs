using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Emitting;
using Dsl.Generator.Lowering;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Diagnostics;

/// <summary>One tiny program per diagnostic of reading; the marked text <c>«…»</c> is where it has to be.</summary>
public class DiagnosticsTests
{
    private const string A = "[Perceptron(8)] private partial Tensor A(Tensor x);\n";
    private const string Forward = "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => A(x);\n";

    private const string Images = "public Tensor Forward([Shape(\"b\", 4, 4, 4)] Tensor x) => A(x);\n";

    private const string Block =
        "\n[Block] public sealed partial class B(int width, bool wide = false)\n{\n"
        + "    [Perceptron(\"width\")] private partial Tensor A(Tensor x);\n    public Tensor Forward(Tensor x) => A(x);\n}\n";

    public static TheoryData<string, string, string> Corpus => new()
    {
        {
            "DSL1001", "[Model] public sealed class «M» { public Tensor Forward([Shape(1)] Tensor x) => x; }",
            "Class 'M' is not partial but the build writes its other half: write 'partial class M'"
        },
        {
            "DSL1002", TestModels.Class(A + Forward + "[Perceptron(8)] private Tensor «B»(Tensor x) => x;"),
            "Layer 'B' must be a partial method without a body from Tensor or IntTensor values to Tensor: remove its body: the build writes it"
        },
        {
            "DSL1002", TestModels.Class(A + Forward + "[Perceptron(8)] private partial Tensor «B»(int x);"),
            "Layer 'B' must be a partial method without a body from Tensor or IntTensor values to Tensor: take Tensor or IntTensor parameters by value"
        },
        {
            "DSL1002", TestModels.Class(A + Forward + "[Perceptron(8)] private static partial Tensor «B»(Tensor x);"),
            "Layer 'B' must be a partial method without a body from Tensor or IntTensor values to Tensor: remove 'static': its parameters belong to the instance"
        },
        {
            "DSL1003", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) { «while (true) { }» }"),
            "'while (true) { }' in 'Forward' cannot be read as dataflow: use locals, assignments, 'for' with constant bounds, 'if' on constants and 'return'"
        },
        {
            "DSL1003", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => A(«Environment.Is64BitProcess ? x : x»);")
                .Replace("«Environment.Is64BitProcess ? x : x»", "«Environment.Is64BitProcess» ? x : x"),
            "'Environment.Is64BitProcess' in 'Forward' cannot be read as dataflow: use layers, functions of Dsl.Functions, operators on tensors, locals, tuples and constants"
        },
        {
            "DSL1003", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => Map(«Own», A(x)); static float Own(float x) => x;"),
            "'Own' in 'Forward' cannot be read as dataflow: mark 'Own' with [Pointwise] and let it take and return floats"
        },
        {
            "DSL1003", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => «GC.GetGeneration(x) > 0» ? A(x) : x;")
                .Replace("«GC.GetGeneration(x) > 0»", "«GC.GetGeneration(x)» > 0"),
            "'GC.GetGeneration(x)' in 'Forward' cannot be read as dataflow: call layers and methods of this class, and functions of Dsl.Functions that return a Tensor"
        },
        {
            "DSL1003", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) { «for (int i = 0; i >= 0; i++) x = A(x);» return x; }"),
            "'for (int i = 0; i >= 0; i++) x = A(x);' in 'Forward' cannot be read as dataflow: it runs more than 4096 times: loops are unrolled"
        },
        {
            "DSL1004", "namespace Demo; [Model] public sealed partial class «M» { " + A + "}",
            "Model 'M' has no 'Forward' that says how its layers are connected: add 'public Tensor Forward([Shape(…)] Tensor x)'"
        },
        {
            "DSL1005", "public static partial class Outer { [Model] public sealed partial class «M» { public Tensor Forward([Shape(1)] Tensor x) => x; } }",
            "Model 'M' is nested but has to be a plain class of a namespace: move it there and give sizes as constants"
        },
        {
            "DSL1005", "[Model] public sealed partial class «M»<T> { public Tensor Forward([Shape(1)] Tensor x) => x; }",
            "Model 'M' is generic but has to be a plain class of a namespace: move it there and give sizes as constants"
        },
        {
            "DSL1006", TestModels.Class("[Perceptron(8), «Conv(8, 3)»] private partial Tensor A(Tensor x);\n" + Forward),
            "Layer 'A' is both [Perceptron] and [Conv] but a method is one layer: remove one, or declare a second method"
        },
        {
            "DSL1007", TestModels.Class(A + "public Tensor Forward(Tensor «x») => A(x);"),
            "Input 'x' of 'Forward' has no shape, from which all others follow: write [Shape(\"b\", …)] before it"
        },
        {
            "DSL1008", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => Again(x); Tensor Again(Tensor x) => «Again(A(x))»;"),
            "'Again' calls itself, directly or through others, and calls are inlined: the graph has a fixed size: write a loop with constant bounds"
        },
        {
            "DSL1008", "static class P { [Pointwise] static float F(float x) => «F(x)»; }",
            "'F' calls itself, directly or through others, and calls are inlined: a pointwise function is one expression: write it without recursion"
        },
        {
            "DSL1009", "static class P { [Pointwise] static float F(float x) => x * «MathF.Cbrt(x)»; }",
            "'MathF.Cbrt(x)' in the pointwise function 'F' cannot be read: MathF.Cbrt has no derivative in the table"
        },
        {
            "DSL1009", TestModels.Class(A + "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => Map(F, A(x)); [Pointwise] static float F(float x) => «(int)x»;"),
            "'(int)x' in the pointwise function 'F' cannot be read: use +, -, *, /, comparisons, ?:, MathF and functions of Dsl.Functions over floats"
        },
        {
            "DSL1009", "static class P { [Pointwise] static int «F»(float x) => 1; }",
            "'F' in the pointwise function 'F' cannot be read: declare it 'static float' over floats"
        },
        {
            "DSL1010", TestModels.Class(A + Forward + "[Perceptron(8)] private partial Tensor «Spare»(Tensor x);"),
            "Layer 'Spare' is called neither by 'Forward' nor by 'Loss', so it has no parameters: call it or remove it"
        },
        {
            "DSL2001", TestModels.Class("[Conv(8, 3)] private partial Tensor A(Tensor x);\n" + Forward.Replace("A(x)", "«A(x)»")),
            
            "'A' expects images 'b, c, h, w' or sequences 'b, c, l' with a constant c but 'x' produces 'b, 8': give the layer a tensor of rank 4 or 3 with a constant second extent"
        },
        {
            "DSL2001", TestModels.Class("""
                [PixelShuffle(2)] private partial Tensor Up(Tensor x);
                public Tensor Forward([Shape("b", 4, "h", "w")] Tensor x) => «Concat(Slice(x, 1, 0, 1), Up(MaxPool(x, 2)))»;
                """),
            "'Concat' expects b, …, h, w but 'Up' produces 'b, 1, 2*((h)/(2)), 2*((w)/(2))': 'h' and '2*((h)/(2))' are equal only for some 'h': declare the axis as \"2*h\", or use PadTo or CropTo"
        },
        {
            "DSL2001", TestModels.Class("""
                [PixelShuffle(2)] private partial Tensor Up(Tensor x);
                public Tensor Forward([Shape("b", 6, 4, 4)] Tensor x) => «Up(x)»;
                """),
            "'Up' expects images 'b, c, h, w' with c a multiple of 4 but 'x' produces 'b, 6, 4, 4': give the layer before it a multiple of 4 channels"
        },
        {
            "DSL2001", TestModels.Class("public Tensor Forward([Shape(\"b\", 6, \"h\", 4)] Tensor x) => «PixelUnshuffle(x, 2)»;"),
            "'PixelUnshuffle' expects images 'b, c, h, w' with h and w multiples of 2 but 'x' produces 'b, 6, h, 4': declare height and width as multiples, \"2*h\", or pad or crop before it"
        },
        {
            "DSL2002", TestModels.Class("[Conv(8, 5)] private partial Tensor A(Tensor x);\n" + Images.Replace("A(x)", "«A(x)»")),
            "'A' has a window of 5x5 but its padded input 'b, 4, 4, 4' is only 4x4: make the window smaller or pad more"
        },
        {
            "DSL2003", TestModels.Class("[Conv(10, 3, Groups = «4»)] private partial Tensor A(Tensor x);\n" + Images),
            "Layer 'A' has 4 groups, which do not divide its 10 output channels: choose a divisor"
        },
        {
            "DSL2004", TestModels.Class("[Perceptron(«\"n\"»)] private partial Tensor A(Tensor x);\n" + Forward),
            "Symbolic size 'n' in argument 'Units' of 'A' occurs in no input's [Shape], which have b: use one of these, or a number"
        },
        {
            "DSL2005", TestModels.Class(A + "[return: Shape(\"b\", 9)]" + Forward.Replace(" Forward", " «Forward»")),
            "'Forward' is claimed to return 'b, 9' but returns 'b, 8': correct [return: Shape] or the layers before it"
        },
        {
            "DSL2006", TestModels.Class("[Conv(8, 3, Stride = «0»)] private partial Tensor A(Tensor x);\n" + Images),
            "Argument 'Stride' of 'A' is 0 but must be a constant of at least 1: change it"
        },
        {
            "DSL2007", TestModels.Class("[Perceptron(«\"2*\"»)] private partial Tensor A(Tensor x);\n" + Forward),
            "Size '2*' in argument 'Units' of 'A' cannot be read: Size '2*' ends too early."
        },
        {
            "DSL2008", TestModels.Class(A + Forward + "public Tensor «Loss»([Shape(\"b\", 8)] Tensor x) => Forward(x);"),
            "'Loss' returns 'b, 8' but a loss is one number: reduce it, for example with Mean"
        },
        {
            "DSL2009", TestModels.Class(
                "[Perceptron(8)] private partial Tensor A(IntTensor x);\n"
                + "public Tensor Forward([Shape(\"b\", 8)] IntTensor x) => «A(x)»;"),
            "Operand 'x' of 'A' has to be Tensor but 'x' is IntTensor: pass a tensor of the other kind"
        },
        {
            "DSL1001", "[Block] public sealed class «B» { public Tensor Forward(Tensor x) => x; }",
            "Class 'B' is not partial but the build writes its other half: write 'partial class B'"
        },
        {
            "DSL1002", Using("[Use<B>(8)] private partial Tensor «U»(Tensor x, Tensor y);", "U(x, x)"),
            "Layer 'U' must be a partial method without a body from Tensor or IntTensor values to Tensor: 'B' is Tensor Forward(Tensor x), so write Tensor U(Tensor x)"
        },
        {
            "DSL1003", TestModels.Class(A + "[return: Shape(1)] public (Tensor, Tensor) «Forward»([Shape(\"b\", 8)] Tensor x) => (A(x), x);"),
            "'Forward' in 'Forward' cannot be read as dataflow: a tuple has no one shape: remove [return: Shape]"
        },
        {
            "DSL1004", "namespace Demo; [Block] public sealed partial class «B» { }",
            "Block 'B' has no 'Forward' that says how its layers are connected: add 'public Tensor Forward(Tensor x)'"
        },
        {
            "DSL1005", "[Block] public sealed partial class «B»<T> { public Tensor Forward(Tensor x) => x; }",
            "Block 'B' is generic but has to be a plain class of a namespace: move it there and give sizes as constants"
        },
        {
            "DSL1008", "[Block] public sealed partial class B { [Use<«B»>] private partial Tensor A(Tensor x); public Tensor Forward(Tensor x) => A(x); }",
            "'B' calls itself, directly or through others, and calls are inlined: the graph has a fixed size: write [Use(Repeat = …)] or let the blocks end"
        },
        {
            "DSL1010", "[Block] public sealed partial class B { [Perceptron(8)] private partial Tensor «Spare»(Tensor x); public Tensor Forward(Tensor x) => x + 1; }",
            "Layer 'Spare' is called neither by 'Forward' nor by 'Loss', so it has no parameters: call it or remove it"
        },
        {
            "DSL1011", Using("[Use<«Plain»>(8)] private partial Tensor U(Tensor x);", "U(x)") + "public sealed class Plain { }",
            "Layer 'U' uses 'Plain', which is not to be had as a block: mark the class with [Block] and make it partial, or name another"
        },
        {
            "DSL1012", Using("[«Use<B>»] private partial Tensor U(Tensor x);", "U(x)"),
            "Block 'B' takes (int width, bool wide = false) but layer 'U' gives (): give as many, each of its kind, in that order"
        },
        {
            "DSL1012", Using("[Use<B>(8, «1»)] private partial Tensor U(Tensor x);", "U(x)"),
            "Block 'B' takes (int width, bool wide = false) but layer 'U' gives (8, 1): give as many, each of its kind, in that order"
        },
        {
            "DSL1013", "[Block] public sealed partial class B(int a, int b, int c, int d, int e, int f) { public Tensor «Forward»(Tensor x) => "
                + "x + (a > 0 ? 1 : 2) + (b > 0 ? 1 : 2) + (c > 0 ? 1 : 2) + (d > 0 ? 1 : 2) + (e > 0 ? 1 : 2) + (f > 0 ? 1 : 2); }",
            "'Forward' of block 'B' goes more than 32 ways, depending on constructor parameters: decide less in one block, or split it"
        },
        {
            "DSL1014", "[Block] public sealed partial class B(float «factor») { public Tensor Forward(Tensor x) => x * 2; }",
            "Block 'B' has to depend on a primary constructor with constants alone but parameter 'factor' is float: make it int, bool, string or an enum"
        },
        {
            "DSL2001", Using("[Use<B>(8)] private partial Tensor U(Tensor x);", "U(x)", Block.Replace("=> A(x)", "=> «A(x)»")
                .Replace("Perceptron(\"width\")", "Conv(\"width\", 3)")),
            "'U.A' expects images 'b, c, h, w' with a constant c but 'x' produces 'b, 8': give the layer a tensor of rank 4 with a constant second extent"
        },
        {
            "DSL2001", Using("[Use<B>(8)] private partial Tensor U(Tensor x);", "«U(x)»", Block.Replace("Forward(Tensor x)", "Forward([Shape(\"b\", \"2*width\")] Tensor x)")),
            "'U' expects 'b, 2*width' as 'x' but 'x' produces 'b, 8': pass a tensor of that shape, or change the block's [Shape]"
        },
        {
            "DSL2006", Using("[Use<B>(8, Repeat = «0»)] private partial Tensor U(Tensor x);", "U(x)"),
            "Argument 'Repeat' of 'U' is 0 but must be a constant of at least 1: change it"
        },
        {
            "DSL2010", Using("[Use<B>(8)] private partial Tensor U(Tensor x);", "U(x)", Block.Replace("\"width\"", "«\"with\"»")),
            "'with' in argument 'Units' of 'U.A' is neither a constructor parameter of block 'B' nor a name in its inputs' [Shape], which are width: use one of these, or a number"
        },
        {
            "DSL2011", Using("[Use<B>(6, Repeat = «3»)] private partial Tensor U(Tensor x);", "U(x)"),
            "'U' repeats block 'B', which turns 'b, 8' into 'b, 6': make the block keep the shape, or remove Repeat"
        },
        {
            "DSL2012", TestModels.Class("[Perceptron(6)] private partial Tensor A(Tensor x);\n[Perceptron(8), Tied(«nameof(A)»)] private partial Tensor T(Tensor x);\n"
                + Forward.Replace("A(x)", "T(A(x))")),
            "'T' needs a tied weight of the shape '8, 6' but 'A.Weight' has the shape '6, 8': name a layer of this class that has one, or remove [Tied]"
        },
        {
            "DSL2012", TestModels.Class("[Perceptron(6)] private partial Tensor A(Tensor x);\n[Perceptron(8), Tied(«nameof(A)»)] private partial Tensor T(Tensor x);\n"
                + Forward.Replace("A(x)", "A(T(x))")),
            "'T' needs a tied weight of the shape '8, 8' but 'A.Weight' has the shape '6, 8': name a layer of this class that has one, or remove [Tied]"
        },
        {
            "DSL2012", TestModels.Class(A.Replace(")]", "), Tied(«\"Other\"»)]") + Forward),
            "'A' needs a tied weight of the shape '8, 8' but 'Other' is no layer with a weight of its own that is called: name a layer of this class that has one, or remove [Tied]"
        },
        {
            "DSL2013", Using("[Use<B>(17)] private partial Tensor «U»(Tensor x);", "U(x)", Block.Replace(
                "=> A(x);", "{ for (int i = 0; i < width; i++) x = x + A(x) * i; return x; }")),
            "'U' makes a loop of block 'B' run more than 16 times: give smaller arguments, or write [Use(Repeat = …)] for the loop"
        },
        {
            "DSL2201", TestModels.Class(
                "[Conv(1, 2, Stride = 2)] private partial Tensor A(Tensor x);\n"
                + "[Conv(1, 5)] private partial Tensor B(Tensor x);\n"
                + "public Tensor Forward([Shape(\"b\", 1, 8, 8)] Tensor x) => Relu(«A(x) + B(x)»);"),
            "'operator +' joins branches that step over the rows and columns of 'x' by 2 and by 1 pixels, so equal positions "
            + "show different places: give both branches the same stride"
        },
        {
            "DSL2202", TestModels.Class(
                "[Conv(4, 4, Stride = 2, Padding = 1)] private partial Tensor A(Tensor x);\n"
                + "[Conv(4, 1, Stride = 2)] private partial Tensor B(Tensor x);\n"
                + Images.Replace("A(x)", "«A(x) + B(x)»")),
            "'operator +' joins branches whose receptive fields in the rows and columns of 'x' are -1/2 pixels apart instead of "
            + "0: pad or crop both branches alike, half of it on each side"
        },
        {
            "DSL3001", TestModels.Class(
                A + Forward + "public Tensor Loss([Shape(\"b\", 8)] Tensor x) => Mean(«Map(Step, Forward(x))»);"
                + "[Pointwise] private static float Step(float x) => x > 0 ? 1 : 0;"),
            "'Step' cannot be differentiated: the derivative of 'less' is zero everywhere, so 'A.Weight' would never learn"
        },
    };

    private static string Using(string layer, string forward, string block = Block) =>
        TestModels.Class(layer + "\n" + Forward.Replace("A(x)", forward)) + block;

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Program_has_one_diagnostic_at_the_marked_text(string id, string marked, string message)
    {
        Diagnostic diagnostic = Assert.Single(Programs.Generate(marked.Replace("«", "").Replace("»", "")).Result.Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        string actual = diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(message == actual, actual);
        string source = diagnostic.Location.SourceTree!.ToString();
        int start = marked.IndexOf('«');
        Assert.Equal(
            marked[(start + 1)..marked.IndexOf('»')],
            source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.Equal(start, diagnostic.Location.SourceSpan.Start);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pragma_silences_a_warning(bool silenced)
    {
        string source = TestModels.Class(
            A + Forward + (silenced ? "#pragma warning disable DSL1010\n" : "") + "[Perceptron(8)] private partial Tensor Spare(Tensor x);");
        Programs.Driver().RunGeneratorsAndUpdateCompilation(Programs.Compilation(source), out _, out var reported);
        Assert.Equal(silenced ? [] : ["DSL1010"], reported.Where(static d => !d.IsSuppressed).Select(static d => d.Id));
    }

    /// <summary>Every message formats, with as many arguments as the stages pass.</summary>
    [Theory]
    [InlineData("DSL2001", 5)]
    [InlineData("DSL2002", 4)]
    [InlineData("DSL2003", 4)]
    [InlineData("DSL2004", 3)]
    [InlineData("DSL2005", 3)]
    [InlineData("DSL2006", 4)]
    [InlineData("DSL2007", 3)]
    [InlineData("DSL2008", 2)]
    [InlineData("DSL2009", 5)]
    [InlineData("DSL2010", 4)]
    [InlineData("DSL2011", 4)]
    [InlineData("DSL2012", 3)]
    [InlineData("DSL2013", 3)]
    [InlineData("DSL2201", 5)]
    [InlineData("DSL2202", 4)]
    [InlineData("DSL3001", 2)]
    [InlineData("DSL4001", 3)]
    [InlineData("DSL9001", 2)]
    public void Message_uses_all_arguments(string id, int arguments)
    {
        object[] values = [.. Enumerable.Range(0, arguments).Select(static i => $"<{i}>")];
        string message = Diagnostic.Create(Descriptors.Find(id)!, Location.None, values)
            .GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(values, v => Assert.Contains((string)v, message));
        Assert.DoesNotContain("{", message);
    }

    /// <summary>A stage that throws becomes a diagnostic, and the surface is still there.</summary>
    [Fact]
    public void Failing_stage_is_a_diagnostic()
    {
        ReadModel read = ModelSource.Read(TestModels.DigitNet);
        FunctionSpec forward = read.Spec.Functions[0] with { Results = new EquatableArray<ResultSpec>([new ResultSpec("", 999)]) };
        LoweringStage stage = LoweringStage.Run(read with
        {
            Spec = read.Spec with { Functions = new EquatableArray<FunctionSpec>([forward]) },
        });
        Problem problem = Assert.Single(stage.Problems);
        Assert.Equal("DSL9001", problem.Id);
        Assert.Null(stage.Lowered);
        Assert.Contains("partial global::Dsl.Tensor Stem", FileStages.Surface(stage).Text);
    }

    /// <summary>Lowering reports ids of the table only.</summary>
    [Fact]
    public void Ids_of_lowering_are_in_the_table() => Assert.All(
        typeof(ProblemIds).GetFields().Select(static f => (string)f.GetRawConstantValue()!),
        static id => Assert.NotNull(Descriptors.Find(id)));

    [Fact]
    public void Every_diagnostic_has_a_page_and_a_release_line()
    {
        string root = Root();
        string releases = File.ReadAllText(Path.Combine(root, "Dsl.Generator", "AnalyzerReleases.Unshipped.md"));
        foreach (DiagnosticDescriptor descriptor in Descriptors.All)
        {
            string page = File.ReadAllText(Path.Combine(root, descriptor.HelpLinkUri));
            Assert.StartsWith($"# {descriptor.Id}: {descriptor.Title}", page);
            Assert.Contains("## Example", page);
            Assert.Contains("## Remedy", page);
            Assert.Contains($"{descriptor.Id} | {descriptor.Category} | {descriptor.DefaultSeverity}", releases);
        }

        Assert.Equal(Descriptors.All.Count, Directory.GetFiles(Path.Combine(root, "docs", "diagnostics"), "DSL*.md").Length);
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dsl.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
