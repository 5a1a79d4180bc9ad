using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>One program, scheduled: which kernels in which order, where every value lies and what it is called.</summary>
internal sealed class Schedule
{
    private readonly Dictionary<Node, string> _buffers = new();
    private readonly string[] _symbols;

    private Schedule(string name, Graph source, Graph graph, IEnumerable<Packing> packings)
    {
        Name = name;
        Source = source;
        Graph = graph;
        Fusion = Fusion.Of(graph);
        Layouts = new LayoutPlanner(graph, Fusion, packings);
        _symbols = SymbolsOf(graph);
        Kernels = Fusion.Kernels.ToImmutableArray();
        NameBuffers();
        NameKernels();
    }

    /// <summary>Schedules a graph, which is first brought into a form that the skeletons can compute.</summary>
    /// <param name="name">Forward, Loss or Train.</param>
    /// <param name="graph">What to compute.</param>
    /// <param name="packings">How parameters lie where another program has decided; null when none has.</param>
    public static Schedule Of(string name, Graph graph, IEnumerable<Packing>? packings = null)
    {
        packings ??= Array.Empty<Packing>();
        var schedule = new Schedule(name, graph, Copies.Insert(graph), packings);
        while (UnevenRows.Split(schedule) is { } split)
        {
            schedule = new Schedule(name, graph, split, packings);
        }

        return schedule;
    }

    /// <summary>Forward, Loss or Train.</summary>
    public string Name { get; }

    /// <summary>What was to be scheduled, before copies and splits.</summary>
    public Graph Source { get; }

    public Graph Graph { get; }

    public Fusion Fusion { get; }

    public LayoutPlanner Layouts { get; }

    public ImmutableArray<FusedKernel> Kernels { get; }

    /// <summary>The symbolic sizes in ordinal order; the position is the N-slot.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    /// <summary>The symbolic sizes of a graph's inputs in ordinal order.</summary>
    public static string[] SymbolsOf(Graph graph) => graph.Inputs.SelectMany(static i => i.Shape)
        .SelectMany(static d => d.Symbols).Distinct().OrderBy(static s => s, StringComparer.Ordinal).ToArray();

    /// <summary>The buffer that holds an input, a parameter or a materialised node.</summary>
    public string BufferOf(Node node) => node.Op switch
    {
        InputOp input => input.Tensor,
        ParameterOp parameter => parameter.Parameter,
        _ => _buffers.TryGetValue(node, out string? name) ? name
            : throw new InvalidOperationException($"Node {node} {node.Op.Name} is in no buffer."),
    };

    public int SymbolIndex(string symbol) => Array.IndexOf(_symbols, symbol) is >= 0 and var index ? index
        : throw new InvalidOperationException($"Symbolic size '{symbol}' belongs to no input.");

    private void NameBuffers()
    {
        var taken = new HashSet<string>(Graph.Inputs.Select(static i => ((InputOp)i.Op).Tensor), StringComparer.Ordinal);
        foreach (GraphOutput output in Graph.Outputs.Where(static o => RegionOutputs.Contains(o.Name)))
        {
            Node node = Views.Base(output.Node);
            if (Fusion.IsMaterialised(node) && !_buffers.ContainsKey(node))
            {
                _buffers[node] = output.Name;
                taken.Add(output.Name);
            }
        }

        foreach (Node node in Kernels.SelectMany(static k => k.Stores).Where(n => !_buffers.ContainsKey(n)))
        {
            string? output = Graph.Outputs.Where(o => Views.Base(o.Node) == node).Select(static o => o.Name).FirstOrDefault();
            string stem = Camel(node.Label.Length > 0 ? node.Label : output ?? Descent(node));
            string name = stem;
            for (int i = 2; !taken.Add(name); i++)
            {
                name = stem + i.ToString(CultureInfo.InvariantCulture);
            }

            _buffers[node] = name;
        }
    }

    private void NameKernels()
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (FusedKernel kernel in Kernels)
        {
            string stem = BufferOf(kernel.Stores.FirstOrDefault(static n => n.Label.Length > 0) ?? kernel.Stores[0]);
            string name = stem;
            for (int i = 2; !taken.Add(name); i++)
            {
                name = stem + i.ToString(CultureInfo.InvariantCulture);
            }

            kernel.Name = name;
        }
    }

    /// <summary>A name for a value that the user did not name: the nearest named ancestor and the op, <c>Stem.maxpool</c>.</summary>
    private static string Descent(Node node)
    {
        string op = node.Op is PointwiseOp pointwise ? pointwise.Row : node.Op.Name;
        var queue = new Queue<Node>(node.Inputs);
        while (queue.Count > 0)
        {
            Node ancestor = queue.Dequeue();
            if (ancestor.Label.Length > 0)
            {
                return ancestor.Label + "." + op;
            }

            foreach (Node input in ancestor.Inputs)
            {
                queue.Enqueue(input);
            }
        }

        return op;
    }

    private static string Camel(string label) => char.ToLowerInvariant(label[0]) + label.Substring(1);
}
