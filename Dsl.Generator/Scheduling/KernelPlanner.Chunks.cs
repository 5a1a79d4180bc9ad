using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <content>Orders, and rows in chunks of an order: they have no body.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanOrder(FusedKernel kernel)
    {
        Node order = kernel.Anchors[0];
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Order",
            Buffers = ImmutableArray.Create(_schedule.BufferOf(order.Inputs[0]), _schedule.BufferOf(order)),
            Arguments = ImmutableArray.Create(
                SizeText(order.Shape[0]), SizeText(order.Shape[1]), Int(((OrderOp)order.Op).Keys)),
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanChunk(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        bool back = anchor.Op is UnchunkRowsOp;
        ChunkRule rule = back ? ((UnchunkRowsOp)anchor.Op).Rule : ((ChunkRowsOp)anchor.Op).Rule;
        Node plain = back ? anchor : anchor.Inputs[0];
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Rows", plain.Shape[0]), Property("Positions", plain.Shape[1]), new("Heads", Int(rule.Heads)),
            Property("Width", plain.Shape[2] / rule.Heads), new("Size", Int(rule.Size)),
        };
        AddInt(shape, "Rounds", rule.PerRound ? 1 : rule.Rounds, 1);
        AddFlag(shape, "LookBack", rule.LookBack);
        AddFlag(shape, "Back", back);
        AddInt(shape, "OrdersOfLength", rule.Lengths ? rule.Heads * rule.Rounds : 0, 0);
        AddRows(shape, "Plain", plain);

        // An item's place in the order says where its row comes from; its index at a place, where it goes.
        Node order = anchor.Inputs[back ? 2 : 1];
        IEnumerable<Node> buffers = new[] { anchor.Inputs[0], order, anchor }.Concat(anchor.Inputs.Skip(3));
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Chunk",
            Buffers = buffers.Select(_schedule.BufferOf).ToImmutableArray(),
            ShapeType = "ChunkShape",
            Shape = shape.ToImmutableArray(),
            Summary = Members(kernel),
        };
    }
}
