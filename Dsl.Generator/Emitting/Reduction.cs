using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>One pass of a Row or Reduce kernel and its values in <c>State</c>: a sum, a maximum, the pair of a maximum
/// and a sum scaled by it (log-sum-exp in one sweep), or count, mean and squared deviations (Welford).</summary>
internal sealed class Reduction
{
    private readonly int _slot;

    private Reduction(Node anchor, int slot)
    {
        Anchor = anchor;
        _slot = slot;
    }

    /// <summary>The first node of the pass.</summary>
    public Node Anchor { get; }

    public int Width => Anchor.Op.StateWidth;

    /// <summary>Behind the last value of the state that it has.</summary>
    public int End => _slot + Width;

    private bool IsMaximum => Anchor.Op is ReduceOp { Kind: ReduceKind.Max };

    private string First => $"state.S{_slot}";

    private string Second => $"state.S{_slot + 1}";

    private string Third => $"state.S{_slot + 2}";

    public static List<Reduction> Of(FusedKernel kernel)
    {
        var reductions = new List<Reduction>();
        int slot = 0;
        foreach (Node anchor in kernel.Anchors.Where(kernel.IsFirstOfPass))
        {
            var reduction = new Reduction(anchor, slot);
            slot += reduction.Width;
            reductions.Add(reduction);
        }

        return reductions;
    }

    /// <summary>Tells a scope the results of the pass, once closed.</summary>
    public void Provide(BodyScope scope, FusedKernel kernel)
    {
        foreach (Node anchor in kernel.Anchors.Where(a => kernel.FirstOfPass(a) == Anchor))
        {
            scope.Provide(anchor, anchor.Op switch
            {
                MomentsOp { Kind: MomentKind.Mean } => Second,
                MomentsOp => Third,
                _ => First,
            });
        }
    }

    public void Open(BodyScope scope)
    {
        // The smallest float rather than -∞: the difference of two identities must be 0, not NaN.
        string first = Anchor.Op is LogSumExpOp ? "float.MinValue" : IsMaximum ? "float.NegativeInfinity" : "0f";
        scope.Line($"{First} = F.Splat({first});");
        for (int i = 1; i < Width; i++)
        {
            scope.Line($"state.S{_slot + i} = F.Splat(0f);");
        }
    }

    public void Accumulate(BodyScope scope, string value)
    {
        switch (Anchor.Op)
        {
            case LogSumExpOp:
                scope.Line($"F share{_slot} = F.Exp(-F.Abs({First} - {value}));");
                scope.Line(
                    $"{Second} = F.SelectLess({First}, {value}, F.Fma({Second}, share{_slot}, F.Splat(1f)), "
                    + $"{Second} + share{_slot});");
                scope.Line($"{First} = F.Max({First}, {value});");
                break;
            case MomentsOp:
                // The share of a value does not wait for the mean before it.
                scope.Line($"{First} = {First} + F.Splat(1f);");
                scope.Line($"F apart{_slot} = {value} - {Second};");
                scope.Line($"{Second} = F.Fma(apart{_slot}, F.Splat(1f) / {First}, {Second});");
                scope.Line($"{Third} = F.Fma(apart{_slot}, {value} - {Second}, {Third});");
                break;
            default:
                scope.Line(IsMaximum ? $"{First} = F.Max({First}, {value});" : $"{First} = {First} + {value};");
                break;
        }
    }

    public void Merge(BodyScope scope)
    {
        string theirs = $"other.S{_slot}";
        switch (Anchor.Op)
        {
            case LogSumExpOp:
                scope.Line($"F share{_slot} = F.Exp(-F.Abs({First} - {theirs}));");
                scope.Line(
                    $"{Second} = F.SelectLess({First}, {theirs}, F.Fma({Second}, share{_slot}, other.S{_slot + 1}), "
                    + $"F.Fma(other.S{_slot + 1}, share{_slot}, {Second}));");
                scope.Line($"{First} = F.Max({First}, {theirs});");
                break;
            case MomentsOp:
                // Two empty parts have no share, and 0/0 would make one.
                scope.Line($"F count{_slot} = {First} + {theirs};");
                scope.Line($"F apart{_slot} = other.S{_slot + 1} - {Second};");
                scope.Line($"F share{_slot} = {theirs} / F.Max(count{_slot}, F.Splat(1f));");
                scope.Line(
                    $"{Third} = {Third} + other.S{_slot + 2} + apart{_slot} * apart{_slot} * {First} * share{_slot};");
                scope.Line($"{Second} = {Second} + apart{_slot} * share{_slot};");
                scope.Line($"{First} = count{_slot};");
                break;
            default:
                scope.Line(IsMaximum ? $"{First} = F.Max({First}, {theirs});" : $"{First} = {First} + {theirs};");
                break;
        }
    }

    public void Close(BodyScope scope)
    {
        switch (Anchor.Op)
        {
            case LogSumExpOp:
                scope.Line($"{First} = {First} + F.Log({Second});");
                break;
            case MomentsOp:
                scope.Line($"{Third} = {Third} / {First};");
                break;
        }
    }
}
