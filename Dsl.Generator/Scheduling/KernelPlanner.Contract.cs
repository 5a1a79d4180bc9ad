using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <content>A two-operand sum of products as a batch of matrix products.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanContract(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        (string first, string second, string result) = ((ContractOp)anchor.Op).Letters;
        string[] letters = { first, second };
        string all = new((result + letters[0] + letters[1]).Distinct().ToArray());
        ImmutableArray<Size> extents = all.Select(l => Extent(l, anchor, letters)).ToImmutableArray();
        int[] order = StoreOrder(kernel);
        char innermost = result.Length == 0 ? '\0' : result[order.Last()];

        // The operand that has the result's innermost axis is B: its columns become the lanes.
        int right = letters[1].IndexOf(innermost) >= 0 ? 1 : 0;
        if (result.Length == 0 || letters[1 - right].IndexOf(innermost) >= 0)
        {
            throw new UnsupportedException(
                kernel.Name, $"the product {anchor.Op.Attributes} has no columns of its own", "write it as a sum of a pointwise product");
        }

        Operand a = Resolve(anchor.Inputs[1 - right], letters[1 - right], all);
        Operand b = Columns(Resolve(anchor.Inputs[right], letters[right], all), all, result, extents, order);

        var context = new KernelContext(kernel, _schedule);
        context.Slot(a.Buffer);
        context.Slot(b.Buffer);
        var accesses = BodyEmitter.Contract(context, null).Accesses.Concat(new[] { b.Access }).ToList();

        bool Owned(int axis, Operand own, Operand other) => own.Has(result[axis]) && !other.Has(result[axis]);
        int[] suffix = Enumerable.Reverse(order).TakeWhile(x => Owned(x, b, a)).Reverse().ToArray();
        ImmutableArray<int> columns = Domain.InnermostRun(extents, suffix, accesses);
        int[] left = order.Where(x => Owned(x, a, b)).ToArray();
        ImmutableArray<int> rows = left.Length == 0 ? ImmutableArray<int>.Empty
            : Domain.InnermostRun(extents, left, new[] { a.Access });
        ImmutableArray<int> batch = order.Where(x => !columns.Contains(x) && !rows.Contains(x)).ToImmutableArray();
        if (!Domain.Merges(extents, batch, a.Access) || !Domain.Merges(extents, batch, b.Access))
        {
            throw new UnsupportedException(
                kernel.Name, $"the batch axes of the product {anchor.Op.Attributes} do not lie evenly", "apply the layer before the reshape");
        }

        var domain = new Domain(extents, new[]
        {
            new DomainVariable("batch", batch), new DomainVariable("row", rows), new DomainVariable("column", columns),
        });
        Size rowCount = Extent(domain, rows);
        Size columnCount = Extent(domain, columns);
        var shape = new List<KeyValuePair<string, string>>();
        AddSize(shape, "Batch", Extent(domain, batch), 1);
        shape.Add(Property("Rows", rowCount));
        shape.Add(Property("Columns", columnCount));
        AddSummed(shape, kernel, all, result, extents, a, b);
        shape.Add(Property("ARow", Last(a, rows)));
        AddSize(shape, "ABatch", Last(a, batch), 0);
        AddSize(shape, "BBatch", Last(b, batch), 0);
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Contract",
            Body = BodyEmitter.Contract(context, domain).Body,
            Buffers = context.Buffers.ToImmutableArray(),
            ShapeType = "ContractShape",
            Shape = shape.ToImmutableArray(),
            Tiles = TileFor(rowCount, columnCount),
            Summary = Members(kernel),
        };
    }

    /// <summary>The summed axes in A's physical order, merged into at most three loops: outer, middle, depth.</summary>
    private static void AddSummed(
        List<KeyValuePair<string, string>> shape, FusedKernel kernel, string all, string result, ImmutableArray<Size> extents, Operand a, Operand b)
    {
        List<int> summed = Enumerable.Range(result.Length, all.Length - result.Length)
            .OrderBy(x => a.Access.Stride(x).Evaluate(static _ => 1024)).ToList();
        var loops = new List<(Size Extent, Size A, Size B)>();
        while (summed.Count > 0)
        {
            int taken = 1;
            while (taken < summed.Count)
            {
                int[] longer = summed.Take(taken + 1).Reverse().ToArray();
                if (!Domain.Merges(extents, longer, a.Access) || !Domain.Merges(extents, longer, b.Access))
                {
                    break;
                }

                taken++;
            }

            loops.Add((Domain.Extent(extents, summed.Take(taken)), a.Access.Stride(summed[0]), b.Access.Stride(summed[0])));
            summed.RemoveRange(0, taken);
        }

        string[] names = { "Depth", "Middle", "Outer" };
        if (loops.Count > names.Length)
        {
            throw new UnsupportedException(
                kernel.Name, $"it sums over {loops.Count} axes that do not merge, at most 3 are supported", "reshape the operand first");
        }

        if (loops.Count == 0)
        {
            loops.Add((Size.One, Size.Zero, Size.Zero));
        }

        for (int i = 0; i < loops.Count; i++)
        {
            shape.Add(Property(names[i], loops[i].Extent));
            shape.Add(Property("A" + names[i], loops[i].A));
            shape.Add(Property("B" + names[i], loops[i].B));
        }
    }

    /// <summary>B as it is when its columns are contiguous; else a copy with rows and columns exchanged.</summary>
    /// <param name="b">The operand with the result's innermost axis.</param>
    /// <param name="all">The letters of the result, then those that are summed.</param>
    /// <param name="result">The letters of the result.</param>
    /// <param name="extents">By letter of <paramref name="all"/>.</param>
    /// <param name="order">The axes of the result, outermost first.</param>
    private Operand Columns(Operand b, string all, string result, ImmutableArray<Size> extents, int[] order)
    {
        int innermost = order[order.Length - 1];
        if (b.Access.Stride(innermost).Equals(Size.One))
        {
            return b;
        }

        // The buffer must lie without gaps: a copy of it exchanges two neighbouring runs of axes, the last ones.
        int[] axes = Enumerable.Range(0, all.Length).Where(x => b.Has(all[x]))
            .OrderByDescending(x => b.Access.Stride(x).Evaluate(static _ => 1024)).ToArray();
        int[] summed = axes.Where(x => result.IndexOf(all[x]) < 0).ToArray();
        if (!Domain.Merges(extents, axes, b.Access) || !b.Access.Stride(axes.Last()).Equals(Size.One))
        {
            throw new UnsupportedException(
                b.Buffer, "a product would have to permute its axes, and there are gaps between them",
                "flatten it before the layer");
        }

        // [columns][summed] becomes [summed][columns]. Where axes are mixed ([b][y][x][channel], the batch being summed), the
        // columns that follow each other in the result change places with what lies behind them.
        int end = Array.IndexOf(axes, innermost) + 1;
        int start = end - 1;
        if (axes.Skip(end).SequenceEqual(summed))
        {
            start = 0;
        }
        else
        {
            while (start > 0 && Array.IndexOf(order, axes[start - 1]) is >= 0 and var before
                && order[before + 1] == axes[start])
            {
                start--;
            }
        }

        int[] batch = axes.Take(start).ToArray();
        int[] columns = axes.Skip(start).Take(end - start).ToArray();
        int[] behind = axes.Skip(end).ToArray();
        string copy = Transposed(
            b.Buffer, Domain.Extent(extents, batch), Domain.Extent(extents, columns), Domain.Extent(extents, behind));
        int[] physical = batch.Concat(behind).Concat(columns).ToArray();
        Layout layout = Layout.Permuted(axes.Select(x => extents[x]).ToArray(), physical.Select(x => Array.IndexOf(axes, x)).ToArray());
        return b with { Buffer = copy, Access = new Access(layout, axes.ToImmutableArray()) };
    }

    private static Size Last(Operand operand, ImmutableArray<int> axes) =>
        axes.Length == 0 ? Size.Zero : operand.Access.Stride(axes.Last());

    private static Size Extent(char letter, Node anchor, string[] letters)
    {
        int side = letters[0].IndexOf(letter) >= 0 ? 0 : 1;
        return anchor.Inputs[side].Shape[letters[side].IndexOf(letter)];
    }

    /// <summary>The buffer behind an operand, through transposes and broadcasts, indexed by the equation's letters.</summary>
    private Operand Resolve(Node operand, string letters, string all)
    {
        ImmutableArray<int> at = letters.Select(l => all.IndexOf(l)).ToImmutableArray();
        Node holder = operand;
        while (holder.Op is TransposeOp or BroadcastOp or StopGradientOp)
        {
            at = holder.Op switch
            {
                BroadcastOp b => b.Axes.Select(x => at[x]).ToImmutableArray(),
                TransposeOp t => Enumerable.Range(0, at.Length).Select(i => at[IndexOf(t, i)]).ToImmutableArray(),
                _ => at,
            };
            holder = holder.Inputs[0];
        }

        return new Operand(_schedule.BufferOf(holder), letters, new Access(_schedule.Layouts.Of(holder), at));
    }

    private static int IndexOf(TransposeOp transpose, int inputAxis) =>
        Enumerable.Range(0, transpose.Order.Count).First(i => transpose.Order[i] == inputAxis);

    private static (Tile Wide, Tile Narrow) TileFor(Size rows, Size columns)
    {
        int? known = rows.IsConstant ? rows.Constant : null;
        int width = columns.IsConstant ? columns.Constant : 64;
        (int wideRows, int wideVectors) = TileEmitter.Choose(known, width, registers: 32, lanes: 16);
        (int narrowRows, int narrowVectors) = TileEmitter.Choose(known, width, registers: 16, lanes: 8);
        return (new Tile(wideRows, wideVectors), new Tile(narrowRows, narrowVectors));
    }

    private sealed record Operand(string Buffer, string Letters, Access Access)
    {
        public bool Has(char letter) => Letters.IndexOf(letter) >= 0;
    }
}
