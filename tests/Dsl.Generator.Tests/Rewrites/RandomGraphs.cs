using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Tests.Rewrites;

/// <summary>
/// Random graphs over parameters, full of what rules look for: constants 0, 1 and -1, reshapes, transposes, broadcasts,
/// contractions of reshaped values, and repeated subexpressions.
/// </summary>
internal sealed class RandomGraphs(int seed)
{
    private static readonly string[] Unary = ["neg", "tanh", "sigmoid", "abs", "relu", "square"];
    private static readonly string[] Binary = ["add", "sub", "mul", "max", "min"];
    private readonly Random _random = new(seed);

    public Graph Next(int steps)
    {
        var graph = new Graph();
        List<Node> values =
        [
            graph.Parameter("a", 2, 3),
            graph.Parameter("b", 2, 3),
            graph.Parameter("c", 2, 3, 2),
            graph.Parameter("d", 6, 2),
            graph.Parameter("e"),
        ];
        for (int i = 0; i < steps; i++)
        {
            Node x = Pick(values);
            values.Add(_random.Next(10) switch
            {
                0 => graph.Pointwise(Pick(Unary), x),
                1 => graph.Pointwise(Pick(Binary), x, graph.Constant(_random.Next(-1, 3))),
                2 => graph.Pointwise(Pick(Binary), graph.Constant(_random.Next(-1, 3)), x),
                3 => graph.Pointwise(Pick(Binary), x, Pick(values.Where(v => v.SameShape(x.Shape)))),
                4 => graph.Reshape(x, Factors(x)),
                5 => graph.Transpose(x, Shuffled(x.Rank)),
                6 => x.Rank < 4 ? Repeat(graph, x) : x,
                7 => x.Rank > 0 ? graph.Reduce(_random.Next(3) == 0 ? ReduceKind.Max : ReduceKind.Sum, x, _random.Next(x.Rank)) : x,
                8 => Contract(graph, x, values),
                _ => graph.Pointwise("select", graph.Pointwise("less", x, graph.Constant(0.1)), x, graph.Constant(_random.Next(-1, 2))),
            });
        }

        foreach (int i in Enumerable.Range(0, 4))
        {
            graph.Output($"y{i}", values[^(1 + i)]);
        }

        return graph;
    }

    private Size[] Factors(Node x)
    {
        int length = x.Length.Constant;
        var dims = new List<Size>();
        while (length > 1)
        {
            int factor = Pick(Enumerable.Range(2, length - 1).Where(f => length % f == 0));
            dims.Add(factor);
            length /= factor;
        }

        if (_random.Next(4) == 0)
        {
            dims.Insert(_random.Next(dims.Count + 1), 1);
        }

        return [.. dims];
    }

    private Node Repeat(Graph graph, Node x)
    {
        int at = _random.Next(x.Rank + 1);
        return graph.Broadcast(x, x.Shape.Insert(at, _random.Next(1, 4)), Enumerable.Range(0, x.Rank + 1).Where(a => a != at));
    }

    /// <summary>Multiplies x with a value that shares an extent, summed or kept, all other axes kept.</summary>
    private Node Contract(Graph graph, Node x, List<Node> values)
    {
        Node y = Pick(values);
        string a = "abcdefgh"[..x.Rank];
        char[] b = "ijklmnop"[..y.Rank].ToCharArray();
        var pairs = from i in Enumerable.Range(0, x.Rank) from k in Enumerable.Range(0, y.Rank)
                    where x.Shape[i].Equals(y.Shape[k]) select (i, k);
        string summed = "";
        if (pairs.Any())
        {
            var (i, k) = Pick(pairs);
            b[k] = a[i];
            summed = _random.Next(3) > 0 ? a[i].ToString() : "";
        }

        string second = new(b);
        string result = string.Concat(a.Union(second).Except(summed));
        return result.Length <= 4 ? graph.Contract($"{a},{second}->{result}", x, y) : x;
    }

    private int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        _random.Shuffle(order);
        return order;
    }

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        return list[_random.Next(list.Count)];
    }
}
