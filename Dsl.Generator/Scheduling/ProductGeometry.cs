using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>An operand of a product in memory: a buffer, and where the letters of the equation lead in it.</summary>
internal sealed record Operand(string Buffer, string Letters, Access Access)
{
    public bool Has(char letter) => Letters.IndexOf(letter) >= 0;
}

/// <summary>Why the operands of a product cannot be walked as they lie.</summary>
/// <param name="What">A clause.</param>
/// <param name="First">Whether the first operand is at fault.</param>
/// <param name="Second">Whether the second one is.</param>
/// <param name="Right">Which operand, 0 or 1, has the columns.</param>
internal sealed record ProductObstacle(string What, bool First, bool Second, int Right);

/// <summary>A copy of B with two neighbouring runs of its axes exchanged, the last ones.</summary>
internal sealed record Exchange(Size Batch, Size Columns, Size Behind);

/// <summary>A loop over summed axes that both operands see as one.</summary>
internal sealed record SummedLoop(Size Extent, Size A, Size B);

/// <summary>
/// How a product is walked: which operand is A, whose axes are the rows, and which is B, whose axes are the columns;
/// what the batch is, and the loops of the sum. Or what stands in the way; then <see cref="UnevenProducts"/> copies
/// operands.
/// </summary>
internal sealed class ProductGeometry
{
    /// <summary>Loops of the sum that a skeleton has: depth, middle, outer.</summary>
    public const int MostLoops = 3;

    private readonly string _all;
    private readonly string _result;
    private readonly int[] _order;
    private readonly int _right;

    private ProductGeometry(FusedKernel kernel, Schedule schedule)
    {
        Node anchor = kernel.Anchors[0];
        (string first, string second, _result) = ((ContractOp)anchor.Op).Letters;
        string[] letters = { first, second };
        _all = new((_result + first + second).Distinct().ToArray());
        Extents = _all.Select(l => Extent(l, anchor, letters)).ToImmutableArray();
        _order = schedule.Layouts.StoreOrder(kernel);
        char innermost = _result.Length == 0 ? '\0' : _result[_order.Last()];

        // The operand that has the result's innermost axis is B: its columns become the lanes.
        _right = second.IndexOf(innermost) >= 0 ? 1 : 0;
        A = Resolve(schedule, anchor.Inputs[1 - _right], letters[1 - _right]);
        B = Resolve(schedule, anchor.Inputs[_right], letters[_right]);
        if (A.Has(innermost) || _result.Length == 0)
        {
            Obstacle = At("it has no columns of its own", false, false);
            return;
        }

        if (HasDigits(A) || HasDigits(B))
        {
            Obstacle = At("the elements of an axis do not lie evenly", HasDigits(A), HasDigits(B));
            return;
        }

        if (!ExchangeColumns())
        {
            Obstacle = At("an operand has gaps and its axes would have to be permuted", false, true);
            return;
        }

        var context = new KernelContext(kernel, schedule);
        var accesses = BodyEmitter.Contract(context, null).Accesses.Concat(new[] { B.Access }).ToList();
        int[] suffix = Enumerable.Reverse(_order).TakeWhile(x => Owned(x, B, A)).Reverse().ToArray();
        Columns = Domain.InnermostRun(Extents, suffix, accesses);
        int[] left = _order.Where(x => Owned(x, A, B)).ToArray();
        Rows = left.Length == 0 ? ImmutableArray<int>.Empty : Domain.InnermostRun(Extents, left, new[] { A.Access });
        Batch = _order.Where(x => !Columns.Contains(x) && !Rows.Contains(x)).ToImmutableArray();
        bool evenA = Domain.Merges(Extents, Batch, A.Access);
        bool evenB = Domain.Merges(Extents, Batch, B.Access);
        if (!evenA || !evenB)
        {
            Obstacle = At("the batch axes do not lie evenly", !evenA, !evenB);
            return;
        }

        Loops = Sum();
        if (Loops.Length > MostLoops)
        {
            Obstacle = At($"it sums over {Loops.Length} axes that do not merge", true, true);
        }
    }

    /// <summary>The geometry of a Contract kernel.</summary>
    public static ProductGeometry Of(FusedKernel kernel, Schedule schedule) => new(kernel, schedule);

    /// <summary>What stands in the way; null when the product can be computed as its operands lie.</summary>
    public ProductObstacle? Obstacle { get; }

    /// <summary>The operand with the rows.</summary>
    public Operand A { get; }

    /// <summary>The operand with the columns, its axes as they lie after <see cref="Exchange"/>.</summary>
    public Operand B { get; private set; }

    /// <summary>What makes the columns of B contiguous; null when they are.</summary>
    public Exchange? Exchange { get; private set; }

    /// <summary>By letter: those of the result, then those that are summed.</summary>
    public ImmutableArray<Size> Extents { get; }

    public ImmutableArray<int> Rows { get; }

    public ImmutableArray<int> Columns { get; }

    public ImmutableArray<int> Batch { get; }

    /// <summary>The summed axes, innermost first.</summary>
    public ImmutableArray<SummedLoop> Loops { get; }

    private ProductObstacle At(string what, bool a, bool b) =>
        _right == 1 ? new(what, a, b, _right) : new(what, b, a, _right);

    private bool Owned(int axis, Operand own, Operand other) => own.Has(_result[axis]) && !other.Has(_result[axis]);

    private bool HasDigits(Operand operand) =>
        Enumerable.Range(0, _all.Length).Any(x => !operand.Access.Digits(x).IsEmpty);

    /// <summary>Leaves B as it is when its columns are contiguous, as a single one is; else exchanges rows and columns. False when the
    /// buffer has gaps.</summary>
    private bool ExchangeColumns()
    {
        int innermost = _order[_order.Length - 1];
        if (B.Access.Stride(innermost).Equals(Size.One) || Extents[innermost].Equals(Size.One))
        {
            return true;
        }

        // A copy exchanges two neighbouring runs of axes, the last ones.
        int[] axes = Enumerable.Range(0, _all.Length).Where(x => B.Has(_all[x]))
            .OrderByDescending(x => B.Access.Stride(x).Evaluate(static _ => 1024)).ToArray();
        int[] summed = axes.Where(x => _result.IndexOf(_all[x]) < 0).ToArray();
        if (!Domain.Merges(Extents, axes, B.Access) || !B.Access.Stride(axes.Last()).Equals(Size.One))
        {
            return false;
        }

        // [columns][summed] becomes [summed][columns]. Where axes are mixed ([b][y][x][channel], the batch being
        // summed), the columns that follow each other in the result change places with what lies behind them.
        int end = Array.IndexOf(axes, innermost) + 1;
        int start = end - 1;
        if (axes.Skip(end).SequenceEqual(summed))
        {
            start = 0;
        }
        else
        {
            while (start > 0 && Array.IndexOf(_order, axes[start - 1]) is >= 0 and var before
                && _order[before + 1] == axes[start])
            {
                start--;
            }
        }

        int[] batch = axes.Take(start).ToArray();
        int[] columns = axes.Skip(start).Take(end - start).ToArray();
        int[] behind = axes.Skip(end).ToArray();
        Exchange = new Exchange(
            Domain.Extent(Extents, batch), Domain.Extent(Extents, columns), Domain.Extent(Extents, behind));
        int[] physical = batch.Concat(behind).Concat(columns).ToArray();
        Layout layout = Layout.Permuted(
            axes.Select(x => Extents[x]).ToArray(), physical.Select(x => Array.IndexOf(axes, x)).ToArray());
        B = B with { Access = new Access(layout, axes.ToImmutableArray()) };
        return true;
    }

    /// <summary>The summed axes in A's physical order, merged where both operands see several as one.</summary>
    private ImmutableArray<SummedLoop> Sum()
    {
        List<int> summed = Enumerable.Range(_result.Length, _all.Length - _result.Length)
            .OrderBy(x => A.Access.Stride(x).Evaluate(static _ => 1024)).ToList();
        var loops = ImmutableArray.CreateBuilder<SummedLoop>();
        while (summed.Count > 0)
        {
            int taken = 1;
            while (taken < summed.Count)
            {
                int[] longer = summed.Take(taken + 1).Reverse().ToArray();
                if (!Domain.Merges(Extents, longer, A.Access) || !Domain.Merges(Extents, longer, B.Access))
                {
                    break;
                }

                taken++;
            }

            loops.Add(new SummedLoop(
                Domain.Extent(Extents, summed.Take(taken)), A.Access.Stride(summed[0]), B.Access.Stride(summed[0])));
            summed.RemoveRange(0, taken);
        }

        if (loops.Count == 0)
        {
            loops.Add(new SummedLoop(Size.One, Size.Zero, Size.Zero));
        }

        return loops.ToImmutable();
    }

    private static Size Extent(char letter, Node anchor, string[] letters)
    {
        int side = letters[0].IndexOf(letter) >= 0 ? 0 : 1;
        return anchor.Inputs[side].Shape[letters[side].IndexOf(letter)];
    }

    /// <summary>The buffer behind an operand, through transposes and broadcasts, indexed by the equation's letters.</summary>
    private Operand Resolve(Schedule schedule, Node operand, string letters)
    {
        ImmutableArray<int> at = letters.Select(l => _all.IndexOf(l)).ToImmutableArray();
        Node holder = operand;
        while (holder.Op is TransposeOp or BroadcastOp or StopGradientOp)
        {
            at = holder.Op switch
            {
                BroadcastOp b => b.Axes.Select(x => at[x]).ToImmutableArray(),
                TransposeOp t =>
                    Enumerable.Range(0, at.Length).Select(i => at[IndexOf(t, i)]).ToImmutableArray(),
                _ => at,
            };
            holder = holder.Inputs[0];
        }

        return new Operand(schedule.BufferOf(holder), letters, new Access(schedule.Layouts.Of(holder), at));
    }

    private static int IndexOf(TransposeOp transpose, int inputAxis) =>
        Enumerable.Range(0, transpose.Order.Count).First(i => transpose.Order[i] == inputAxis);
}
