using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>
/// The first formula of the field: from one unit of a node down to the image, layer by layer. N(l - 1) = (N(l) -
/// 1)·stride +
/// k' counts how many positions of the layer below are seen; here they are followed as positions, so branches and what
/// enlarges are covered too. Independent of <see cref="ImageFields"/>, which composes from the image upwards.
/// </summary>
internal static class TopDown
{
    /// <summary>The pixels along an axis of an image that one unit sees; null when it sees all of them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="image">Whose pixels.</param>
    /// <param name="imageAxis">Along which of its axes.</param>
    /// <param name="node">The unit's node.</param>
    /// <param name="unit">Its position along every axis; 0 stands for those left out.</param>
    public static PixelSet? Pixels(
        Graph graph, Node image, int imageAxis, Node node, IReadOnlyDictionary<int, long> unit)
    {
        var demands = new Demand?[node.Id + 1];
        demands[node.Id] = Demand.Unit(node.Rank, unit);
        for (int id = node.Id; id > image.Id; id--)
        {
            if (demands[id] is { } demand)
            {
                Hand(graph.Nodes[id], demand, demands);
            }
        }

        return demands[image.Id] is not { } found ? PixelSet.Empty
            : found.IsWhole[imageAxis] ? null : found.Positions[imageAxis];
    }

    /// <summary>Hands what is demanded of a node down to its inputs.</summary>
    private static void Hand(Node node, Demand demand, Demand?[] demands)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            Node input = node.Inputs[i];
            Demand below = demands[input.Id] ??= new Demand(input.Rank);
            for (int axis = 0; axis < input.Rank; axis++)
            {
                AxisReach step = node.Op.Field(node, i, axis);
                if (step.Reach is null || demand.IsWhole[step.Axis])
                {
                    below.IsWhole[axis] = true;
                }
                else
                {
                    below.Positions[axis] = PixelSet.Union(
                        new[] { below.Positions[axis], step.Reach.Image(demand.Positions[step.Axis]) });
                }
            }
        }
    }

    /// <summary>What is needed of a node, along each of its axes.</summary>
    private sealed class Demand
    {
        public Demand(int rank)
        {
            Positions = new PixelSet[rank];
            IsWhole = new bool[rank];
            for (int axis = 0; axis < rank; axis++)
            {
                Positions[axis] = PixelSet.Empty;
            }
        }

        public PixelSet[] Positions { get; }

        public bool[] IsWhole { get; }

        public static Demand Unit(int rank, IReadOnlyDictionary<int, long> unit)
        {
            var demand = new Demand(rank);
            for (int axis = 0; axis < rank; axis++)
            {
                long at = unit.TryGetValue(axis, out long given) ? given : 0;
                demand.Positions[axis] = PixelSet.Run(at, at);
            }

            return demand;
        }
    }
}
