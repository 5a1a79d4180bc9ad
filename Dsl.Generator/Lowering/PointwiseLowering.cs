using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Pointwise functions to nodes: rows of the table, and composites written in C#.</summary>
internal sealed class PointwiseLowering
{
    private readonly EquatableArray<PointwiseSpec> _composites;

    public PointwiseLowering(EquatableArray<PointwiseSpec> composites) => _composites = composites;

    /// <summary>Applies a function by name. A composite of that exact name wins, then a row, then any spelling of
    /// either.</summary>
    /// <exception cref="ProblemException">Nothing has that name, or a composite uses an op that is no row.</exception>
    public Node Apply(Graph graph, string name, IReadOnlyList<Node> operands, int site)
    {
        if (Find(name) is { } composite)
        {
            var arguments = new Dictionary<string, Node>(StringComparer.Ordinal);
            Require(composite.Parameters.Count, operands, name, site);
            for (int i = 0; i < operands.Count; i++)
            {
                arguments[composite.Parameters[i]] = operands[i];
            }

            return new Expansion(this, graph, arguments, name, site).Expand(composite.Body);
        }

        PointwiseRow row = Row(name)
            ?? throw new ProblemException(ProblemIds.NotDifferentiable, site, name, $"'{name}' has no derivative");
        Require(row.Arity, operands, name, site);
        return graph.Pointwise(row.Name, operands.ToArray());
    }

    private static void Require(int arity, IReadOnlyList<Node> operands, string name, int site)
    {
        if (operands.Count != arity)
        {
            throw FunctionLowering.Internal(site, $"'{name}' takes {arity} operands, not {operands.Count}");
        }
    }

    private static PointwiseRow? Row(string name) =>
        Ops.Pointwise.Find(name) ?? Ops.Pointwise.Find(name.ToLowerInvariant());

    private PointwiseSpec? Find(string name) =>
        _composites.FirstOrDefault(c => c.Name == name)
            ?? (Row(name) is null
                ? _composites.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))
                : null);

    /// <summary>One expansion of a composite: equal subexpressions become one node.</summary>
    private sealed class Expansion
    {
        private readonly PointwiseLowering _functions;
        private readonly Graph _graph;
        private readonly IReadOnlyDictionary<string, Node> _arguments;
        private readonly Dictionary<PointwiseExpression, Node> _done = new();
        private readonly string _name;
        private readonly int _site;

        public Expansion(
            PointwiseLowering functions, Graph graph, IReadOnlyDictionary<string, Node> arguments, string name, int site)
        {
            _functions = functions;
            _graph = graph;
            _arguments = arguments;
            _name = name;
            _site = site;
        }

        public Node Expand(PointwiseExpression expression)
        {
            if (!_done.TryGetValue(expression, out Node? node))
            {
                _done[expression] = node = Make(expression);
            }

            return node;
        }

        private Node Make(PointwiseExpression expression)
        {
            switch (expression.Op)
            {
                case "const":
                    return double.TryParse(expression.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                        ? _graph.Constant(number)
                        : throw FunctionLowering.Internal(_site, $"'{expression.Text}' in '{_name}' is not a number");
                case "arg":
                    return _arguments.TryGetValue(expression.Text, out Node? argument)
                        ? argument
                        : throw FunctionLowering.Internal(_site, $"'{expression.Text}' is not a parameter of '{_name}'");
            }

            // A function that calls itself has no end: it is not looked up again under its own name.
            bool known = Ops.Pointwise.Find(expression.Op) is not null
                || (expression.Op != _name && _functions.Find(expression.Op) is not null);
            return known
                ? _functions.Apply(_graph, expression.Op, expression.Operands.Map(Expand), _site)
                : throw new ProblemException(
                    ProblemIds.NotDifferentiable, _site, _name, $"'{expression.Op}' has no derivative");
        }
    }
}
