using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <content>Rows: several sweeps, each reducing what needs the results of the sweeps before it.</content>
internal static partial class BodyEmitter
{
    /// <summary><c>Sweeps; Open / Accumulate / Merge / Close</c>, each a switch over the sweep when there are several.</summary>
    /// <returns>Null without a domain: then only the buffers get their slots.</returns>
    public static Body? Row(KernelContext context, Domain? domain)
    {
        FusedKernel kernel = context.Kernel;
        List<Reduction> reductions = Reduction.Of(kernel);
        var levels = new RowLevels(context);
        ImmutableArray<int> element = Identity(kernel.Shape.Length);
        ImmutableArray<int> row = kernel.Kept.ToImmutableArray();
        bool PerRow(Node node) => !node.Shape.SequenceEqual(kernel.Shape) || kernel.Anchors.Contains(node);
        int sweeps = kernel.Stores.Where(n => !PerRow(n)).Select(n => levels.Of(n) + 1)
            .Concat(reductions.Select(r => levels.Of(r.Anchor))).Max();
        Dictionary<Node, string> kept = KeptValues(context, levels, reductions.Sum(static r => r.Width), sweeps);
        var open = new List<BodyScope>();
        var accumulate = new List<BodyScope>();
        var merge = new List<BodyScope>();
        var close = new List<BodyScope>();
        Domain? rowDomain = domain is null ? null : new Domain(domain.Shape, new[] { domain.Variables[0], new DomainVariable("", ImmutableArray<int>.Empty) });
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            open.Add(new BodyScope(context, null));
            merge.Add(new BodyScope(context, null));
            accumulate.Add(new BodyScope(context, domain));
            close.Add(new BodyScope(context, rowDomain));
            foreach (Reduction r in reductions.Where(r => levels.Of(r.Anchor) <= sweep))
            {
                r.Provide(accumulate[sweep], kernel);
            }

            foreach (KeyValuePair<Node, string> value in kept.Where(v => levels.Of(v.Key) <= sweep))
            {
                accumulate[sweep].Provide(value.Key, value.Value);
                close[sweep].Provide(value.Key, value.Value);
            }

            foreach (Reduction r in reductions.Where(r => levels.Of(r.Anchor) == sweep + 1))
            {
                r.Open(open[sweep]);
                r.Accumulate(accumulate[sweep], accumulate[sweep].Evaluate(r.Anchor.Inputs[0], element));
                r.Merge(merge[sweep]);
                r.Close(close[sweep]);
            }

            foreach (Node node in kernel.Stores.Where(n => !PerRow(n) && levels.Of(n) == sweep))
            {
                accumulate[sweep].Store(node, element, accumulate[sweep].Evaluate(node, element));
            }

            foreach (Reduction r in reductions.Where(r => levels.Of(r.Anchor) <= sweep + 1))
            {
                r.Provide(close[sweep], kernel);
            }

            foreach (KeyValuePair<Node, string> value in kept.Where(v => levels.Of(v.Key) == sweep + 1))
            {
                close[sweep].Line($"{value.Value} = {close[sweep].Evaluate(value.Key, row)};");
            }

            foreach (Node node in kernel.Stores.Where(n => PerRow(n) && Math.Max(1, levels.Of(n)) == sweep + 1))
            {
                close[sweep].Store(node, row, close[sweep].Evaluate(node, row), oneLane: true);
            }
        }

        if (domain is null)
        {
            return null;
        }

        var text = new StringBuilder();
        int[] merged = Enumerable.Range(1, sweeps).Select(level => reductions
            .Where(r => levels.Of(r.Anchor) == level).Select(static r => r.End).DefaultIfEmpty(0).Max()).ToArray();
        text.Append($"    public static int Sweeps => {sweeps};\n\n");
        text.Append($"    public static int Merged(int sweep) => {Choice(merged)};\n\n");
        text.Append(Method("Open<F, I, M>(int sweep, ref State<F> state)", Lanes, Switch(open))).Append('\n');
        text.Append(Method(
            "Accumulate<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)",
            Memory, Switch(accumulate), Inlining(accumulate.Sum(static a => a.Polynomials), MostRepeatedPolynomials))).Append('\n');
        text.Append(Method("Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)", Lanes, Switch(merge))).Append('\n');
        text.Append(Method("Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)", Memory, Switch(close)));
        return new Body("IRowBody", text.ToString());
    }

    /// <summary>Roots and quotients of sums that later sweeps need for every element: computed once, when the sweep that
    /// they follow from closes, and kept in what the reductions leave of the state.</summary>
    private static Dictionary<Node, string> KeptValues(KernelContext context, RowLevels levels, int used, int sweeps) =>
        context.Kernel.Members
            .Where(n => n.Op is PointwiseOp { Definition.RunsInRegisters: false } && context.Kernel.IsPerRow(n)
                && levels.Of(n) is var level && level > 0 && level < sweeps)
            .Take(StateValues - used)
            .Select((n, i) => (Node: n, Text: $"state.S{used + i}"))
            .ToDictionary(static v => v.Node, static v => v.Text);

    /// <summary>How many values <c>State</c> has.</summary>
    private const int StateValues = 6;

    /// <summary>What a row loads and stores for each element.</summary>
    public static IReadOnlyList<Access> RowAccesses(KernelContext context)
    {
        FusedKernel kernel = context.Kernel;
        var scope = new BodyScope(context, null);
        foreach (Node anchor in kernel.Anchors)
        {
            scope.Evaluate(anchor.Inputs[0], Identity(kernel.Shape.Length));
            scope.Provide(anchor, "");
        }

        foreach (Node store in kernel.Stores.Where(n => n.Shape.SequenceEqual(kernel.Shape) && !kernel.Anchors.Contains(n)))
        {
            scope.Store(store, Identity(kernel.Shape.Length), scope.Evaluate(store, Identity(kernel.Shape.Length)));
        }

        return scope.Accesses;
    }

    /// <summary><c>sweep == 0 ? 1 : 0</c>.</summary>
    private static string Choice(int[] bySweep)
    {
        string text = bySweep[bySweep.Length - 1].ToString(CultureInfo.InvariantCulture);
        for (int sweep = bySweep.Length - 2; sweep >= 0; sweep--)
        {
            text = bySweep[sweep] == bySweep[sweep + 1] && !text.Contains("?")
                ? text : $"sweep == {sweep} ? {bySweep[sweep]} : {text}";
        }

        return text;
    }

    /// <summary>The lines as they are for one sweep; else <c>if (sweep == 0) { … }</c> for each.</summary>
    private static IEnumerable<string> Switch(List<BodyScope> sweeps)
    {
        if (sweeps.Count == 1)
        {
            return sweeps[0].Lines();
        }

        var lines = new List<string>();
        for (int sweep = 0; sweep < sweeps.Count; sweep++)
        {
            List<string> inner = sweeps[sweep].Lines().ToList();
            if (inner.Count == 0)
            {
                continue;
            }

            lines.Add($"if (sweep == {sweep})");
            lines.Add("{");
            lines.AddRange(inner.Select(static l => "    " + l));
            lines.Add("}");
        }

        return lines;
    }

    /// <summary>How many sweeps must be over before a node of a row kernel is known.</summary>
    private sealed class RowLevels
    {
        private readonly KernelContext _context;
        private readonly HashSet<Node> _anchors;
        private readonly Dictionary<Node, int> _levels = new();

        public RowLevels(KernelContext context)
        {
            _context = context;
            _anchors = new HashSet<Node>(context.Kernel.Anchors);
        }

        public int Of(Node node)
        {
            if (!_levels.TryGetValue(node, out int level))
            {
                bool known = _context.Loads(node) || Views.IsLeaf(node);
                level = known ? 0
                    : node.Inputs.Select(Of).DefaultIfEmpty(0).Max() + (_anchors.Contains(node) ? 1 : 0);
                _levels[node] = level;
            }

            return level;
        }
    }
}
