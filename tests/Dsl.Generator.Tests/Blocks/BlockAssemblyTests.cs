extern alias runtime;
using System;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using IModel = runtime::Dsl.IModel;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;
using Tensor = runtime::Dsl.Tensor;

namespace Dsl.Generator.Tests.Blocks;

/// <summary>A block of another assembly is the block it was in its source.</summary>
public sealed class BlockAssemblyTests
{
    private const string Blocks = """
        namespace Library;

        /// <summary>A residual block.</summary>
        [Block] public sealed partial class Residual(int width, bool scaled = false, Activation activation = Activation.Silu)
        {
            /// <summary>Wider.</summary>
            [Perceptron("2*width", Activation = Activation.Tanh)] private partial Tensor Expand(Tensor x);
            [Perceptron(nameof(width))] private partial Tensor Contract(Tensor x);
            public Tensor Forward([Shape("b", "width")] Tensor x)
            {
                Tensor y = Contract(Map(Bend, Expand(x)));
                return x + (scaled && activation != Activation.None ? y * 0.5f : y);
            }

            [Pointwise] internal static float Bend(float x) => x * Sigmoid(2 * x);
        }

        [Block] public sealed partial class Two(int width, string mode = "same \"width\"")
        {
            [Use<Residual>("width", true, Repeat = 3)] private partial Tensor First(Tensor x);
            [Use<Residual>("width")] private partial Tensor Second(Tensor x);
            public (Tensor Sum, Tensor Last) Forward(Tensor x)
            {
                Tensor y = First(x);
                Tensor z = mode == "same \"width\"" ? Second(y) : y;
                return (y + z, z);
            }
        }
        """;

    private const string Model = """
        namespace Demo;

        [Model] public sealed partial class M
        {
            [Perceptron(6)] private partial Tensor Stem(Tensor x);
            [Use<Library.Two>(6)] private partial (Tensor, Tensor) Body(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x)
            {
                var (sum, last) = Body(Stem(x));
                return sum * last;
            }
            public Tensor Loss([Shape("b", 4)] Tensor x, [Shape("b", 6)] Tensor t) => MeanSquaredError(Forward(x), t);
        }
        """;

    [Fact]
    public void Source_and_metadata_give_one_spec()
    {
        ModelSpec source = Spec(Programs.CompilationWith(Programs.RealRuntime, Blocks, Model));
        ModelSpec metadata = Spec(Programs.CompilationWith(Programs.RealRuntime, Model).AddReferences(Library().Reference));

        Assert.Equal(["Library.Residual", "Library.Two"], source.Blocks.Select(static b => b.Name));
        Assert.Equal(source.Blocks.Select(static b => b.Carried()), metadata.Blocks);
        Assert.NotEqual<BlockSpec>(source.Blocks, metadata.Blocks);
    }

    [Fact]
    public void Carried_text_reads_back()
    {
        BlockSpec[] blocks = [.. Spec(Programs.CompilationWith(Programs.RealRuntime, Blocks, Model)).Blocks.Select(static b => b.Carried())];
        string text = SpecText.PrintCarried(blocks[1], blocks.Take(1));

        Assert.Equal(blocks.Reverse(), SpecReader.ParseBlocks(text));
        Assert.DoesNotContain("@", text);
        Assert.DoesNotContain("Wider", text);
    }

    /// <summary>Compiled kernels, eager code and learning, with the block in an assembly of its own.</summary>
    [Fact]
    public void Model_with_a_block_of_another_assembly_trains()
    {
        (byte[] library, MetadataReference reference) = Library();
        byte[] image = Image(Programs.CompilationWith(Programs.RealRuntime, Model).AddReferences(reference));
        var context = new AssemblyLoadContext("blocks", isCollectible: true);
        context.LoadFromStream(new MemoryStream(library));
        var model = (IModel)Activator.CreateInstance(context.LoadFromStream(new MemoryStream(image)).GetType("Demo.M")!)!;
        Assert.Contains(model.Parameters, static p => p.Name == "Body.First.2.Expand.Weight");

        var random = new Random(5);
        float[] x = [.. Enumerable.Range(0, 8 * 4).Select(_ => random.NextSingle() - 0.5f)];
        float[] t = [.. Enumerable.Range(0, 8 * 6).Select(_ => random.NextSingle() - 0.5f)];
        var eager = (Tensor)model.GetType().GetMethod("Forward")!.Invoke(model, [new Tensor(x, [8, 4])])!;
        using var session = model.NewSession(new SessionOptions { Sizes = new runtime::Dsl.Sizes { ["b"] = 8 }, Optimizer = new Sgd(0.1f) });
        session.Begin(EntryPoint.Forward);
        session.Write(0, x);
        session.Run();
        float[] y = new float[8 * 6];
        session.Read(0, y);
        for (int i = 0; i < y.Length; i++)
        {
            Assert.Equal(eager.Values[i], y[i], 1e-5f);
        }

        float first = 0;
        float last = 0;
        for (int step = 0; step < 50; step++)
        {
            session.Begin(EntryPoint.Train);
            session.Write(0, x);
            session.Write(1, t);
            session.Run();
            last = session.ReadScalar();
            first = step == 0 ? last : first;
            session.Optimizer!.Update(session);
        }

        Assert.True(last < 0.8f * first, $"the loss went from {first} to {last}");
    }

    private static ModelSpec Spec(Compilation compilation)
    {
        GeneratorRunResult result = Programs.Driver(implementation: false).RunGenerators(compilation).GetRunResult().Results.Single();
        Assert.Empty(result.Diagnostics);
        return ((ReadModel)result.TrackedSteps[Steps.Spec].Single().Outputs.Single().Value).Spec;
    }

    private static (byte[] Image, MetadataReference Reference) Library()
    {
        byte[] image = Image(Programs.CompilationWith(Programs.RealRuntime, Blocks).WithAssemblyName("Library"));
        return (image, MetadataReference.CreateFromImage(image));
    }

    private static byte[] Image(CSharpCompilation compilation)
    {
        Programs.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation program, out var diagnostics);
        Assert.Empty(diagnostics);
        Programs.AssertCompiles(program);
        using var image = new MemoryStream();
        var emitted = program.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return image.ToArray();
    }
}
