using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Scheduling;

/// <content>Margin softmax and its gradients: no body, buffers in a fixed order.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanClassLogits(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        bool isGradient = anchor.Op is MarginLossGradientOp;
        MarginRule rule = (anchor.Op as MarginLossGradientOp)?.Rule ?? MarginPass.RuleOf(anchor.Op)!;
        Node[] operands = anchor.Inputs.Skip(isGradient ? rule.Leading : 0).ToArray();
        (Node x, Node w) = (operands[0], operands[1]);
        Size samples = x.Shape[0];
        (int width, int rows) = (x.Shape[1].Constant, w.Length.Constant / x.Shape[1].Constant);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Samples", samples), new("Classes", Int(w.Shape[0].Constant)), new("Width", Int(width)),
            Property("Row", EmbeddingStep(x)),
        };
        AddInt(shape, "SubCenters", MarginRule.Centers(w), 1);
        var results = new List<Node>();
        if (isGradient)
        {
            results.AddRange(kernel.Stores.OrderBy(static s => ((MarginLossGradientOp)s.Op).Operand));
            shape.Add(new("Gradients", string.Join(
                " | ", results.Select(static s => $"ClassGradients.{((MarginLossGradientOp)s.Op).Operand}"))));
            if (results.FirstOrDefault(static s => ((MarginLossGradientOp)s.Op).Operand == MarginOperand.Embeddings) is { } of)
            {
                shape.Add(Property("OfRow", EmbeddingStep(of)));
            }
        }
        else
        {
            results.AddRange(kernel.Stores.OrderBy(static s => s.Op is MarginChoiceOp ? 2 : s.Op is MarginLogSumOp ? 1 : 0));
            AddFlag(shape, "LogSums", results.Any(static s => s.Op is MarginLogSumOp));
            AddFlag(shape, "Choice", results.Any(static s => s.Op is MarginChoiceOp));
            if (!results.Any(static s => s.Op is MarginLossOp))
            {
                shape.Add(new("Losses", "false"));
            }
        }

        AddMargin(shape, rule);
        AddInt(shape, "Chosen", rule.Chosen, 0);
        AddInt(shape, "Site", rule.Site, 0);
        string scratch = kernel.Name + ".Scratch";
        Size room = rule.Chosen > 0 && !isGradient && !results.Any(static s => s.Op is MarginChoiceOp)
            ? ClassSample.Room(samples, rule.Chosen) : 0;
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = isGradient ? "ClassLogitsGradient" : "ClassLogits",
            Buffers = anchor.Inputs.Concat(results).Select(_schedule.BufferOf).Append(scratch).ToImmutableArray(),
            ShapeType = "ClassLogitsShape",
            Shape = shape.ToImmutableArray(),
            Tiles = s_attendTiles,
            Scratch = (scratch, isGradient
                ? ClassTiles.GradientScratch(samples, width, rows) : ClassTiles.Scratch(samples, width, rows) + room),
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanCollective(FusedKernel kernel)
    {
        Node result = kernel.Anchors[0];
        CollectiveOp op = result.Op as CollectiveOp ?? new CollectiveOp(CollectiveKind.Losses, ((ShardedLossOp)result.Op).Ranks);
        Node of = op.Kind == CollectiveKind.Gather ? result.Inputs[0] : result;
        var shape = new List<KeyValuePair<string, string>>
        {
            new("Kind", $"CollectiveKind.{op.Kind}"), new("Ranks", Int(op.Ranks)), Property("Length", of.Length),
        };
        AddInt(shape, "Classes", op.Classes, 0);
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Collective",
            Buffers = result.Inputs.Take(op.Kind == CollectiveKind.Losses ? ShardedLossOp.Leading : 1).Append(result)
                .Select(_schedule.BufferOf).ToImmutableArray(),
            ShapeType = "CollectiveShape",
            Shape = shape.ToImmutableArray(),
            Summary = Members(kernel),
        };
    }

    private static void AddMargin(List<KeyValuePair<string, string>> shape, MarginRule rule)
    {
        if (rule.Form != MarginForm.None)
        {
            shape.Add(new("Form", $"MarginForm.{rule.Form}"));
        }

        AddFloat("Scale", rule.Scale ?? 0, 0);
        AddFlag(shape, "NormalizesRows", rule.NormalizesRows);
        AddFloat("Factor", rule.Factor, 1);
        AddFloat("Angle", rule.Angle, 0);
        AddFloat("Cosine", rule.Cosine, 0);
        if (rule.Boundary != MarginBoundary.None)
        {
            shape.Add(new("Boundary", $"MarginBoundary.{rule.Boundary}"));
        }

        AddFloat("Lambda", rule.Lambda, 0);
        AddFlag(shape, "HasLambda", rule.HasLambda);
        AddFlag(shape, "StraightThrough", rule.StraightThrough);
        AddFlag(shape, "HasBias", rule.HasBias);

        void AddFloat(string name, double value, double otherwise)
        {
            if (value != otherwise)
            {
                shape.Add(new(name, ((float)value).ToString("R", CultureInfo.InvariantCulture) + "f"));
            }
        }
    }

    /// <summary>From one embedding to the next.</summary>
    private Size EmbeddingStep(Node x)
    {
        Layout layout = _schedule.Layouts.Of(x);
        return layout.Strides[1].Equals(Size.One) ? layout.Strides[0]
            : throw new InvalidOperationException($"The features of '{_schedule.BufferOf(x)}' are not contiguous.");
    }
}
