using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <content>Conditions, and what is chosen by them.</content>
internal sealed partial class BodyScope
{
    /// <summary>How <see cref="Mask"/> begins where a number is compared with another.</summary>
    private const string LessCall = "F.Less(";

    /// <summary>A choice by a mask; by a comparison in one call, so that its mask stays in a mask register.</summary>
    private static string Select(string mask, string yes, string no) => mask.StartsWith(LessCall, StringComparison.Ordinal)
        ? $"F.SelectLess({mask.Substring(LessCall.Length, mask.Length - LessCall.Length - 1)}, {yes}, {no})"
        : $"F.Select({mask}, {yes}, {no})";

    private static bool IsCondition(Node node) => node.Op is PointwiseOp { Row: "less" or "lessequal" or "equal" };

    /// <summary>A condition as a mask: a comparison, membership of a class, or any number above 0.</summary>
    private string Mask(Node node, ImmutableArray<int> at)
    {
        if (_context.Loads(node) || !(IsCondition(node) || node.Op is OneHotOp or DiffersOp or BroadcastOp or TransposeOp))
        {
            return $"{LessCall}F.Splat(0f), {Evaluate(node, at)})";
        }

        switch (node.Op)
        {
            case BroadcastOp b:
                return Mask(node.Inputs[0], b.Axes.Select(a => at[a]).ToImmutableArray());
            case TransposeOp t:
                return Mask(node.Inputs[0], Inverse(t.Order, at));
            case OneHotOp:
                return OneHot(node, at);
            case DiffersOp differs:
                string number = differs.Number.ToString(CultureInfo.InvariantCulture);
                return $"!I.Equal({Ints(node.Inputs[0], at)}, I.Splat({number}))";
            default:
                string test = ((PointwiseOp)node.Op).Row switch { "less" => "Less", "lessequal" => "LessOrEqual", _ => "Equal" };
                return $"F.{test}({Evaluate(node.Inputs[0], at)}, {Evaluate(node.Inputs[1], at)})";
        }
    }

    /// <summary><c>I.Equal(I.Iota(column), m.ScalarInts(label + row))</c>, or with a label in each lane.</summary>
    private string OneHot(Node node, ImmutableArray<int> at)
    {
        int classAxis = at[at.Length - 1];
        string label = Ints(node.Inputs[0], at.RemoveAt(at.Length - 1));
        string category = _domain is { } domain && domain.Lanes.Axes.Length > 0 && domain.Lanes.Axes.Last() == classAxis
            ? $"I.Iota({AxisText(classAxis)})" : $"I.Splat({AxisText(classAxis)})";
        return $"I.Equal({category}, {label})";
    }
}
