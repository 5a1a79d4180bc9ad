using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Stepping;

namespace Dsl.Generator.Scheduling;

/// <summary>One program, scheduled: which kernels in which order, where every value lies and what it is called.</summary>
internal sealed class Schedule
{
    /// <summary>How often a graph is scheduled anew for copies that its schedule asks for. A round straightens all that it sees, and a
    /// copy is seldom asked for another one: a few suffice, and a compiler must end.</summary>
    private const int MaxRounds = 32;

    private readonly Dictionary<Node, string> _buffers = new();
    private readonly List<(string Name, string Buffer, Size Shift)> _parts = new();
    private readonly Dictionary<string, string> _locals = new(StringComparer.Ordinal);
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
        for (int round = 0; round < MaxRounds; round++)
        {
            if ((UnevenRows.Split(schedule) ?? UnevenProducts.Straighten(schedule)
                ?? UnevenScans.Straighten(schedule)) is not { } even)
            {
                return schedule;
            }

            schedule = new Schedule(name, graph, even, packings);
        }

        throw new InvalidOperationException($"After {MaxRounds} rounds there are still operands to copy.");
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

    /// <summary>The symbolic sizes of a graph's inputs, and of what it remembers, in ordinal order.</summary>
    public static string[] SymbolsOf(Graph graph) => graph.Inputs.SelectMany(static i => i.Shape)
        .Concat(graph.Nodes.Any(static n => n.Op is MemoryOp)
            ? graph.Nodes.SelectMany(static n => n.Shape).Append(Size.Symbol(Stepper.Seen)) : Array.Empty<Size>())
        .Concat(graph.Nodes.SelectMany(static n => n.Op.Sizes))
        .SelectMany(static d => d.Symbols).Distinct().OrderBy(static s => s, StringComparer.Ordinal).ToArray();

    /// <summary>The buffer that holds an input, a parameter or a materialised node.</summary>
    public string BufferOf(Node node) => node.Op switch
    {
        InputOp input => input.Tensor,
        ParameterOp parameter => parameter.Parameter,
        ReshapeOp or StopGradientOp => BufferOf(node.Inputs[0]),
        _ => _buffers.TryGetValue(node, out string? name) ? name
            : throw new InvalidOperationException($"Node {node} {node.Op.Name} is in no buffer."),
    };

    /// <summary>What a value of this name is called inside bodies.</summary>
    public string LocalOf(string name) => _locals.TryGetValue(name, out string? local) ? local
        : _locals[name] = KernelContext.Identifier(KernelContext.Local(name));

    /// <summary>Names for what begins inside a buffer: parts of joins, and slices. The shift counts from the buffer's
    /// first element inside its halo.</summary>
    public IReadOnlyList<(string Name, string Buffer, Size Shift)> Parts => _parts;

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

        IEnumerable<Node> joins = Graph.Nodes.Where(static n => n.Op is JoinOp);
        foreach (Node node in Kernels.SelectMany(static k => k.Stores).Concat(joins).Where(n =>
            !_buffers.ContainsKey(n)))
        {
            string? output = Graph.Outputs.Where(o => Views.Base(o.Node) == node).Select(static o => o.Name).FirstOrDefault();
            string stem = Camel(node.Label.Length > 0 ? node.Label : output ?? Descent(node));
            _buffers[node] = Free(stem, taken);
        }

        foreach (Node placed in Layouts.Joined.Select(static p => p.Key).OrderBy(static n => n.Id))
        {
            _parts.Add((_buffers[placed], _buffers[Layouts.Root(placed)], ShiftOf(placed)));
        }

        foreach (Node slice in Graph.Nodes.Where(static n => n.Op is SliceOp))
        {
            NameSlice(slice, taken);
        }
    }

    /// <summary>Slices that begin at the same element share a name; one that begins where its buffer does has the
    /// buffer's.</summary>
    private void NameSlice(Node slice, HashSet<string> taken)
    {
        string root = BufferOf(Layouts.Root(slice));
        Size shift = ShiftOf(slice);
        string? have = shift.Equals(Size.Zero) ? root
            : _parts.Where(v => v.Buffer == root && v.Shift.Equals(shift)).Select(static v => v.Name).FirstOrDefault();
        if (have is null)
        {
            have = Free(root + ".Slice", taken);
            _parts.Add((have, root, shift));
        }

        _buffers[slice] = have;
    }

    private Size ShiftOf(Node node) => Layouts.Of(node).Origin - Layouts.Of(Layouts.Root(node)).Origin;

    /// <summary>The stem, or the first of stem2, stem3, … that is free.</summary>
    private static string Free(string stem, HashSet<string> taken)
    {
        string name = stem;
        for (int i = 2; !taken.Add(name); i++)
        {
            name = stem + i.ToString(CultureInfo.InvariantCulture);
        }

        return name;
    }

    private void NameKernels()
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (FusedKernel kernel in Kernels)
        {
            string stem = BufferOf(kernel.Stores.FirstOrDefault(static n => n.Label.Length > 0) ?? kernel.Stores[0]);
            kernel.Name = Free(stem, taken);
        }
    }

    /// <summary>What messages call a value.</summary>
    public static string NameOf(Node node) => node.Label.Length > 0 ? node.Label : Descent(node);

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
