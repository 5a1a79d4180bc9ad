extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Tests;
using Device = runtime::Dsl.Device;
using HostVectors = runtime::Dsl.Vectors.HostVectors;
using RandomKey = runtime::Dsl.RandomKey;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Host sessions and eager code of a random model against the interpreter, and the interpreter's gradients against
/// differences.</summary>
internal static class RandomModelCheck
{
    private const int Seed = 1;

    /// <summary>Smaller forms of a model that fails are tried so often.</summary>
    private const int MostTries = 60;

    /// <summary>DSL_RANDOM_GPU=1: on the accelerator, too, where compiling takes most of the time.</summary>
    private static readonly bool s_onAccelerator = Environment.GetEnvironmentVariable("DSL_RANDOM_GPU") == "1";

    /// <summary>What a message says of models that are refused, and are right but for that: not everything keeps padding apart,
    /// rows of an embedding are not seen as channels, and what is only compared learns nothing.</summary>
    private static readonly string[] s_refusals = ["DSL2015", "use the embedding as it comes", "is zero everywhere"];

    /// <summary>What is wrong with a model; null when all agree.</summary>
    public static string? Wrong(CompiledCase compiled)
    {
        CaseData? data = null;
        try
        {
            var all = compiled.Case.Runs.Select((run, i) => (Run: run, Data: new CaseData(compiled, run, Seed + i))).ToList();
            var oracle = all.ConvertAll(static d => d.Data.Oracle());
            foreach (var (run, part) in all)
            {
                data = part;
                Differences(compiled, part, run);
            }

            Compiled(compiled, all, oracle);
            data = all[^1].Data;
            data.Fill();
            Agreement.Close(data.Oracle(), data.Eager(), $"eager, {all[^1].Run}");
            return null;
        }
        catch (Exception failure)
        {
            return data is not null && failure is Xunit.Sdk.XunitException && IsUnstable(data) ? null : $"{failure}";
        }
        finally
        {
            HostVectors.Override(null);
        }
    }

    /// <summary>What is wrong with a model that takes steps; null when they agree with all positions at once.</summary>
    public static string? WrongSteps(CompiledCase compiled)
    {
        try
        {
            // A chunk of scans has 64 positions.
            StepAgreement.Check(compiled, Device.Host(2), sequences: 2, positions: 70, relative: 1e-4f, least: 1e-7f);
            return null;
        }
        catch (Exception failure)
        {
            return $"{failure}";
        }
    }

    /// <summary>What is wrong with a model alone, from its source on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="check">What is wrong with it compiled.</param>
    public static string? Wrong(RandomModel model, Func<CompiledCase, string?> check)
    {
        try
        {
            return check(CompiledCase.Together(model.Name, [model.Case])[0]);
        }
        catch (Exception failure)
        {
            return s_refusals.Any(r => failure.Message.Contains(r, StringComparison.Ordinal)) ? null : $"{failure}";
        }
    }

    /// <summary>The smallest model found that still fails, and how.</summary>
    public static (RandomModel Model, string Wrong) Shrink(
        RandomModel model, string wrong, Func<CompiledCase, string?> check)
    {
        for (int tries = 0; tries < MostTries;)
        {
            bool isSmaller = false;
            foreach (RandomModel smaller in model.Smaller())
            {
                if (tries++ >= MostTries)
                {
                    break;
                }

                if (Wrong(smaller, check) is { } still && Kind(still) == Kind(wrong))
                {
                    (model, wrong, isSmaller) = (smaller, still, true);
                    break;
                }
            }

            if (!isSmaller)
            {
                break;
            }
        }

        return (model, wrong);
    }

    /// <summary>Which check failed: a smaller model that is wrong in another way is another model.</summary>
    private static string Kind(string wrong) => wrong.Contains("DSL4001", StringComparison.Ordinal) ? "DSL4001"
        : wrong.Contains("DSL", StringComparison.Ordinal) ? "DSL"
        : wrong.Contains(" lanes", StringComparison.Ordinal) ? "lanes" : wrong[..Math.Min(30, wrong.Length)];

    private static void Compiled(CompiledCase compiled, List<(string Run, CaseData Data)> all, List<CaseResult> oracle)
    {
        int widest = HostVectors.Width;
        int[] narrower = [.. new[] { 8, 4, 1 }.Where(HostVectors.Supports).Where(w => w < widest)];
        int[] widths = narrower.Length == 0 ? [widest] : [widest, narrower[compiled.Case.Body.Length % narrower.Length]];
        foreach (int lanes in widths)
        {
            HostVectors.Override(lanes);
            CaseResult[]? first = null;
            foreach (int threads in lanes == widest ? new[] { 1, 2 } : [2])
            {
                using var session = new CaseSession(compiled, Device.Host(threads));
                var results = all.Select(d => session.Run(d.Data, d.Run)).ToArray();
                for (int i = 0; i < results.Length; i++)
                {
                    string what = $"{all[i].Run}, {lanes} lanes, {threads} threads";
                    Agreement.Close(oracle[i], results[i], what);
                    Agreement.Same((first ?? results)[i], results[i], what);
                }

                first ??= results;
            }
        }

        if (s_onAccelerator)
        {
            TestGpu.Require();
            using var session = new CaseSession(compiled, TestGpu.Device);
            for (int i = 0; i < all.Count; i++)
            {
                Agreement.Close(oracle[i], session.Run(all[i].Data, all[i].Run), $"{all[i].Run}, on {TestGpu.Title}");
            }
        }
    }

    /// <summary>The loss changes along a random direction as its gradients say.</summary>
    private static void Differences(CompiledCase compiled, CaseData data, string run)
    {
        Graph? loss = compiled.Lowered.Train;
        if (loss is null || loss.Nodes.Any(static n => n.Op is StopGradientOp))
        {
            return;
        }

        var sizes = ChainCase.SizesOf(run);
        RandomKey key = RandomKey.Of(CaseData.Seed, 0, 0);
        var gradients = GraphInterpreter.Evaluate(
            Differentiator.Differentiate(loss), data.Inputs, data.Parameters, sizes, (key.Word0, key.Word1));
        var random = new Random(Seed);
        var directions = data.Parameters.Where(p => gradients.ContainsKey(p.Key + RegionOutputs.Gradient))
            .ToDictionary(static p => p.Key, p => p.Value.Data.Map(_ => random.NextDouble() - 0.5));
        var products = directions
            .SelectMany(d => d.Value.Zip(gradients[d.Key + RegionOutputs.Gradient].Data, static (x, y) => x * y)).ToList();
        double At(double step)
        {
            var moved = data.Parameters.ToDictionary(static p => p.Key, p => !directions.TryGetValue(p.Key, out double[]? d) ? p.Value
                : new NdArray([.. p.Value.Data.Zip(d, (x, y) => x + (step * y))], p.Value.Shape));
            return GraphInterpreter.Evaluate(loss, data.Inputs, moved, sizes, (key.Word0, key.Word1))[loss.Outputs[0].Name].Data[0];
        }

        double Error(double step) => Math.Abs(((At(step) - At(-step)) / (2 * step)) - products.Sum());
        double error = Math.Min(Error(1e-5), Error(1e-7));

        // What the roundings of a large loss leave in a difference is no gradient.
        double allowed = 1e-9 + (1e-5 * products.Sum(Math.Abs)) + (1e-10 * Math.Abs(At(0)));
        Xunit.Assert.True(error <= allowed, $"{run}: the gradients' product {products.Sum()} is off by {error}");
    }

    /// <summary>Whether the oracle itself changes beyond what is allowed when operands change by a few roundings, or a result, or all
    /// gradients, are what roundings leave of 0.</summary>
    private static bool IsUnstable(CaseData data)
    {
        CaseResult exact = data.Oracle();
        var groups = exact.GroupBy(static r => r.Key.EndsWith(RegionOutputs.Gradient, StringComparison.Ordinal) ? "" : r.Key);
        if (groups.Any(static g => g.SelectMany(static r => r.Value).All(static v => Math.Abs(v) < 1e-9)))
        {
            return true;
        }

        var random = new Random(Seed);
        foreach (NdArray values in data.Parameters.Values.Concat(data.Inputs.Values))
        {
            for (int i = 0; i < values.Data.Length; i++)
            {
                values.Data[i] *= values.Data[i] == Math.Floor(values.Data[i]) ? 1 : 1 + (3e-7 * (random.NextDouble() - 0.5));
            }
        }

        try
        {
            Agreement.Close(exact, data.Oracle(), "");
            return false;
        }
        catch (Xunit.Sdk.XunitException)
        {
            return true;
        }
    }
}
