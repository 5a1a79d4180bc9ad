using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>A HiPPO memory of each channel (Gu et al. 2020, arXiv:2008.07669), [b, n, c] -> [b, n, c·N]: nothing is
/// learned.</summary>
internal sealed class HippoLayer : ICarryingLayer
{
    private static readonly int[] s_channels = { 0, 1 };
    private static readonly int[] s_coefficients = { 2 };
    private static readonly int[] s_samples = { 0 };

    public string Kind => "Hippo";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Order", ArgumentKind.Size, null),
        new LayerArgument("Measure", ArgumentKind.Choice, "LegS"),
        new LayerArgument("Window", ArgumentKind.Number, "100"),
        new LayerArgument("Discretization", ArgumentKind.Choice, "Bilinear"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        Node? memory = x.Rank == 3 ? null : context.Inputs.Skip(1).FirstOrDefault(static i => i.DType == DType.Float);
        if (memory is null)
        {
            _ = Projections.RequireSequence(context, x);
        }
        else
        {
            Projections.RefuseSegments(context, "one step has one position, and what it goes on from is the memory it is given");
        }

        (int order, string measure) = (context.Size("Order"), context.Choice("Measure"));
        if (order > HippoParts.MostOrder)
        {
            throw context.OutOfRange("Order", order.ToString(CultureInfo.InvariantCulture),
                $"a number up to {HippoParts.MostOrder}").Offer(context.Write("Order", HippoParts.MostOrder));
        }

        if (measure == "FouT" && order % 2 != 0)
        {
            throw context.OutOfRange("Order", order.ToString(CultureInfo.InvariantCulture),
                "an even number: cosines and sines come in pairs").Offer(context.Write("Order", order + 1));
        }

        bool isScaled = measure == "LegS";
        if (isScaled && memory is not null)
        {
            throw context.OutOfRange("Measure", measure, "another measure: the step of LegS depends on the position, which one step "
                + "alone does not know").Offer(context.Write("Measure", "global::Dsl.HippoMeasure.LegT"));
        }

        foreach (string argument in new[] { "Window", "Discretization" })
        {
            if (isScaled && context.IsGiven(argument))
            {
                throw context.OutOfRange(
                    argument, context.Choice(argument), "left out: it means nothing to HippoMeasure.LegS, which has no unit of time")
                    .Offer(context.Omit(argument));
            }
        }

        double window = context.Number("Window", static w => w > 0 && w <= 1e9, "a positive number of positions");
        string text = order.ToString(CultureInfo.InvariantCulture);
        Node? transition = isScaled ? null : context.State(
            "Transition",
            $"HippoTransition(global::Dsl.HippoMeasure.{measure}, {text}, "
                + window.ToString("R", CultureInfo.InvariantCulture)
                + $", global::Dsl.Discretization.{context.Choice("Discretization")})",
            order,
            order + 1);
        if (memory is not null)
        {
            return Step(context, x, memory, transition!, order);
        }

        Node? segments = Projections.Segments(context);
        Node? start = Start(context, x.Shape[2].Constant, order, isScaled);
        var operands = new List<Node?>
        {
            segments is null ? x : Segments.Hide(g, x, segments), transition, start,
            segments is null ? null : Segments.GoesOn(g, segments, carries: start is not null),
        };
        Node y = g.Add(
            new HippoScanOp(order, isScaled, Starts: start is not null), operands.OfType<Node>().ToArray());
        if (context.Carried is { } carried)
        {
            Node last = g.Reshape(g.Slice(y, 1, y.Shape[1] - 1, 1), new[] { y.Shape[0], x.Shape[2], order });
            carried.Leave(isScaled ? g.Concat(2, last, Ages(g, x, segments, start, order)) : last);
        }

        return y;
    }

    /// <summary>The memories to begin with, [b, c, N], of LegS [b, c, N + 1]; or null. Behind those of LegS is how many
    /// positions they have taken in, a whole number of at least 0 whatever is given.</summary>
    private static Node? Start(LayerContext context, int channels, int order, bool isScaled)
    {
        Graph g = context.Graph;
        Node? start = context.Carried?.Take(channels, isScaled ? order + 1 : order);
        if (start is null || !isScaled)
        {
            return start;
        }

        Value age = new Value(g, g.Slice(start, 2, order, 1)) + 0.5;
        return g.Concat(2, g.Slice(start, 2, 0, order), age.Apply("max", age.Constant(0)).Apply("floor"));
    }

    /// <summary>How many positions the last memories have taken in, [b, c, 1]: those of the last segment, and if it
    /// goes on, those of the start.</summary>
    private static Node Ages(Graph g, Node x, Node? segments, Node? start, int order)
    {
        Size[] shape = { x.Shape[0], x.Shape[2], 1 };
        Value? before = start is null ? null : new Value(g, g.Slice(start, 2, order, 1));
        if (segments is null)
        {
            var count = new Value(g, g.Fill(g.SizeValue(x.Shape[1]), shape));
            return before is { } earlier ? earlier + count : count;
        }

        Value places = Last(Segments.Places(g, segments)) + 1;
        if (before is { } given)
        {
            Value begun = Last(Segments.Begun(g, segments, carries: true));
            places += begun.Apply("less", begun.Constant(0.5)).Select(given, begun.Constant(0));
        }

        return places;

        Value Last(Node of) => new(g, g.Broadcast(
            g.Reshape(g.Slice(of, 1, x.Shape[1] - 1, 1), new[] { x.Shape[0] }), shape, s_samples));
    }

    /// <summary>What is remembered after one more value of each channel, Ā·c + B̄·u: of u [b, c] and [b, c·N], [b,
    /// c·N].</summary>
    private static Node Step(LayerContext context, Node u, Node memory, Node transition, int order)
    {
        Graph g = context.Graph;
        if (u.Rank != 2 || !u.Shape[1].IsConstant)
        {
            throw context.Mismatch(
                u, "'b, c' with a constant c beside a memory", "one step takes a value of each channel: leave the memory out for sequences");
        }

        if (context.GivesState)
        {
            throw context.Mismatch(
                u, "a sequence 'b, n, c' for a result and a state",
                "what one step remembers is its result: return Tensor");
        }

        Size[] shape = { u.Shape[0], u.Shape[1], order };
        if (!memory.SameShape(new[] { u.Shape[0], u.Shape[1] * order }))
        {
            throw context.Mismatch(
                memory, $"'{u.Shape[0]}, {u.Shape[1] * order}'", "a memory has all coefficients of each channel, zeros at first");
        }

        Node past = g.Contract("bck,ok->bco", g.Reshape(memory, shape), g.Slice(transition, 1, 0, order));
        Node input = g.Broadcast(g.Reshape(g.Slice(transition, 1, order, 1), new Size[] { order }), shape, s_coefficients);
        Node present = g.Pointwise("mul", g.Broadcast(u, shape, s_channels), input);
        return g.Reshape(g.Pointwise("add", past, present), memory.Shape);
    }
}
