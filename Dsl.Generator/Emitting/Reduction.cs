using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>One reduction of a Row or Reduce kernel and its values in <c>State</c>: a sum, a maximum, or the pair of a maximum
/// and a sum scaled by it (log-sum-exp in one sweep).</summary>
internal sealed class Reduction
{
    private readonly int _slot;

    private Reduction(Node anchor, int slot)
    {
        Anchor = anchor;
        _slot = slot;
    }

    public Node Anchor { get; }

    public int Width => IsLogSumExp ? 2 : 1;

    /// <summary>The result, once closed.</summary>
    public string Value => $"state.S{_slot}";

    private bool IsLogSumExp => Anchor.Op is LogSumExpOp;

    private bool IsMaximum => Anchor.Op is ReduceOp { Kind: ReduceKind.Max };

    private string Sum => $"state.S{_slot + 1}";

    public static List<Reduction> Of(FusedKernel kernel)
    {
        var reductions = new List<Reduction>();
        int slot = 0;
        foreach (Node anchor in kernel.Anchors)
        {
            var reduction = new Reduction(anchor, slot);
            slot += reduction.Width;
            reductions.Add(reduction);
        }

        return reductions;
    }

    public void Open(BodyScope scope)
    {
        // The smallest float rather than -∞: the difference of two identities must be 0, not NaN.
        scope.Line($"{Value} = F.Splat({(IsLogSumExp ? "float.MinValue" : IsMaximum ? "float.NegativeInfinity" : "0f")});");
        if (IsLogSumExp)
        {
            scope.Line($"{Sum} = F.Splat(0f);");
        }
    }

    public void Accumulate(BodyScope scope, string value)
    {
        if (!IsLogSumExp)
        {
            scope.Line(IsMaximum ? $"{Value} = F.Max({Value}, {value});" : $"{Value} = {Value} + {value};");
            return;
        }

        scope.Line($"F larger{_slot} = F.Max({Value}, {value});");
        scope.Line($"{Sum} = {Sum} * F.Exp({Value} - larger{_slot}) + F.Exp({value} - larger{_slot});");
        scope.Line($"{Value} = larger{_slot};");
    }

    public void Merge(BodyScope scope)
    {
        string theirs = $"other.S{_slot}";
        if (!IsLogSumExp)
        {
            scope.Line(IsMaximum ? $"{Value} = F.Max({Value}, {theirs});" : $"{Value} = {Value} + {theirs};");
            return;
        }

        scope.Line($"F larger{_slot} = F.Max({Value}, {theirs});");
        scope.Line($"{Sum} = {Sum} * F.Exp({Value} - larger{_slot}) + other.S{_slot + 1} * F.Exp({theirs} - larger{_slot});");
        scope.Line($"{Value} = larger{_slot};");
    }

    public void Close(BodyScope scope)
    {
        if (IsLogSumExp)
        {
            scope.Line($"{Value} = {Value} + F.Log({Sum});");
        }
    }
}
