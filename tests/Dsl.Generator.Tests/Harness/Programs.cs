using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dsl.Generator.Tests.Harness;

/// <summary>Compiles small programs with the generator.</summary>
internal static class Programs
{
    public static CSharpParseOptions ParseOptions { get; } = CSharpParseOptions.Default
        .WithLanguageVersion(LanguageVersion.CSharp14).WithDocumentationMode(DocumentationMode.Diagnose);

    /// <summary>What models are compiled against: declarations only, so that these tests do not wait for the runtime. The
    /// one line to change for the real one: <c>= RealRuntime;</c>.</summary>
    public static MetadataReference Runtime { get; } = Compiled("Dsl.Runtime", RuntimeStubs.Source);

    /// <summary>The runtime as it was built.</summary>
    public static MetadataReference RealRuntime { get; } =
        MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, "Dsl.Runtime.dll"));

    private static ImmutableArray<MetadataReference>? s_framework;

    private static ImmutableArray<MetadataReference> Framework => s_framework ??=
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static p => Path.GetFileName(p) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"))
            .Select(static p => (MetadataReference)MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>A file of the program <paramref name="source"/> with the usings that the package brings.</summary>
    public static SyntaxTree Tree(string source, string path = "Model.cs") =>
        CSharpSyntaxTree.ParseText(source.Replace("\r", ""), ParseOptions, path, System.Text.Encoding.UTF8);

    /// <summary>A program of one or more files.</summary>
    public static CSharpCompilation Compilation(params string[] sources) => CompilationWith(Runtime, sources);

    /// <summary>A program against one of the runtimes.</summary>
    public static CSharpCompilation CompilationWith(MetadataReference runtime, params string[] sources) =>
        CSharpCompilation.Create(
            "Demo",
            sources.Select((s, i) => Tree(s, $"File{i}.cs"))
                .Prepend(Tree("global using Dsl; global using static Dsl.Functions; global using System;", "Usings.cs")),
            Framework.Add(runtime),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A driver that records why every step ran.</summary>
    /// <param name="implementation">False: without the kernels, as an editor runs it.</param>
    public static GeneratorDriver Driver(bool implementation = true) => CSharpGeneratorDriver.Create(
        [new DslGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(
            implementation ? IncrementalGeneratorOutputKind.None : IncrementalGeneratorOutputKind.Implementation,
            trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator as an editor does and gives the program with what it wrote.</summary>
    public static (Compilation Program, GeneratorRunResult Result) Generate(params string[] sources)
    {
        GeneratorDriver driver = Driver(implementation: false)
            .RunGeneratorsAndUpdateCompilation(Compilation(sources), out Compilation program, out _);
        return (program, driver.GetRunResult().Results.Single());
    }

    /// <summary>The generated files by hint name.</summary>
    public static string File(GeneratorRunResult result, string hintName) =>
        result.GeneratedSources.Single(s => s.HintName == hintName).SourceText.ToString();

    /// <summary>Errors and warnings of the compiler itself; missing documentation (CS1591) in generated files
    /// only.</summary>
    public static IEnumerable<string> Complaints(Compilation program) => program.GetDiagnostics()
        .Where(static d => d.Severity >= DiagnosticSeverity.Warning)
        .Where(static d => d.Id != "CS1591" || d.Location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))
        .Select(static d => d.ToString());

    /// <summary>The program with generated files compiles without errors and warnings, as an editor sees it.</summary>
    public static void AssertCompiles(Compilation program) =>
        Assert.True(!Complaints(program).Any(), string.Join("\n", Complaints(program)));

    private static PortableExecutableReference Compiled(string name, string source)
    {
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        CSharpCompilation library = CSharpCompilation.Create(name, [Tree(source, name + ".cs")], Framework, options);
        Driver().RunGeneratorsAndUpdateCompilation(library, out Compilation program, out _);
        using var image = new MemoryStream();
        var emitted = program.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
