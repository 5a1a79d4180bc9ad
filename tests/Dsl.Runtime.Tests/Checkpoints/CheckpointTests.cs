using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Checkpoints;
using Xunit;

namespace Dsl.Runtime.Tests.Checkpoints;

public sealed class CheckpointTests
{
    /// <summary>Files that do not fit the model, and what the message says of them.</summary>
    public static TheoryData<string, string> Misfits => new()
    {
        { "missing", "'Stem.Bias' [3] is missing" },
        { "extra", "'Other' [1] is not known" },
        { "misshapen", "'Stem.Weight' is [2, 3], expected [3, 2]" },
        { "type", "'Stem.Bias' is I32, expected F32 or F64" },
        { "all", "'Stem.Weight' [3, 2] is missing; 'Stem.Bias' [3] is missing; 'Other' [1] is not known" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_file_that_does_not_fit_changes_nothing(string kind, string expected)
    {
        using var folder = new ScratchFolder();
        Misfit(kind).Save(folder["x"]);
        ParameterSet parameters = Parameters();
        string before = parameters.Sha256();
        long version = parameters.Version;
        var e = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["x"], parameters));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, parameters.Sha256());
        Assert.Equal(version, parameters.Version);
    }

    [Fact]
    public void Parameters_come_back_bit_for_bit()
    {
        using var folder = new ScratchFolder();
        ParameterSet saved = Parameters();
        saved.Initialize(7);
        saved["Stem.Bias"].Values[1] = float.NaN;
        Checkpoint.Save(folder["x"], saved);
        ParameterSet loaded = Parameters();
        long version = loaded.Version;
        Checkpoint.Load(folder["x"], loaded);
        Assert.Equal(saved.Sha256(), loaded.Sha256());
        Assert.NotEqual(version, loaded.Version);
    }

    [Fact]
    public void Layers_of_another_model_are_loaded_under_their_names()
    {
        using var folder = new ScratchFolder();
        var writer = new SafeTensorsWriter();
        writer.Add("backbone.Weight", [3, 2], new[] { 1f, 2f, 3f, 4f, 5f, 6f });
        writer.Add("head.weight", [9], new float[9]);
        writer.Save(folder["x"]);
        ParameterSet parameters = Parameters();
        float[] bias = parameters["Stem.Bias"].ReadOnlyValues.ToArray();
        long version = parameters.Version;
        Assert.Equal(1, Checkpoint.Load(
            folder["x"], parameters, static name => name == "Stem.Weight" ? "backbone.Weight" : null));
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], parameters["Stem.Weight"].ReadOnlyValues.ToArray());
        Assert.Equal(bias, parameters["Stem.Bias"].ReadOnlyValues.ToArray());
        Assert.NotEqual(version, parameters.Version);

        string before = parameters.Sha256();
        string Refused(Func<string, string?> names) =>
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["x"], parameters, names)).Message;
        Assert.Contains("'Stem.Weight' [3, 2] is missing", Refused(static n => n), StringComparison.Ordinal);
        Assert.Contains("'head.weight' is [9], expected [3]", Refused(static n => n == "Stem.Bias" ? "head.weight" : "backbone.Weight"), StringComparison.Ordinal);
        Assert.Contains("No parameter was asked for", Refused(static _ => null), StringComparison.Ordinal);
        Assert.Equal(before, parameters.Sha256());
    }

    [Fact]
    public void Doubles_are_rounded_and_training_arrays_left_out()
    {
        using var folder = new ScratchFolder();
        var writer = new SafeTensorsWriter();
        writer.Add("optimizer.Mean.Stem.Bias", [3], new float[3]);
        writer.Add("Stem.Weight", [3, 2], new[] { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 });
        writer.Add("Stem.Bias", [3], new float[3]);
        writer.Save(folder["x"]);
        ParameterSet parameters = Parameters();
        Checkpoint.Load(folder["x"], parameters);
        Assert.Equal([0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f], parameters["Stem.Weight"].ReadOnlyValues.ToArray());
    }

    [Fact]
    public void A_long_list_of_problems_is_cut()
    {
        using var folder = new ScratchFolder();
        var writer = new SafeTensorsWriter();
        Checkpoint.Add(writer, Parameters());
        for (int i = 0; i < 20; i++)
        {
            writer.Add("More" + i, [1], new float[1]);
        }

        writer.Save(folder["x"]);
        var e = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["x"], Parameters()));
        Assert.Contains(
            "'More11' [1] is not known; and 8 more. Nothing was changed.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_of_input_and_output()
    {
        using var folder = new ScratchFolder();
        Assert.ThrowsAny<IOException>(() => Checkpoint.Load(folder["x"], Parameters()));
    }

    private static SafeTensorsWriter Misfit(string kind)
    {
        var writer = new SafeTensorsWriter();
        if (kind != "all")
        {
            writer.Add("Stem.Weight", kind == "misshapen" ? [2, 3] : [3, 2], new float[6]);
        }

        switch (kind)
        {
            case "type":
                writer.Add("Stem.Bias", [3], new int[3]);
                break;
            case not ("missing" or "all"):
                writer.Add("Stem.Bias", [3], new float[3]);
                break;
        }

        if (kind is "extra" or "all")
        {
            writer.Add("Other", [1], new float[1]);
        }

        return writer;
    }

    private static ParameterSet Parameters() => new(
    [
        new ParameterInfo("Stem.Weight", [3, 2], Initializer.Uniform(0.5f), decays: true),
        new ParameterInfo("Stem.Bias", [3], Initializer.Uniform(0.5f), decays: false),
    ]);
}
