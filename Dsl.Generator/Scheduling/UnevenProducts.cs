using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Products whose operands no loops of the skeleton walk as they lie (an image channel-last under a layer that sees
/// rows, a slice that would have to be transposed). First the operands at fault are copied, as batch, rows, summed axes
/// or batch, summed axes, columns; then the other one. When the result is what stands in the way, the product becomes one
/// of plain matrices, whose result is seen through views.
/// </summary>
internal static class UnevenProducts
{
    /// <summary>Matrices as a tile wants them.</summary>
    private const string Plain = "zrk,zkc->zrc";

    /// <summary>The graph with copies for such products, or null when there is none.</summary>
    public static Graph? Straighten(Schedule schedule)
    {
        var uneven = new Dictionary<Node, ProductObstacle>();
        foreach (FusedKernel kernel in schedule.Kernels.Where(static k => k.Skeleton == Skeleton.Contract))
        {
            if (((ContractOp)kernel.Anchors[0].Op).Equation != Plain
                && ProductGeometry.Of(kernel, schedule).Obstacle is { } obstacle)
            {
                uneven[kernel.Anchors[0]] = obstacle;
            }
        }

        return uneven.Count == 0 ? null : Copies.Insert(Rebuild(schedule.Graph, uneven));
    }

    private static Graph Rebuild(Graph source, Dictionary<Node, ProductObstacle> uneven)
    {
        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        var arranged = new Dictionary<(Node Operand, string Order, int Region, bool IsReplay), Node>();
        foreach (Node node in source.Nodes)
        {
            Node[] operands = node.Inputs.Map(i => copies[i.Id]);
            if (!uneven.TryGetValue(node, out ProductObstacle? obstacle))
            {
                copies[node.Id] = graph.Copy(node, operands);
                continue;
            }

            int before = graph.Nodes.Count;
            copies[node.Id] = new Product(graph, (ContractOp)node.Op, operands, Copy).Straighten(obstacle);
            foreach (Node made in graph.Nodes.Skip(before))
            {
                (made.Region, made.IsReplay) = (node.Region, node.IsReplay);
            }

            Graph.Name(copies[node.Id], node.Label);

            // One copy for all products that walk it alike.
            Node Copy(Node operand, int[] order)
            {
                var key = (operand, string.Join(",", order), node.Region, node.IsReplay);
                return arranged.TryGetValue(key, out Node? copy) ? copy
                    : arranged[key] = graph.Pointwise("mul", graph.Transpose(operand, order), graph.Constant(1));
            }
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;
    }

    /// <summary>One product, its letters by what they are.</summary>
    private sealed class Product
    {
        private readonly Graph _graph;
        private readonly Node[] _operands;
        private readonly string[] _letters;
        private readonly string _result;

        private readonly System.Func<Node, int[], Node> _copy;

        public Product(Graph graph, ContractOp op, Node[] operands, System.Func<Node, int[], Node> copy)
        {
            (_graph, _copy) = (graph, copy);
            _operands = operands;
            (string first, string second, _result) = op.Letters;
            _letters = new[] { first, second };
        }

        private string Shared => Of(_result, static (a, b) => a && b);

        public Node Straighten(ProductObstacle obstacle)
        {
            bool[] copied = _operands.Map(Copies.IsCopy);
            if (Own(0).Length + Own(1).Length == 0)
            {
                // Nothing is a matrix here: elements with elements, summed.
                string summed = Summed(0);
                Node products = _graph.Pointwise("mul", Arranged(0, Shared + summed), Arranged(1, Shared + summed));
                int[] axes = Enumerable.Range(Shared.Length, summed.Length).ToArray();
                return _graph.Transpose(_graph.Sum(products, axes), Order(Shared, _result));
            }

            if ((copied[0] && copied[1]) || !(obstacle.First || obstacle.Second))
            {
                return Matrices();
            }

            // Whoever is at fault and no copy yet; else the other one.
            bool[] next = { obstacle.First && !copied[0], obstacle.Second && !copied[1] };
            if (!next[0] && !next[1])
            {
                next = copied.Map(static c => !c);
            }

            // What is copied takes the order of what is not.
            string order = Summed(next[0] ? 1 : 0);
            for (int i = 0; i < 2; i++)
            {
                if (next[i])
                {
                    string letters = Shared + (i == obstacle.Right ? order + Own(i) : Own(i) + order);
                    _operands[i] = Copied(i, letters);
                    _letters[i] = letters;
                }
            }

            return _graph.Contract($"{_letters[0]},{_letters[1]}->{_result}", _operands[0], _operands[1]);
        }

        /// <summary>The product of matrices of dense copies, seen as the result.</summary>
        private Node Matrices()
        {
            Node Matrix(int operand, params string[] axes)
            {
                if (Copies.IsCopy(_operands[operand]))
                {
                    _operands[operand] = _operands[operand].Inputs[0];
                }

                return _graph.Reshape(Copied(operand, string.Concat(axes)), axes.Select(Extent));
            }

            string summed = Summed(0);
            Node rows = Matrix(0, Shared, Own(0), summed);
            Node columns = Matrix(1, Shared, summed, Own(1));
            string computed = Shared + Own(0) + Own(1);
            Node product = _graph.Reshape(
                _graph.Contract(Plain, rows, columns), computed.Select(l => Extent(l.ToString())));
            return _graph.Transpose(product, Order(computed, _result));
        }

        private string Own(int operand) => Of(_result, (a, b) => operand == 0 ? a && !b : b && !a);

        /// <summary>What is summed, in the order of an operand.</summary>
        private string Summed(int operand) =>
            new(Of(_letters[operand], static (a, b) => a && b).Where(l => _result.IndexOf(l) < 0).ToArray());

        private string Of(string letters, System.Func<bool, bool, bool> has) =>
            new(letters.Where(l => has(_letters[0].IndexOf(l) >= 0, _letters[1].IndexOf(l) >= 0)).ToArray());

        private Node Arranged(int operand, string letters) =>
            _graph.Transpose(_operands[operand], Order(_letters[operand], letters));

        private Node Copied(int operand, string letters) => _copy(_operands[operand], Order(_letters[operand], letters));

        private Size Extent(string letters) => letters.Select(l => _letters[0].IndexOf(l) is >= 0 and var at
            ? _operands[0].Shape[at] : _operands[1].Shape[_letters[1].IndexOf(l)]).Product();

        /// <summary>Where each letter of a text is in another one.</summary>
        private static int[] Order(string from, string to) => to.Select(l => from.IndexOf(l)).ToArray();
    }
}
