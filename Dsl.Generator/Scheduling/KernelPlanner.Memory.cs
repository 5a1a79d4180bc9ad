using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Stepping;

namespace Dsl.Generator.Scheduling;

/// <content>What a program remembers from run to run: no body, buffers in a fixed order.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanMemory(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        Node x = anchor.Inputs[0];
        string memory = kernel.Name + ".Memory";
        var shape = new List<KeyValuePair<string, string>> { Property("Batch", x.Shape[0]) };
        Size? length = null;
        switch (anchor.Op)
        {
            case RowsSoFarOp all:
                shape.Add(new("Kind", "MemoryKind.Rows"));
                shape.Add(Property("Width", x.Length / x.Shape[0]));
                shape.Add(Property("Capacity", all.Capacity));
                break;
            case LargestSoFarOp:
                shape.Add(new("Kind", "MemoryKind.Largest"));
                shape.Add(Property("Width", x.Length / x.Shape[0]));
                length = x.Length;
                break;
            case SumSoFarOp:
                shape.Add(new("Kind", "MemoryKind.Sum"));
                shape.Add(Property("Width", x.Length / x.Shape[0]));
                length = x.Length * 2;
                break;
            case BeforeOp:
                shape.Add(new("Kind", "MemoryKind.Before"));
                shape.Add(Property("Width", x.Length / x.Shape[0]));
                length = x.Length;
                break;
            case ProductsSoFarOp products:
                shape.Add(new("Kind", "MemoryKind.Products"));
                shape.Add(new("Heads", Int(products.Heads)));
                shape.Add(Property("Width", x.Shape[1] / products.Heads));
                shape.Add(Property("ValueWidth", anchor.Shape[1] / products.Heads));
                AddSize(shape, "Capacity", products.Chunk, 0);
                length = products.StateLength(anchor.Inputs);
                break;
        }

        string[] rows = { "Row", "KeyRow", "ValueRow" };
        for (int i = 0; i < anchor.Inputs.Length; i++)
        {
            shape.Add(Property(rows[i], RowOf(anchor.Inputs[i])));
        }

        if (length is not null)
        {
            shape.Add(Property("ResultRow", RowOf(anchor)));
        }

        shape.Add(Property("Seen", Size.Symbol(Stepper.Seen)));
        IEnumerable<string> buffers = anchor.Inputs.Append(anchor).Select(_schedule.BufferOf);
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Memory",
            Buffers = (length is null ? buffers : buffers.Append(memory)).ToImmutableArray(),
            ShapeType = "MemoryShape",
            Shape = shape.ToImmutableArray(),
            Memory = length is null ? null : (memory, length),
            Summary = Members(kernel),
        };
    }

    /// <summary>From the row of one sequence to that of the next; a row has no gaps.</summary>
    private Size RowOf(Node x)
    {
        Layout layout = _schedule.Layouts.Of(x);
        Size expected = Size.One;
        for (int axis = x.Rank - 1; axis > 0; axis--)
        {
            if (!x.Shape[axis].Equals(Size.One) && !layout.Strides[axis].Equals(expected))
            {
                throw new InvalidOperationException($"'{_schedule.BufferOf(x)}' has gaps.");
            }

            expected *= x.Shape[axis];
        }

        return layout.Strides[0];
    }
}
