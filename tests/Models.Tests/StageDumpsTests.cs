using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Plans;
using Models.Language;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>What the build decided can be read at run time, although it comes packed.</summary>
public sealed class StageDumpsTests
{
    [Fact]
    public void A_model_brings_the_dumps_of_its_stages_in_their_order()
    {
        StageDumps stages = DigitNet.Compiled.Stages;
        Assert.Equal(["graph", "training", "schedule", "memory"], stages.Keys);
        Assert.StartsWith("%0 image = input[image] : b, 1, 28, 28\n", stages["graph"], StringComparison.Ordinal);
        Assert.Contains("Stem.Weight.Gradient", stages["training"], StringComparison.Ordinal);
        Assert.True(stages.TryGetValue("memory", out string? memory));
        Assert.DoesNotContain("\0", memory, StringComparison.Ordinal);
    }

    /// <summary>What attention in linear time makes of all keys and values, numbers for each feature of a head and no position,
    /// is brought into another order for its gradient: two products a layer or unit.</summary>
    private static readonly Dictionary<string, int> s_products = new(StringComparer.Ordinal)
    {
        [nameof(FlashClassifier)] = 8,
        [nameof(LinearTransformerClassifier)] = 4,
        [nameof(LinformerClassifier)] = 4,
        [nameof(PerformerClassifier)] = 4,
    };

    /// <summary>Layers, and for each of them the transposes of a step.</summary>
    private static readonly Dictionary<string, (int Layers, int Trained)> s_reformers = new(StringComparer.Ordinal)
    {
        [nameof(CharReformer)] = (4, 3),
        [nameof(ReformerClassifier)] = (2, 2),
    };

    /// <summary>Layouts are chosen so that what one kernel writes the next can read. Weights are brought into another order
    /// for the backward pass, which costs a step next to nothing. Attention in chunks is made of products, of whose two
    /// operands one lies across: keys for the scores, once more when they are replayed, and values for their
    /// gradients.</summary>
    [Theory]
    [MemberData(nameof(AllModels.NamesWithFullSize), MemberType = typeof(AllModels))]
    public void No_activation_is_transposed(string name)
    {
        string[] programs = AllModels.Make(name).Compiled.Stages["schedule"].Split('\n')
            .Where(static line => line.Contains(" launches", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(programs);
        Assert.All(programs, line => Assert.Matches(
            "^[A-Z][a-z]+: [0-9]+ launches(; the first [0-9]+ when parameters(, [a-z]+)* change)?"
            + $"(; transposes: {Transposes(line)} of activations, [0-9]+ of parameters)?$", line));

        int Transposes(string line)
        {
            bool trains = line.StartsWith("Train", StringComparison.Ordinal);
            return s_reformers.TryGetValue(name, out var reformer) ? reformer.Layers * (trains ? reformer.Trained : 1)
                : trains ? s_products.GetValueOrDefault(name) : 0;
        }
    }

    [Fact]
    public void An_unknown_stage_is_an_error_that_names_those_there_are()
    {
        var error = Assert.Throws<KeyNotFoundException>(static () => DigitNet.Compiled.Stages["fusion"]);
        Assert.Equal("There is no stage 'fusion'; there are graph, training, schedule, memory.", error.Message);
    }
}
