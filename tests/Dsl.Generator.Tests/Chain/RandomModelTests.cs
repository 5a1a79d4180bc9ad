using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The whole chain on models that nobody wrote.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class RandomModelTests
{
    /// <summary>Models of one program: a compilation costs as much as several models.</summary>
    private const int Together = 10;

    private static int Count => Number("DSL_RANDOM_MODELS", 16);

    private static int First => Number("DSL_SEED", 1);

    [Fact]
    public void Random_models_agree_with_the_interpreter() => Check(RandomModels.Of, RandomModelCheck.Wrong);

    [Fact]
    public void Random_causal_models_agree_with_their_steps() => Check(RandomModels.CausalOf, RandomModelCheck.WrongSteps);

    private static void Check(Func<int, string, RandomModel> make, Func<CompiledCase, string?> check)
    {
        var wrong = new List<string>();
        for (int at = 0; at < Count; at += Together)
        {
            RandomModel[] models = [.. Enumerable.Range(First + at, Math.Min(Together, Count - at)).Select(s => make(s, $"M{s}"))];
            foreach (var (model, failure) in Wrong(models, check))
            {
                var (smallest, how) = wrong.Count < 6 ? RandomModelCheck.Shrink(model, failure, check) : (model, failure);
                wrong.Add($"{model.Name}\n{smallest.Case.Sources[0]}\nruns {string.Join(" | ", smallest.Runs)}\n{how}\n");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static IEnumerable<(RandomModel Model, string Wrong)> Wrong(RandomModel[] models, Func<CompiledCase, string?> check)
    {
        IReadOnlyList<CompiledCase>? compiled = null;
        try
        {
            compiled = CompiledCase.Together(models[0].Name, [.. models.Select(static m => m.Case)]);
        }
        catch (Xunit.Sdk.XunitException)
        {
            // Some model does not compile: each of them alone says which.
        }

        return models.Select((m, i) => (m, compiled is null ? RandomModelCheck.Wrong(m, check) : check(compiled[i])))
            .Where(static w => w.Item2 is not null).Select(static w => (w.m, w.Item2!));
    }

    private static int Number(string variable, int otherwise) => int.TryParse(
        Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
