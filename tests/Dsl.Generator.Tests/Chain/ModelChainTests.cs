extern alias runtime;
using System;
using System.Linq;
using Dsl.Generator.Tests.Harness;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Chain;

/// <summary>
/// Whole networks of Models, gradients included, against the interpreter: what no case of a few layers shows, because
/// only here buffers are parts of others, reused, and computed again, all at once.
/// </summary>
[Collection(ChainTestGroup.Name)]
public sealed class ModelChainTests
{
    private const int Seed = 20261125;

    [Theory]
    [InlineData("Vision/DigitNet", "b=3")]
    [InlineData("Vision/DigitMlp", "b=5")]
    [InlineData("Vision/FieldNet", "b=2")]
    [InlineData("Vision/Espcn", "b=2 h=6 w=9")]
    [InlineData("Vision/SuperResolution", "b=2 h=6 w=9")]
    [InlineData("Vision/SmallResNet18", "b=2")]
    [InlineData("Vision/SmallResNet50", "b=2")]
    [InlineData("Vision/SmallVgg16", "b=2")]
    [InlineData("Segmentation/NucleusUNet", "b=2 h=3 w=2")]
    [InlineData("Segmentation/ShapeUNet", "b=2 h=2 w=3")]
    [InlineData("Segmentation/SmallTransposedUNet", "b=2 h=2 w=3")]
    [InlineData("Segmentation/SmallFcn8s", "b=2 h=1 w=2")]
    [InlineData("Segmentation/SmallDenseVgg", "b=1 h=2 w=3")]
    [InlineData("Face/SmallDeepFace", "b=2")]
    [InlineData("Face/SmallDeepId", "b=2")]
    [InlineData("Face/SmallSphereFace", "b=2")]
    [InlineData("Face/SmallIrResNet", "b=3")]
    [InlineData("Face/SmallMobileFaceNet", "b=3")]
    [InlineData("Face/DeepIdBank", "b=2")]
    [InlineData("Language/CharSparseTransformer", "b=2 n=21")]
    [InlineData("Language/PerformerClassifier", "b=3 n=21")]
    public void Gradients_of_whole_networks_agree_with_the_interpreter(string file, string run)
    {
        string path = $"Models/{file}.cs";
        var chain = new ChainCase(path, "")
        {
            Model = $"Models.{file.Replace('/', '.')}",
            Runs = [run],
            Sources = [.. ModelSources.Of("Models").Where(p => p == path || IsBlock(p)).Select(WithoutReferences)],
            InputGradients = ModelSources.Read(path).Contains("InputGradients = true", StringComparison.Ordinal),
        };
        CompiledCase compiled = CompiledCase.Of(chain);
        var data = new CaseData(compiled, run, Seed);
        using var session = new CaseSession(compiled, Device.Host(2));
        Agreement.Alike(data.Oracle(), session.Run(data, run), $"{path}, {run}, seed {Seed}");
    }

    /// <summary>A block, or an argument of blocks, which agents have not.</summary>
    private static bool IsBlock(string path) => ModelSources.Read(path) is var text
        && !path.StartsWith("Models/Agents/", StringComparison.Ordinal)
        && (text.Contains("\n[Block]", StringComparison.Ordinal)
            || text.Contains("\npublic enum", StringComparison.Ordinal));

    /// <summary>Comments refer to models that are left out here.</summary>
    private static string WithoutReferences(string path) =>
        ModelSources.Read(path).Replace("see cref=\"", "c name=\"", StringComparison.Ordinal);
}
