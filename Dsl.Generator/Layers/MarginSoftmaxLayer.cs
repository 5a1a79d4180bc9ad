using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>The mean cross-entropy of embeddings […, d] and labels […] over very many classes with a margin; Weight [classes, d], or
/// [classes, centres, d], and Bias [classes] without a margin.</summary>
internal sealed class MarginSoftmaxLayer : ILayer
{
    /// <summary>What <c>Ignore</c> is when every label counts; equal to the runtime's <c>Functions.NoLabel</c>.</summary>
    private const int NoLabel = int.MinValue;

    private const int MostFactor = 5;

    private static readonly string[] s_lambda = { "LambdaBase", "LambdaGamma", "LambdaPower", "LambdaMin" };

    private static readonly string[] s_psi =
    {
        "Scale", "Angle", "Cosine", "Boundary", "SubCenters", "StraightThrough", "Bias",
    };

    /// <summary>By kind, the arguments that mean nothing to it: saying one is a mistake.</summary>
    private static readonly Dictionary<string, string[]> s_foreign = new(StringComparer.Ordinal)
    {
        ["Softmax"] = s_psi.Where(static a => a != "Bias").Append("Factor").Concat(s_lambda).ToArray(),
        ["Modified"] = s_psi.Append("Factor").Concat(s_lambda).ToArray(),
        ["LSoftmax"] = s_psi,
        ["ASoftmax"] = s_psi,
        ["NormFace"] = new[] { "Factor", "Angle", "Cosine", "Boundary", "StraightThrough", "Bias" }.Concat(s_lambda).ToArray(),
        ["CosFace"] = new[] { "Factor", "Angle", "Boundary", "StraightThrough", "Bias" }.Concat(s_lambda).ToArray(),
        ["ArcFace"] = new[] { "Factor", "Cosine", "Bias" }.Concat(s_lambda).ToArray(),
        ["Combined"] = s_lambda.Append("Bias").ToArray(),
    };

    public string Kind => "MarginSoftmax";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Classes", ArgumentKind.Size, null, 2),
        new LayerArgument("Kind", ArgumentKind.Choice, "ArcFace"),
        new LayerArgument("Scale", ArgumentKind.Number, "64"),
        new LayerArgument("Factor", ArgumentKind.Number, "0"),
        new LayerArgument("Angle", ArgumentKind.Number, "0.5"),
        new LayerArgument("Cosine", ArgumentKind.Number, "0.35"),
        new LayerArgument("Boundary", ArgumentKind.Choice, "Monotone"),
        new LayerArgument("SubCenters", ArgumentKind.Size, "1"),
        new LayerArgument("StraightThrough", ArgumentKind.Bool, "false"),
        new LayerArgument("LambdaBase", ArgumentKind.Number, "1000"),
        new LayerArgument("LambdaGamma", ArgumentKind.Number, "0.12"),
        new LayerArgument("LambdaPower", ArgumentKind.Number, "1"),
        new LayerArgument("LambdaMin", ArgumentKind.Number, "5"),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
        new LayerArgument("SampleRate", ArgumentKind.Number, "1"),
        new LayerArgument("Shards", ArgumentKind.Size, "1", 1),
        new LayerArgument("Ignore", ArgumentKind.Number, "-2147483648"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        Node labels = context.Ints(1);
        if (x.Rank < 2 || !x.Shape[x.Rank - 1].IsConstant || x.Shape[x.Rank - 1].Constant > ClassTiles.MostWidth)
        {
            throw context.Mismatch(
                x, $"'…, d' with a constant d of at most {ClassTiles.MostWidth}", "give the layer embeddings of a constant width");
        }

        if (!labels.SameShape(x.Shape.RemoveAt(x.Rank - 1)))
        {
            throw context.Mismatch(
                labels, $"a label for each embedding, '{x.Shape.RemoveAt(x.Rank - 1).Text()}'", "give one label per embedding");
        }

        int width = x.Shape[x.Rank - 1].Constant;
        int classes = context.Size("Classes");
        int shards = context.Size("Shards");
        if (classes % shards != 0 || classes / shards < 2)
        {
            throw context.OutOfRange(
                    "Shards", shards.ToString(CultureInfo.InvariantCulture),
                    $"a divisor of the {classes} classes that leaves each rank two or more")
                .Offer(context.Omit("Shards"));
        }

        classes /= shards;
        MarginRule rule = Sampled(context, Rule(context), classes, width);
        int centers = context.Size("SubCenters");
        if (centers > ClassTiles.MostSubCenters)
        {
            throw context.OutOfRange(
                "SubCenters", centers.ToString(CultureInfo.InvariantCulture), $"at most {ClassTiles.MostSubCenters}");
        }

        int most = int.MaxValue / (centers * width);
        if (classes > most)
        {
            throw context.OutOfRange(
                "Classes", (classes * (long)shards).ToString(CultureInfo.InvariantCulture),
                $"at most {most} for each session with {width} features{(centers > 1 ? $" and {centers} centres" : "")}: shard them "
                + "among ranks (Shards), or narrow the embeddings; logits are tiles in any case, and SampleRate saves time, not rows");
        }

        string init = rule.HasBias ? LayerContext.KaimingUniform(width) : "Normal(0.01)";
        Node rows = x.Rank == 2 ? x : g.Reshape(x, new[] { labels.Length, x.Shape[x.Rank - 1] });
        labels = shards == 1 ? labels : Gathered(labels.Rank == 1 ? labels : g.Reshape(labels, new[] { labels.Length }));
        var operands = new List<Node>
        {
            shards == 1 ? rows : Gathered(rows),
            centers == 1 ? context.Parameter("Weight", init, decays: true, classes, width)
                : context.Parameter("Weight", init, decays: true, classes, centers, width),
            shards == 1 ? labels : g.Add(new CollectiveOp(CollectiveKind.OwnLabels, shards) { Classes = classes }, labels),
        };
        if (rule.HasBias)
        {
            operands.Add(context.Parameter("Bias", init, decays: false, classes));
        }

        if (rule.HasLambda)
        {
            operands.Add(Lambda(context));
        }

        Node losses = g.Add(new MarginLossOp(rule), operands.ToArray());
        if (shards > 1)
        {
            context.Shard("Weight", shards);
            if (rule.HasBias)
            {
                context.Shard("Bias", shards);
            }

            Node own = g.Add(new MarginLogSumOp(rule), operands.ToArray());
            Node sums = g.Add(new CollectiveOp(CollectiveKind.LogSum, shards), own);
            losses = g.Add(new ShardedLossOp(rule, shards), operands.Prepend(own).Prepend(losses).Prepend(sums).ToArray());
        }

        return Mean(g, losses, labels, Ignored(context));

        Node Gathered(Node mine) => g.Add(new CollectiveOp(CollectiveKind.Gather, shards), mine);
    }

    private static MarginRule Rule(LayerContext context)
    {
        string kind = context.Choice("Kind");
        foreach (string argument in s_foreign[kind])
        {
            if (context.IsGiven(argument))
            {
                throw context.OutOfRange(argument, context.Choice(argument), $"left out: it means nothing to Margin.{kind}")
                    .Offer(context.Omit(argument));
            }
        }

        double scale = context.Number("Scale", static s => s > 0 && s <= float.MaxValue, "a positive number");
        double angle = context.Number("Angle", static a => a is >= 0 and <= Math.PI / 2, "a number of radians from 0 to π/2");
        double cosine = context.Number("Cosine", static c => c is >= 0 and < 2, "a number from 0 to below 2");
        bool isWhole = kind is "LSoftmax" or "ASoftmax";
        double factor = context.Number(
            "Factor",
            f => f is >= 0 and <= MostFactor && (!isWhole || f == Math.Floor(f)),
            isWhole ? "a whole number from 1 to 5" : "a positive number up to 5");
        factor = factor != 0 ? factor : isWhole ? 4 : 1;
        MarginBoundary boundary = (MarginBoundary)Enum.Parse(typeof(MarginBoundary), context.Choice("Boundary"));
        if (kind == "Combined" && factor != 1)
        {
            if (context.IsGiven("Boundary") && boundary != MarginBoundary.None)
            {
                throw context.OutOfRange("Boundary", boundary.ToString(), "None, since Factor is not 1")
                    .Offer(context.Omit("Boundary"));
            }

            boundary = MarginBoundary.None;
        }

        bool straight = context.Bool("StraightThrough");
        return kind switch
        {
            "Softmax" => new MarginRule(MarginForm.None, false, null) { HasBias = context.Bool("Bias") },
            "Modified" => new MarginRule(MarginForm.None, true, null),
            "LSoftmax" or "ASoftmax" => Psi(context, kind == "ASoftmax", factor),
            "NormFace" => new MarginRule(MarginForm.None, true, scale),
            "CosFace" => new MarginRule(MarginForm.Cosine, true, scale) { Cosine = cosine },
            "ArcFace" => new MarginRule(MarginForm.Angle, true, scale)
            {
                Angle = angle, Boundary = boundary, StraightThrough = straight,
            },
            _ => new MarginRule(factor == 1 ? MarginForm.Angle : MarginForm.General, true, scale)
            {
                Factor = factor, Angle = angle, Cosine = cosine, Boundary = boundary, StraightThrough = straight,
            },
        };
    }

    private static MarginRule Psi(LayerContext context, bool rows, double factor)
    {
        double least = context.Number("LambdaMin", IsFinite, "0 or a positive number");
        double first = context.Number("LambdaBase", IsFinite, "0 or a positive number");
        context.Number("LambdaGamma", IsFinite, "0 or a positive number");
        context.Number("LambdaPower", IsFinite, "0 or a positive number");
        var rule = new MarginRule(MarginForm.Psi, rows, null) { Factor = factor };
        return first > least ? rule with { HasLambda = true } : rule with { Lambda = least };
    }

    /// <summary>In training, how many classes a step looks at.</summary>
    private static MarginRule Sampled(LayerContext context, MarginRule rule, int classes, int width)
    {
        double rate = context.Number("SampleRate", static r => r is > 0 and <= 1, "a number above 0 and up to 1");
        if (rate == 1)
        {
            return rule;
        }

        if (rule.HasBias || width > ClassSample.MostWidth || classes > ClassSample.MostClasses)
        {
            throw context.OutOfRange(
                    "SampleRate",
                    rate.ToString(CultureInfo.InvariantCulture),
                    rule.HasBias ? "left out, or Bias = false, since offsets of all classes learn"
                        : $"left out: classes are sampled among at most {ClassSample.MostClasses}, of at most {ClassSample.MostWidth} features")
                .Offer(context.Omit("SampleRate"));
        }

        return context.IsTraining
            ? rule with { Chosen = Math.Max(1, (int)(rate * classes)), Site = context.NextDraw() } : rule;
    }

    private static bool IsFinite(double value) => value is >= 0 and <= float.MaxValue;

    /// <summary>max(least, base·(1 + γ·t)^-power) in step t, which a state counts.</summary>
    private static Node Lambda(LayerContext context)
    {
        Graph g = context.Graph;
        Node step = context.State("Iteration", "Zeros()", 1);
        context.Anneal("Iteration", string.Join(", ", s_lambda.Select(Number).Select(static v => v.ToString("R", CultureInfo.InvariantCulture))));
        if (context.IsTraining)
        {
            context.Next("Iteration", g.Pointwise("add", step, g.Constant(1)));
        }

        Node grown = g.Pointwise("add", g.Pointwise("mul", step, g.Constant(Number("LambdaGamma"))), g.Constant(1));
        Node falling = g.Pointwise(
            "mul", g.Pointwise("pow", grown, g.Constant(-Number("LambdaPower"))), g.Constant(Number("LambdaBase")));
        return g.Pointwise("max", falling, g.Constant(Number("LambdaMin")));

        double Number(string name) => context.Number(name, IsFinite, "0 or a positive number");
    }

    private static int? Ignored(LayerContext context)
    {
        int ignore = (int)context.Number(
            "Ignore", static i => i == Math.Floor(i) && i is >= int.MinValue and <= int.MaxValue, "a whole number");
        return ignore == NoLabel ? null : ignore;
    }

    /// <summary>Over the labels that count; 0 when none does.</summary>
    private static Node Mean(Graph g, Node losses, Node labels, int? ignore)
    {
        if (ignore is not { } number)
        {
            return g.Mean(losses, Enumerable.Range(0, losses.Rank).ToArray());
        }

        Node counted = g.Add(new DiffersOp(number), labels);
        Node count = g.Pointwise("max", g.SumAll(counted), g.Constant(1));
        return g.Pointwise("div", g.SumAll(g.Pointwise("select", counted, losses, g.Constant(0))), count);
    }
}
