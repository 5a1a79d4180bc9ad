using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <content>Attention and its gradients: no body, buffers in a fixed order.</content>
internal sealed partial class KernelPlanner
{
    /// <summary>Keys of a block of scores; equal to the runtime's <c>AttendBlocks.Keys</c>.</summary>
    private const int AttendKeys = 64;

    /// <summary>Equal to the runtime's <c>HostAttendGradient.WantedSlices</c>.</summary>
    private const int AttendSlices = 8;

    /// <summary>Their panels divide a block of scores.</summary>
    private static readonly (Tile Wide, Tile Narrow) s_attendTiles = (new Tile(14, 2), new Tile(6, 2));

    private static readonly string[] s_attendRows = { "Query", "Key", "Value" };

    private PlannedKernel PlanAttend(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        AttentionRule rule = anchor.Op is AttendOp op ? op.Rule : ((AttendLogSumOp)anchor.Op).Rule;
        Node? result = kernel.Stores.FirstOrDefault(static s => s.Op is AttendOp);
        Node? logSums = kernel.Stores.FirstOrDefault(static s => s.Op is AttendLogSumOp);
        if (result is null)
        {
            throw new InvalidOperationException($"'{kernel.Name}': the result of an attention is not stored.");
        }

        List<KeyValuePair<string, string>> shape = AttendShape(rule, anchor.Inputs, result, logSums is not null);
        var buffers = anchor.Inputs.Take(3).Append(result).Concat(logSums is null ? Array.Empty<Node>() : new[] { logSums })
            .Concat(anchor.Inputs.Skip(3)).Select(_schedule.BufferOf).ToList();
        string scratch = kernel.Name + ".Scratch";
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Attend",
            Buffers = buffers.Append(scratch).ToImmutableArray(),
            ShapeType = "AttendShape",
            Shape = shape.ToImmutableArray(),
            Tiles = s_attendTiles,
            Scratch = (scratch, PackedKeys(anchor.Inputs) * anchor.Inputs[1].Shape[2]),
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanAttendGradient(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        var op = (AttendGradientOp)anchor.Op;
        AttentionRule rule = op.Rule;
        Node[] operands = op.Operands(anchor.Inputs).ToArray();
        Node?[] gradients = Enumerable.Range(0, 4)
            .Select(i => kernel.Stores.FirstOrDefault(s => (int)((AttendGradientOp)s.Op).Operand == i)).ToArray();
        string scratch = kernel.Name + ".Scratch";
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "AttendGradient",
            Buffers = anchor.Inputs.Concat(gradients.Where(static g => g is not null).Select(static g => g!))
                .Select(_schedule.BufferOf).Append(scratch).ToImmutableArray(),
            ShapeType = "AttendShape",
            Shape = AttendShape(rule, operands.ToImmutableArray(), rule.IsSoftmax ? anchor.Inputs[4] : null, rule.IsSoftmax).ToImmutableArray(),
            Arguments = ImmutableArray.Create(Gradients(anchor.Inputs[3], gradients)),
            Tiles = s_attendTiles,
            Scratch = (scratch, GradientScratch(rule, operands)),
            Summary = Members(kernel),
        };
    }

    /// <summary><c>new AttendGradients(true, true, true, false) { UpstreamBatch = …, … }</c></summary>
    private string Gradients(Node upstream, Node?[] gradients)
    {
        var strides = new List<KeyValuePair<string, string>>();
        AddRows(strides, "Upstream", upstream);
        foreach ((string name, Node? gradient) in s_attendRows.Zip(gradients, static (n, g) => (n, g)))
        {
            if (gradient is not null)
            {
                AddRows(strides, name, gradient);
            }
        }

        string flags = string.Join(", ", gradients.Select(static g => g is null ? "false" : "true"));
        return $"new AttendGradients({flags}) {{ {string.Join(", ", strides.Select(static s => $"{s.Key} = {s.Value}"))} }}";
    }

    /// <summary>How the rows of a sequence lie, whose features are contiguous.</summary>
    private void AddRows(List<KeyValuePair<string, string>> to, string name, Node x)
    {
        Layout layout = _schedule.Layouts.Of(x);
        if (!layout.Strides[2].Equals(Size.One))
        {
            throw new InvalidOperationException($"The features of '{_schedule.BufferOf(x)}' are not contiguous.");
        }

        to.Add(Property(name + "Batch", layout.Strides[0]));
        to.Add(Property(name + "Row", layout.Strides[1]));
    }

    private List<KeyValuePair<string, string>> AttendShape(
        AttentionRule rule, ImmutableArray<Node> operands, Node? result, bool logSums)
    {
        (Node q, Node k, Node v) = (operands[0], operands[1], operands[2]);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", q.Shape[0]), Property("Queries", q.Shape[1]), Property("Keys", k.Shape[1]),
            new("Heads", Int(rule.Heads)), new("KeyHeads", Int(rule.KeyHeads)),
            new("KeyWidth", Int(q.Shape[2].Constant / rule.Heads)),
            new("ValueWidth", Int(v.Shape[2].Constant / rule.KeyHeads)),
        };
        foreach ((string name, Node x) in new[] { ("Query", q), ("Key", k), ("Value", v) })
        {
            AddRows(shape, name, x);
        }

        if (result is null)
        {
            shape.Add(new("ResultBatch", "0"));
            shape.Add(new("ResultRow", "0"));
        }
        else
        {
            AddRows(shape, "Result", result);
        }

        shape.Add(new("Score", $"AttentionScore.{rule.Score}"));
        AddFlag(shape, "LogSums", logSums);
        if (rule.Scale != 1)
        {
            shape.Add(new("Scale", ((float)rule.Scale).ToString("R", CultureInfo.InvariantCulture) + "f"));
        }

        AddSize(shape, "Position", rule.Position, 0);
        AddFlag(shape, "Causal", rule.Causal);
        AddInt(shape, "Window", rule.Window, 0);
        AddInt(shape, "Chunk", rule.Chunk, 0);
        if (rule.Pattern.IsSparse)
        {
            shape.Add(new("Pattern", $"AttentionPattern.{(rule.Pattern.Kind == 1 ? "Strided" : "Fixed")}"));
            shape.Add(new("Stride", Int(rule.Pattern.Stride)));
            AddInt(shape, "Summary", rule.Pattern.Summary, 0);
        }

        if (rule.Bias != AttentionBias.None)
        {
            shape.Add(new("Bias", $"AttendBias.{rule.Bias}"));
            Node bias = operands[3];
            AddSize(shape, "BiasHead", bias.Rank == BiasRank(rule) ? Size.Zero : _schedule.Layouts.Of(bias).Strides[0], 0);
        }

        AddFlag(shape, "Segments", rule.Segments);
        if (rule.Segments)
        {
            Size pitch = _schedule.Layouts.Of(operands[rule.Bias == AttentionBias.None ? 3 : 4]).Strides[0];
            AddSize(shape, "SegmentBatch", pitch.Equals(k.Shape[1]) ? Size.Zero : pitch, 0);
        }

        AddFlag(shape, "Lengths", rule.Lengths);
        return shape;
    }

    /// <summary>Keys of all heads, in whole blocks.</summary>
    private static Size PackedKeys(IReadOnlyList<Node> operands)
    {
        // Of rows so far there are as many as there is room for, sooner or later.
        Node keys = Views.Base(operands[1]).Op is RowsSoFarOp ? Views.Base(operands[1]) : operands[1];
        return operands[0].Shape[0] * ((keys.Shape[1] + (AttendKeys - 1)) / AttendKeys) * AttendKeys;
    }

    /// <summary>Transposed keys and values, a number for each row, and each slice's part of the gradients of queries and of
    /// the bias.</summary>
    private static Size GradientScratch(AttentionRule rule, Node[] operands)
    {
        (Node q, Node k, Node v) = (operands[0], operands[1], operands[2]);
        Size sharing = ((Size)(AttendSlices - 1) / (q.Shape[0] * rule.KeyHeads)) + 1;
        int panel = s_attendTiles.Wide.Vectors * 16;
        int width = (q.Shape[2].Constant / rule.Heads + panel - 1) / panel * panel;
        Size bias = rule.Bias == AttentionBias.None ? Size.Zero
            : operands[3].Rank == BiasRank(rule) ? operands[3].Length : operands[3].Length / rule.Heads;
        return (PackedKeys(operands) * (k.Shape[2] + v.Shape[2])) + (q.Shape[0] * q.Shape[1] * rule.Heads)
            + (q.Shape[0] * rule.Heads * sharing * (((q.Shape[1] + (AttendKeys - 1)) * width) + bias));
    }

    /// <summary>The rank of a bias that all heads share.</summary>
    private static int BiasRank(AttentionRule rule) => rule.Bias == AttentionBias.Dense ? 2 : 1;

    private static void AddFlag(List<KeyValuePair<string, string>> shape, string name, bool value)
    {
        if (value)
        {
            shape.Add(new(name, "true"));
        }
    }
}
