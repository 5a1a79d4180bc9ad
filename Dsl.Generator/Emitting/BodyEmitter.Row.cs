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
        var sweeps = new RowSweeps(context);
        Domain? row = domain is null ? null
            : new Domain(domain.Shape, new[] { domain.Variables[0], new DomainVariable("", ImmutableArray<int>.Empty) });
        List<BodyScope> open = sweeps.Each(sweeps.Open);
        List<BodyScope> merge = sweeps.Each(sweeps.Merge);
        List<(BodyScope Accumulate, BodyScope Close)> stores = sweeps.Each(
            sweep => (sweeps.Accumulate(sweep, domain), sweeps.Close(sweep, row, oneLane: true)));
        List<BodyScope> accumulate = stores.Select(static s => s.Accumulate).ToList();
        List<BodyScope> close = stores.Select(static s => s.Close).ToList();
        if (domain is null)
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append($"    public static int Sweeps => {sweeps.Count};\n\n");
        text.Append($"    public static int Merged(int sweep) => {Choice(sweeps.Merged())};\n\n");
        text.Append(Method("Open<F, I, M>(int sweep, ref State<F> state)", Lanes, Switch(open))).Append('\n');
        text.Append(Method(
            "Accumulate<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)",
            Memory, Switch(accumulate), Inlining(accumulate.Sum(static a => a.Polynomials), MostRepeatedPolynomials))).Append('\n');
        text.Append(Method("Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)", Lanes, Switch(merge))).Append('\n');
        text.Append(Method("Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)", Memory, Switch(close)));
        return new Body("IRowBody", text.ToString());
    }

    /// <summary><c>Run(m, s, row, column) { … }</c>: rows of a few elements, such as the scores of two classes at every pixel. Lanes are
    /// rows, and what a sweep does with each element of a row is written out.</summary>
    /// <param name="context">The kernel.</param>
    /// <param name="rows">Its rows, of which the last axes have the lanes; null: only the accesses are wanted.</param>
    /// <param name="elements">The axis of a row's elements.</param>
    /// <param name="count">How many there are.</param>
    public static Result ShortRows(KernelContext context, Domain? rows, int elements, int count)
    {
        var sweeps = new RowSweeps(context);
        var scopes = new List<BodyScope>();
        for (int sweep = 0; sweep < sweeps.Count; sweep++)
        {
            scopes.Add(sweeps.Open(sweep));
            for (int i = 0; i < count; i++)
            {
                scopes.Add(sweeps.Accumulate(sweep, rows is null ? null : new Domain(
                    rows.Shape,
                    rows.Variables.Insert(0, new DomainVariable(
                        i.ToString(CultureInfo.InvariantCulture), ImmutableArray.Create(elements))))));
            }

            scopes.Add(sweeps.Close(sweep, rows, oneLane: false));
        }

        List<Access> accesses = scopes.SelectMany(static scope => scope.Accesses).ToList();
        if (rows is null)
        {
            return new Result(null, accesses);
        }

        var lines = new List<string> { "State<F> state = default;" };
        foreach (List<string> block in scopes.Select(static scope => scope.Lines().ToList()).Where(static block => block.Count > 0))
        {
            lines.Add("{");
            lines.AddRange(block.Select(static line => "    " + line));
            lines.Add("}");
        }

        string method = Method(
            "Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)", Memory, lines,
            Inlining(scopes.Sum(static scope => scope.Polynomials) + sweeps.Polynomials(count)));
        return new Result(new Body("IMapBody", method), accesses);
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

    /// <summary>What the sweeps of a row kernel do: each reduces what needs the results of those before it.</summary>
    private sealed class RowSweeps
    {
        private readonly KernelContext _context;
        private readonly FusedKernel _kernel;
        private readonly List<Reduction> _reductions;
        private readonly RowLevels _levels;
        private readonly Dictionary<Node, string> _kept;
        private readonly ImmutableArray<int> _element;
        private readonly ImmutableArray<int> _row;

        public RowSweeps(KernelContext context)
        {
            _context = context;
            _kernel = context.Kernel;
            _reductions = Reduction.Of(_kernel);
            _levels = new RowLevels(context);
            _element = Identity(_kernel.Shape.Length);
            _row = _kernel.Kept.ToImmutableArray();
            Count = _kernel.Stores.Where(n => !PerRow(n)).Select(n => _levels.Of(n) + 1)
                .Concat(_reductions.Select(r => _levels.Of(r.Anchor))).Max();
            _kept = KeptValues(context, _levels, _reductions.Sum(static r => r.Width), Count);
        }

        /// <summary>How many there are.</summary>
        public int Count { get; }

        public List<T> Each<T>(Func<int, T> make) => Enumerable.Range(0, Count).Select(make).ToList();

        /// <summary>Values of the state that a sweep reduces, with those before them.</summary>
        public int[] Merged() => Enumerable.Range(1, Count).Select(level => _reductions
            .Where(r => _levels.Of(r.Anchor) == level).Select(static r => r.End).DefaultIfEmpty(0).Max()).ToArray();

        /// <summary>Polynomials of the reductions themselves, for each element and at the end.</summary>
        public int Polynomials(int elements) => _reductions.Count(static r => r.Anchor.Op is LogSumExpOp) * (elements + 1);

        public BodyScope Open(int sweep) => Reduce(new BodyScope(_context, null), sweep, static (r, scope) => r.Open(scope));

        public BodyScope Merge(int sweep) => Reduce(new BodyScope(_context, null), sweep, static (r, scope) => r.Merge(scope));

        /// <summary>What happens to one element, or to a vector of them.</summary>
        public BodyScope Accumulate(int sweep, Domain? domain)
        {
            var scope = new BodyScope(_context, domain);
            Provide(scope, sweep);
            Reduce(scope, sweep, (r, s) => r.Accumulate(s, s.Evaluate(r.Anchor.Inputs[0], _element)));
            foreach (Node node in _kernel.Stores.Where(n => !PerRow(n) && _levels.Of(n) == sweep))
            {
                scope.Store(node, _element, scope.Evaluate(node, _element));
            }

            return scope;
        }

        /// <summary>The end of a sweep: what is stored once for a row.</summary>
        public BodyScope Close(int sweep, Domain? row, bool oneLane)
        {
            var scope = new BodyScope(_context, row);
            Provide(scope, sweep);
            Reduce(scope, sweep, static (r, s) => r.Close(s));
            Reduce(scope, sweep, (r, s) => r.Provide(s, _kernel));
            foreach (KeyValuePair<Node, string> value in _kept.Where(v => _levels.Of(v.Key) == sweep + 1))
            {
                scope.Line($"{value.Value} = {scope.Evaluate(value.Key, _row)};");
            }

            foreach (Node node in _kernel.Stores.Where(n => PerRow(n) && Math.Max(1, _levels.Of(n)) == sweep + 1))
            {
                scope.Store(node, _row, scope.Evaluate(node, _row), oneLane);
            }

            return scope;
        }

        /// <summary>Tells a scope what earlier sweeps have found.</summary>
        private void Provide(BodyScope scope, int sweep)
        {
            foreach (Reduction r in _reductions.Where(r => _levels.Of(r.Anchor) <= sweep))
            {
                r.Provide(scope, _kernel);
            }

            foreach (KeyValuePair<Node, string> value in _kept.Where(v => _levels.Of(v.Key) <= sweep))
            {
                scope.Provide(value.Key, value.Value);
            }
        }

        private BodyScope Reduce(BodyScope scope, int sweep, Action<Reduction, BodyScope> action)
        {
            foreach (Reduction r in _reductions.Where(r => _levels.Of(r.Anchor) == sweep + 1))
            {
                action(r, scope);
            }

            return scope;
        }

        private bool PerRow(Node node) => !node.Shape.SequenceEqual(_kernel.Shape) || _kernel.Anchors.Contains(node);
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
