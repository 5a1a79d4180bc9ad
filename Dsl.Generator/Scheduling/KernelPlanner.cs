using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Turns fused kernels into launches: chooses each domain's loop variables, works out strides and geometry, has the body
/// written, and adds the launches that only move data (transposed weights, halos).
/// </summary>
internal sealed partial class KernelPlanner
{
    private readonly Schedule _schedule;
    private readonly Preparation _preparation;
    private readonly List<PlannedKernel> _prepared = new();
    private readonly List<PlannedKernel> _kernels = new();
    private readonly HashSet<Node> _cleared = new();
    private readonly Dictionary<string, Size> _copies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _forms = new(StringComparer.Ordinal);

    private KernelPlanner(Schedule schedule)
    {
        _schedule = schedule;
        _preparation = new Preparation(schedule);
    }

    /// <summary>The launches in order, those of the preparation first.</summary>
    public static PlannedKernels Plan(Schedule schedule)
    {
        var planner = new KernelPlanner(schedule);
        foreach (Node input in schedule.Graph.Inputs)
        {
            planner.ClearHalo(input);
        }

        foreach (FusedKernel kernel in schedule.Kernels)
        {
            bool isPrepared = planner._preparation.Take(kernel);
            foreach (Node store in kernel.Stores)
            {
                planner.ClearHalo(schedule.Layouts.Root(store));
            }

            PlannedKernel planned = planner.Plan(kernel);
            planner.Add(planned, isPrepared);
        }

        return new PlannedKernels(
            planner._prepared.Concat(planner._kernels).ToImmutableArray(), planner._prepared.Count,
            planner._preparation.Symbols.ToImmutableArray(), planner._copies);
    }

    private void Add(PlannedKernel kernel, bool isPrepared) => (isPrepared ? _prepared : _kernels).Add(kernel);

    private PlannedKernel Plan(FusedKernel kernel) => kernel.Skeleton switch
    {
        Skeleton.Map => PlanMap(kernel),
        Skeleton.Row => PlanRow(kernel),
        Skeleton.Reduce => PlanReduce(kernel),
        Skeleton.Contract => PlanContract(kernel),
        Skeleton.Convolve or Skeleton.ConvolveInput => PlanConvolve(kernel),
        Skeleton.ConvolveWeights => PlanConvolveWeights(kernel),
        Skeleton.Attend => PlanAttend(kernel),
        Skeleton.ClassLogits or Skeleton.ClassLogitsGradient => PlanClassLogits(kernel),
        Skeleton.Memory => PlanMemory(kernel),
        Skeleton.AttendGradient => PlanAttendGradient(kernel),
        Skeleton.ScatterRows => PlanScatterRows(kernel),
        Skeleton.OuterScan => PlanOuterScan(kernel),
        Skeleton.DecayScan => PlanDecayScan(kernel),
        Skeleton.DiagonalScan when kernel.Anchors[0].Op is DiagonalFinalStateOp or DiagonalZeroInputOp =>
            PlanDiagonalStates(kernel),
        Skeleton.DiagonalScan => PlanDiagonalScan(kernel),
        Skeleton.SelectiveScan => PlanSelectiveScan(kernel),
        Skeleton.LowRankScan => PlanLowRankScan(kernel),
        Skeleton.HippoScan => PlanHippoScan(kernel),
        Skeleton.LinearScan => PlanLinearScan(kernel),
        Skeleton.DeltaScan => PlanDeltaScan(kernel),
        Skeleton.Spectral => PlanSpectral(kernel),
        Skeleton.CumulativeSum => PlanCumulativeSum(kernel),
        Skeleton.Collective => PlanCollective(kernel),
        Skeleton.Order => PlanOrder(kernel),
        Skeleton.Chunk => PlanChunk(kernel),
        Skeleton.Resample or Skeleton.ResampleGradient => PlanResample(kernel),
        Skeleton.LocalConvolveWeights => PlanLocalConvolveWeights(kernel),
        _ => PlanPool(kernel),
    };

    private PlannedKernel PlanMap(FusedKernel kernel)
    {
        var context = new KernelContext(kernel, _schedule);
        IReadOnlyList<Access> accesses = BodyEmitter.Map(context, null).Accesses;
        int[] order = _schedule.Layouts.StoreOrder(kernel);

        // Lanes need an axis with several elements: of every second element, say, the innermost one has one. Rows of an embedding, which
        // have no place of their own, have them along themselves whatever their width.
        if (!accesses.Any(static a => a.Coordinates.Contains(-1)))
        {
            order = order.OrderBy(a => !kernel.Shape[a].Equals(Size.One)).ToArray();
        }

        ImmutableArray<int> columns = Domain.InnermostRun(kernel.Shape, order, accesses);
        ImmutableArray<int> rows = order.Take(order.Length - columns.Length).ToImmutableArray();
        var domain = new Domain(kernel.Shape, new[] { new DomainVariable("row", rows), new DomainVariable("column", columns) });
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Map",
            Write = () => BodyEmitter.Map(context, domain).Body!,
            Buffers = context.Buffers.ToImmutableArray(),
            Arguments = ImmutableArray.Create(SizeText(Extent(domain, rows)), SizeText(Extent(domain, columns))),
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanRow(FusedKernel kernel)
    {
        var context = new KernelContext(kernel, _schedule);
        int[] order = PhysicalOrder.Of(kernel.Shape.Length);
        ImmutableArray<int> columns = order.Where(a => kernel.Reduced.Contains(a)).ToImmutableArray();
        ImmutableArray<int> rows = order.Where(a => !kernel.Reduced.Contains(a)).ToImmutableArray();
        var domain = new Domain(kernel.Shape, new[] { new DomainVariable("row", rows), new DomainVariable("column", columns) });
        BodyEmitter.Row(context, null);
        if (PlanShortRows(kernel, context, rows, columns) is { } few)
        {
            return few;
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Row",
            Write = () => BodyEmitter.Row(context, domain)!,
            Buffers = context.Buffers.ToImmutableArray(),
            Arguments = ImmutableArray.Create(SizeText(Extent(domain, rows)), SizeText(Extent(domain, columns))),
            Summary = Members(kernel),
        };
    }

    /// <summary>Rows of a few elements side by side in the lanes of vectors: one by one they are long chains of latencies. Null where
    /// they are long, or too few lie evenly.</summary>
    private PlannedKernel? PlanShortRows(
        FusedKernel kernel, KernelContext context, ImmutableArray<int> rows, ImmutableArray<int> columns)
    {
        if (columns.Length != 1 || kernel.Shape[columns[0]] is not { IsConstant: true, Constant: >= 1 and <= MostShortRow } length
            || rows.All(a => kernel.Shape[a].Equals(Size.One)))
        {
            return null;
        }

        IReadOnlyList<Access> accesses = BodyEmitter.ShortRows(context, null, columns[0], 1).Accesses;
        int[] order = rows.OrderBy(a => !kernel.Shape[a].Equals(Size.One)).ToArray();
        ImmutableArray<int> lanes = Domain.InnermostRun(kernel.Shape, order, accesses);
        ImmutableArray<int> outer = order.Take(order.Length - lanes.Length).ToImmutableArray();
        if (Domain.Extent(kernel.Shape, lanes) is { IsConstant: true, Constant: < FewLanes })
        {
            return null;
        }

        var domain = new Domain(kernel.Shape, new[] { new DomainVariable("row", outer), new DomainVariable("column", lanes) });
        Body body;
        try
        {
            body = BodyEmitter.ShortRows(context, domain, columns[0], length.Constant).Body!;
        }
        catch (UnsupportedException)
        {
            return null;
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Map",
            Body = body,
            Buffers = context.Buffers.ToImmutableArray(),
            Arguments = ImmutableArray.Create(
                SizeText(Extent(domain, outer)), SizeText(Extent(domain, lanes)), Int(length.Constant)),
            Summary = Members(kernel),
        };
    }

    /// <summary>Elements of a row that is short.</summary>
    private const int MostShortRow = 4;

    /// <summary>Rows side by side that fill no vector.</summary>
    private const int FewLanes = 4;

    private PlannedKernel PlanReduce(FusedKernel kernel)
    {
        var context = new KernelContext(kernel, _schedule);
        int[] order = PhysicalOrder.Of(kernel.Shape.Length);
        int[] kept = order.Where(a => !kernel.Reduced.Contains(a)).ToArray();
        int[] suffix = Enumerable.Reverse(order).TakeWhile(a => !kernel.Reduced.Contains(a)).Reverse().ToArray();
        IReadOnlyList<Access> accesses = BodyEmitter.Reduce(context, null).Accesses;
        ImmutableArray<int> columns = Domain.InnermostRun(kernel.Shape, suffix, accesses);
        ImmutableArray<int> outer = kept.Take(kept.Length - columns.Length).ToImmutableArray();
        ImmutableArray<int> rows = order.Where(a => kernel.Reduced.Contains(a)).ToImmutableArray();
        var domain = new Domain(kernel.Shape, new[]
        {
            new DomainVariable("outer", outer), new DomainVariable("row", rows), new DomainVariable("column", columns),
        });
        Size width = Extent(domain, columns);
        Size length = Extent(domain, rows);
        Size count = Extent(domain, outer);

        // Slices only where the columns alone do not keep every core busy; a constant, so that the sums never depend on cores.
        int slices = (length.IsConstant && length.Constant < 64) || (width.IsConstant && width.Constant >= 4096) ? 1 : 16;
        (string Name, Size Length)? scratch = slices == 1 ? null
            : (kernel.Name + ".Scratch", count * slices * kernel.StateWidth * (((width + 15) / 16) * 16));
        if (scratch is { } s)
        {
            context.Slot(s.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Reduce",
            Write = () => BodyEmitter.Reduce(context, domain).Body!,
            Buffers = context.Buffers.ToImmutableArray(),
            Arguments = ImmutableArray.Create(SizeText(count), SizeText(length), SizeText(width), Int(slices)),
            Scratch = scratch,
            Summary = Members(kernel),
        };
    }

    /// <summary>Row after row of the result sums its positions: no body, no atomics.</summary>
    private PlannedKernel PlanScatterRows(FusedKernel kernel)
    {
        Node sum = kernel.Anchors[0];
        Layout to = _schedule.Layouts.Of(sum);
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "ScatterRows",
            Buffers = ImmutableArray.Create(
                _schedule.BufferOf(Views.Base(sum.Inputs[0])), _schedule.BufferOf(sum.Inputs[1]), _schedule.BufferOf(sum)),
            Arguments = ImmutableArray.Create(
                SizeText(sum.Inputs[0].Shape[0]),
                SizeText(sum.Shape[0]),
                SizeText(sum.Shape[1]),
                SizeText(to.Strides[0]),
                SizeText(to.Strides[1])),
            Summary = Members(kernel),
        };
    }

    private void ClearHalo(Node node)
    {
        Layout layout = _schedule.Layouts.Of(node);
        if (layout.Halo.IsEmpty || !_cleared.Add(node))
        {
            return;
        }

        string buffer = _schedule.BufferOf(node);
        ImmutableArray<Size> image = _schedule.Layouts.ImageShape(node);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Images", image[0]), Property("Height", image[2]), Property("Width", image[3]),
            Property("Channels", image[1]),
        };
        AddInt(shape, "Top", layout.Halo.Top, 0);
        AddInt(shape, "Bottom", layout.Halo.Bottom, 0);
        AddInt(shape, "Left", layout.Halo.Left, 0);
        AddInt(shape, "Right", layout.Halo.Right, 0);
        PlannedKernel halo = new()
        {
            Name = buffer + ".Halo",
            Skeleton = "Halo",
            Buffers = ImmutableArray.Create(buffer),
            ShapeType = "HaloShape",
            Shape = shape.ToImmutableArray(),
            Summary = $"zeros around {buffer}",
        };
        Add(halo, _preparation.Has(buffer));
    }

    /// <summary>Adds, once, the launch that writes to[batch][column][row] = from[batch][row][column].</summary>
    private string Transposed(string from, Size batch, Size rows, Size columns)
    {
        string to = from + ".Transposed";
        string form = $"{batch} {rows} {columns}";
        for (int i = 2; _forms.TryGetValue(to, out string? have) && have != form; i++)
        {
            to = from + ".Transposed" + Int(i);
        }

        _forms[to] = form;
        if (!_copies.ContainsKey(to))
        {
            _copies[to] = batch * rows * columns;
            PlannedKernel transpose = new()
            {
                Name = to,
                Skeleton = "Transpose",
                Buffers = ImmutableArray.Create(from, to),
                Arguments = ImmutableArray.Create(SizeText(batch), SizeText(rows), SizeText(columns)),
                Summary = $"{from} with rows and columns exchanged",
            };
            Add(transpose, _preparation.Has(from));
        }

        return to;
    }

    /// <summary>What a kernel fuses, for the dump: anchors, then pointwise ops, then what it writes.</summary>
    private string Members(FusedKernel kernel)
    {
        IEnumerable<string> anchors = kernel.Anchors.Select(static a => a.Op.Name);
        IEnumerable<string> pointwise = kernel.Members.Select(static n => ((PointwiseOp)n.Op).Row);
        return string.Join(" + ", anchors.Concat(pointwise)) + " -> " + string.Join(", ", kernel.Stores.Select(_schedule.BufferOf));
    }

    private static Size Extent(Domain domain, ImmutableArray<int> axes) => Domain.Extent(domain.Shape, axes);

    private static KeyValuePair<string, string> Property(string name, Size value) => new(name, SizeText(value));

    private static void AddSize(List<KeyValuePair<string, string>> shape, string name, Size value, int usual)
    {
        if (!value.Equals(usual))
        {
            shape.Add(Property(name, value));
        }
    }

    private static void AddInt(List<KeyValuePair<string, string>> shape, string name, int value, int usual)
    {
        if (value != usual)
        {
            shape.Add(new(name, Int(value)));
        }
    }

    private static string Int(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A size as C#: an int, or a string in the size grammar.</summary>
    private static string SizeText(Size size) => size.IsConstant ? size.ToString() : $"\"{size}\"";
}
