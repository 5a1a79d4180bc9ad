using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Emitting;

namespace Dsl.Generator.Scheduling;

/// <content>A two-operand sum of products as a batch of matrix products.</content>
internal sealed partial class KernelPlanner
{
    /// <summary>Loops of the sum, innermost first.</summary>
    private static readonly string[] s_loops = { "Depth", "Middle", "Outer" };

    private PlannedKernel PlanContract(FusedKernel kernel)
    {
        ProductGeometry product = ProductGeometry.Of(kernel, _schedule);
        if (product.Obstacle is { } obstacle)
        {
            throw new InvalidOperationException($"'{kernel.Name}': {obstacle.What}.");
        }

        (Operand a, Operand b) = (product.A, product.B);
        var context = new KernelContext(kernel, _schedule);
        context.Operand(a.Buffer);
        context.Operand(product.Exchange is { } exchange
            ? Transposed(b.Buffer, exchange.Batch, exchange.Columns, exchange.Behind) : b.Buffer);
        var domain = new Domain(product.Extents, new[]
        {
            new DomainVariable("batch", product.Batch), new DomainVariable("row", product.Rows),
            new DomainVariable("column", product.Columns),
        });
        Size rowCount = Extent(domain, product.Rows);
        Size columnCount = Extent(domain, product.Columns);
        var shape = new List<KeyValuePair<string, string>>();
        AddSize(shape, "Batch", Extent(domain, product.Batch), 1);
        shape.Add(Property("Rows", rowCount));
        shape.Add(Property("Columns", columnCount));
        foreach ((string name, SummedLoop loop) in s_loops.Zip(product.Loops, static (name, loop) => (name, loop)))
        {
            shape.Add(Property(name, loop.Extent));
            shape.Add(Property("A" + name, loop.A));
            shape.Add(Property("B" + name, loop.B));
        }

        shape.Add(Property("ARow", Last(a, product.Rows)));
        AddSize(shape, "ABatch", Last(a, product.Batch), 0);
        AddSize(shape, "BBatch", Last(b, product.Batch), 0);
        var beside = new HashSet<int>(BodyEmitter.Contract(context, null).Walked
            .Where(w => w.Slot > 1 && product.Columns.Length > 0 && LiesAsResult(w.Access, product, domain)).Select(static w => w.Slot));
        if (beside.Count > 0)
        {
            shape.Add(new("Beside", string.Join(" | ", beside.OrderBy(static slot => slot).Select(static slot => $"1 << {Int(slot)}"))));
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Contract",
            Write = () => BodyEmitter.Contract(context, domain).Body!,
            Buffers = context.Buffers.ToImmutableArray(),
            ShapeType = "ContractShape",
            Shape = shape.ToImmutableArray(),
            Tiles = TileFor(rowCount, columnCount),
            Summary = Members(kernel),
        };
    }

    /// <summary>Rows that may lie between samples: of a sequence that is padded for its neighbours, say. What is asked for ahead by so
    /// much is still asked for.</summary>
    private const int MostRowsBetween = 16;

    /// <summary>Floats of a cache line.</summary>
    private const int LineFloats = 16;

    /// <summary>Whether a body walks a buffer row after row and product after product, nearly without gaps, from where it begins. Of
    /// few columns, and of a constant number of rows, such as the gradient of weights, that is not worth saying.</summary>
    private static bool LiesAsResult(Access access, ProductGeometry product, Domain domain)
    {
        Size columns = Extent(domain, product.Columns);
        if (Extent(domain, product.Rows).IsConstant || !columns.IsConstant || columns.Constant < LineFloats || !access.Layout.IsEven
            || !IsNear(access.Layout.Origin) || !Domain.Merges(domain.Shape, product.Columns, access))
        {
            return false;
        }

        Size step = columns;
        foreach (int axis in product.Batch.Concat(product.Rows).Reverse().Where(a => !domain.Shape[a].Equals(Size.One)))
        {
            if (!IsNear(access.Stride(axis) - step))
            {
                return false;
            }

            step *= domain.Shape[axis];
        }

        return access.Stride(product.Columns.Last()).Equals(Size.One);

        bool IsNear(Size distance) =>
            distance.IsConstant && distance.Constant >= 0 && distance.Constant <= MostRowsBetween * columns.Constant;
    }

    private static Size Last(Operand operand, ImmutableArray<int> axes) =>
        axes.Length == 0 ? Size.Zero : operand.Access.Stride(axes.Last());

    private static (Tile Wide, Tile Narrow) TileFor(Size rows, Size columns)
    {
        int? known = rows.IsConstant ? rows.Constant : null;
        int width = columns.IsConstant ? columns.Constant : 64;
        (int wideRows, int wideVectors) = TileEmitter.Choose(known, width, registers: 32, lanes: 16);
        (int narrowRows, int narrowVectors) = TileEmitter.Choose(known, width, registers: 16, lanes: 8);
        return (new Tile(wideRows, wideVectors), new Tile(narrowRows, narrowVectors));
    }
}
