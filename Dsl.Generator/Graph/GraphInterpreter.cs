using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Graphs;

/// <summary>Evaluates a graph node by node in doubles: slow, obvious, and the oracle of everything compiled.</summary>
internal static class GraphInterpreter
{
    /// <summary>The outputs by name.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Input tensors by name; ints are held as doubles.</param>
    /// <param name="parameters">Parameters by name.</param>
    /// <param name="sizes">The values of the symbolic sizes.</param>
    /// <param name="key">What random numbers depend on: the runtime's <c>RandomKey</c>.</param>
    /// <exception cref="ArgumentException">A tensor is missing or its shape is not the declared one.</exception>
    public static IReadOnlyDictionary<string, NdArray> Evaluate(
        Graph graph,
        IReadOnlyDictionary<string, NdArray> inputs,
        IReadOnlyDictionary<string, NdArray> parameters,
        IReadOnlyDictionary<string, int> sizes,
        (int Word0, int Word1) key = default)
    {
        int ValueOf(Size size) => checked((int)size.Evaluate(name => sizes.TryGetValue(name, out int value)
            ? value
            : throw new ArgumentException($"The symbolic size '{name}' has no value.", nameof(sizes))));

        var values = new NdArray[graph.Nodes.Count];
        foreach (Node node in graph.Nodes)
        {
            values[node.Id] = node.Op switch
            {
                InputOp input => Find(inputs, input.Tensor),
                ParameterOp parameter => Find(parameters, parameter.Parameter),
                RandomOp random => random.Draw(node.Shape.Map(ValueOf), key),
                IKeyedOp keyed => keyed.Evaluate(node.Inputs.Map(i => values[i.Id]), key, node.Shape.Map(ValueOf)),
                _ => node.Op.Evaluate(node, node.Inputs.Map(i => values[i.Id]), ValueOf),
            };
            var expected = node.Shape.Select(ValueOf);
            if (!values[node.Id].Shape.SequenceEqual(expected))
            {
                throw new ArgumentException(
                    $"'{GraphPrinter.Print(node)}' should have the shape {string.Join(", ", expected)} "
                    + $"but has {string.Join(", ", values[node.Id].Shape)}.");
            }
        }

        return graph.Outputs.ToDictionary(static o => o.Name, o => values[o.Node.Id], StringComparer.Ordinal);
    }

    private static NdArray Find(IReadOnlyDictionary<string, NdArray> arrays, string name) =>
        arrays.TryGetValue(name, out NdArray? array)
            ? array
            : throw new ArgumentException($"Tensor '{name}' is missing.");
}
