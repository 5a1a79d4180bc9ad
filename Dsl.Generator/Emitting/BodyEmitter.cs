using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>Prints the bodies of fused kernels, one method of this class for each skeleton.</summary>
internal static partial class BodyEmitter
{
    private const string Lanes =
        "        where F : struct, IFloats<F, I, M> where I : struct, IInts<F, I, M>\n        where M : struct, IMask<M>";

    private const string Memory = Lanes + " where TMem : struct, IMemory<F, I>";

    /// <summary>What a dry run finds (accesses only), or the body.</summary>
    internal readonly struct Result
    {
        public Result(Body? body, IReadOnlyList<Access> accesses, IReadOnlyList<(int Slot, Access Access)>? walked = null)
        {
            Body = body;
            Accesses = accesses;
            Walked = walked ?? System.Array.Empty<(int, Access)>();
        }

        public Body? Body { get; }

        public IReadOnlyList<Access> Accesses { get; }

        /// <summary>Accesses of buffers, by their slots.</summary>
        public IReadOnlyList<(int Slot, Access Access)> Walked { get; }
    }

    /// <summary><c>Run(m, s, row, column) { … m.Store(y + …, v); }</c></summary>
    public static Result Map(KernelContext context, Domain? domain)
    {
        var scope = new BodyScope(context, domain);
        StoreAll(scope, context.Kernel.Stores, Identity(context.Kernel.Shape.Length));
        return Finish("IMapBody", "TMem m, in Slots s, int row, int column", domain, scope);
    }

    /// <summary><c>Run(m, s, sum, batch, row, column) { F z = sum + m.Load(bias + column); m.Store(…); }</c></summary>
    public static Result Contract(KernelContext context, Domain? domain)
    {
        var scope = new BodyScope(context, domain);
        scope.Provide(context.Kernel.Anchors[0], "sum");
        StoreAll(scope, context.Kernel.Stores, Identity(context.Kernel.Shape.Length));
        return Finish("IContractBody", "TMem m, in Slots s, F sum, int batch, int row, int column", domain, scope);
    }

    /// <summary><c>Run(m, s, sum, image, y, x, channel) { … }</c></summary>
    public static Body? Convolve(KernelContext context, Domain? domain)
    {
        var scope = new BodyScope(context, domain);
        scope.Provide(context.Kernel.Anchors[0], "sum");
        StoreAll(scope, context.Kernel.Stores, Identity(4));
        return domain is null ? null : new Body("IConvolveBody",
            Method("Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int image, int y, int x, int channel)", Memory, scope));
    }

    /// <summary><c>Run(m, s, sum, batch, row, column) { m.Store(gradient + batch * … + row * … + column, sum); }</c>,
    /// where a row is a tap and an input; with the inputs innermost <c>m.StoreStrided(gradient + row / … * … + row % …
    /// + column * …, …, sum)</c>.</summary>
    public static Body ConvolveWeights(
        KernelContext context, int groupPitch, int inputs, int outputs, bool inputsInnermost)
    {
        var scope = new BodyScope(context, null);
        string group = groupPitch == 0 ? "" : $"batch * {groupPitch} + ";
        Node gradient = context.Kernel.Anchors[0];
        if (inputsInnermost && inputs > 1)
        {
            string tap = $"row / {inputs} * {inputs * outputs} + row % {inputs}";
            scope.StoreAt(gradient, $"{group}{tap} + column * {inputs}", "sum", inputs);
        }
        else
        {
            scope.StoreAt(gradient, $"{group}row * {outputs} + column", "sum");
        }

        return new Body("IContractBody",
            Method("Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int batch, int row, int column)", Memory, scope));
    }

    /// <summary><c>Open / Accumulate / Merge / Close</c> over the reduced rows.</summary>
    public static Result Reduce(KernelContext context, Domain? domain)
    {
        FusedKernel kernel = context.Kernel;
        List<Reduction> reductions = Reduction.Of(kernel);
        var open = new BodyScope(context, null);
        var accumulate = new BodyScope(context, domain);
        var merge = new BodyScope(context, null);
        Domain? results = domain is null ? null : new Domain(domain.Shape, domain.Variables.Where(static v => v.Name != "row"));
        var close = new BodyScope(context, results);
        foreach (Reduction r in reductions)
        {
            r.Open(open);
            r.Accumulate(accumulate, accumulate.Evaluate(r.Anchor.Inputs[0], Identity(kernel.Shape.Length)));
            r.Merge(merge);
            r.Close(close);
            r.Provide(close, kernel);
        }

        StoreAll(close, kernel.Stores, kernel.Kept.ToImmutableArray());
        if (domain is null)
        {
            return new Result(null, accumulate.Accesses.Concat(close.Accesses).ToList());
        }

        var text = new StringBuilder();
        text.Append($"    public static int Width => {reductions.Sum(static r => r.Width)};\n\n");
        text.Append(Method("Open<F, I, M>(ref State<F> state)", Lanes, open)).Append('\n');
        text.Append(Method(
            "Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)",
            Memory, accumulate, MostRepeatedPolynomials)).Append('\n');
        text.Append(Method("Merge<F, I, M>(ref State<F> state, in State<F> other)", Lanes, merge)).Append('\n');
        text.Append(Method("Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)", Memory, close));
        return new Result(new Body("IReduceBody", text.ToString()), accumulate.Accesses.Concat(close.Accesses).ToList());
    }

    /// <summary><c>Open / Accumulate / Close</c> over the taps of a window.</summary>
    /// <param name="context">The kernel.</param>
    /// <param name="domain">Its pixels.</param>
    /// <param name="weights">The buffer of a local convolution's weights, with the channels that are computed
    /// innermost.</param>
    public static Body Pool(KernelContext context, Domain domain, string weights = "")
    {
        FusedKernel kernel = context.Kernel;
        Node first = kernel.Anchors[0];
        var open = new BodyScope(context, null);
        var accumulate = new BodyScope(context, domain);
        var close = new BodyScope(context, domain);
        bool local = first.Op is LocalConvolveOp or LocalConvolveInputGradientOp;
        string source = local ? "" : accumulate.Evaluate(first.Inputs[0], Identity(4));
        switch (first.Op)
        {
            case LocalConvolveOp or LocalConvolveInputGradientOp:
                open.Line("state.S0 = F.Splat(0f);");
                LocalProduct(accumulate, context, first, weights);
                break;
            case MaxPoolOp or MaxPoolIndexOp:
                open.Line("state.S0 = F.Splat(float.NegativeInfinity);");
                open.Line("state.S1 = F.Splat(-1f);");
                accumulate.Line($"M larger = !F.LessOrEqual({source}, state.S0) & F.Equal(state.S0, state.S0);");
                accumulate.Line($"state.S0 = F.Select(larger, {source}, state.S0);");
                accumulate.Line("state.S1 = F.Select(larger, F.Splat((float)tap), state.S1);");
                break;
            case AveragePoolOp average:
                open.Line("state.S0 = F.Splat(0f);");
                open.Line("state.S1 = F.Splat(0f);");
                accumulate.Line($"state.S0 = state.S0 + {source};");
                accumulate.Line("state.S1 = state.S1 + F.Splat(1f);");
                bool counts = average.Counted.IsEmpty && !Averages.IsConstant(average.Window, average.Counted);
                string taps = WindowCount(average.Window, average.Counted, first.Inputs[0], close);
                close.Line(counts
                    ? "state.S0 = state.S0 / state.S1;"
                    : $"state.S0 = state.S0 * F.Splat(1f / {taps});");
                break;
            case MaxPoolPickOp pick:
                open.Line("state.S0 = F.Splat(0f);");
                WindowGeometry w = pick.Window;

                // The window that sees this pixel through this tap.
                int width = w.KernelWidth;
                accumulate.Line($"int row = (y + {w.PaddingTop} - tap / {width} * {w.DilationY}) / {w.StrideY};");
                accumulate.Line($"int column = (x + {w.PaddingLeft} - tap % {width} * {w.DilationX}) / {w.StrideX};");
                string chosen = accumulate.Evaluate(first.Inputs[1], Identity(4), WindowDomain(domain));
                string here = $"F.Equal({chosen}, F.Splat((float)tap))";
                accumulate.Line($"state.S0 = state.S0 + F.Select({here}, {source}, F.Splat(0f));");
                break;
            case MaxPoolGradientOp:
                open.Line("state.S0 = F.Splat(0f);");
                string index = accumulate.Evaluate(first.Inputs[1], Identity(4));
                accumulate.Line($"state.S0 = state.S0 + F.Select(F.Equal({index}, F.Splat((float)tap)), {source}, F.Splat(0f));");
                break;
            case AveragePoolGradientOp gradient:
                open.Line("state.S0 = F.Splat(0f);");
                string count = WindowCount(gradient.Window, gradient.Counted, first, accumulate);
                accumulate.Line($"state.S0 = state.S0 + {source} * F.Splat(1f / {count});");
                break;
        }

        foreach (Node anchor in kernel.Anchors)
        {
            close.Provide(anchor, anchor.Op is MaxPoolIndexOp ? "state.S1" : "state.S0");
        }

        StoreAll(close, kernel.Stores, Identity(4));
        return new Body("IPoolBody",
            Method("Open<F, I, M>(ref State<F> state)", Lanes, open) + "\n"
            + Method("Accumulate<F, I, M, TMem>(TMem m, in Slots s, int image, int y, int x, int channel, int tap, ref State<F> state)", Memory, accumulate) + "\n"
            + Method("Close<F, I, M, TMem>(TMem m, in Slots s, int image, int y, int x, int channel, ref State<F> state)", Memory, close));
    }

    /// <summary>How many pixels that count the window (y, x) on an image covers, as C#.</summary>
    private static string WindowCount(WindowGeometry w, Halo counted, Node image, BodyScope scope)
    {
        if (Averages.IsConstant(w, counted))
        {
            return $"{w.Taps}";
        }

        string Side(string at, int size, int stride, int padding, Size end, int before) =>
            $"(Math.Min({at} * {stride} - {padding} + {size}, {scope.Text(end)}) "
            + $"- Math.Max({at} * {stride} - {padding}, {-before}))";
        string rows = Side("y", w.KernelHeight, w.StrideY, w.PaddingTop, image.Shape[2] + counted.Bottom, counted.Top);
        string columns = Side(
            "x", w.KernelWidth, w.StrideX, w.PaddingLeft, image.Shape[3] + counted.Right, counted.Left);
        return $"({rows} * {columns})";
    }

    /// <summary>The domain of a pool under other names, for when y and x are a source pixel.</summary>
    private static Domain WindowDomain(Domain domain) => new(
        domain.Shape,
        domain.Variables.Select(static v => v.Name switch
        {
            "y" => v with { Name = "row" },
            "x" => v with { Name = "column" },
            _ => v,
        }));

    private static void StoreAll(BodyScope scope, IEnumerable<Node> stores, ImmutableArray<int> at)
    {
        var values = stores.Select(node => (Node: node, Text: scope.Evaluate(node, at))).ToList();
        foreach ((Node node, string text) in values)
        {
            scope.Store(node, at, text);
        }
    }

    private static ImmutableArray<int> Identity(int rank) => Enumerable.Range(0, rank).ToImmutableArray();

    private static Result Finish(string contract, string parameters, Domain? domain, BodyScope scope) => new(
        domain is null ? null : new Body(contract, Method($"Run<F, I, M, TMem>({parameters})", Memory, scope)),
        scope.Accesses,
        scope.Walked);

    /// <summary>Polynomials of a body that is inlined into the loop of its skeleton, at most. What a method may inline depends on
    /// its own length: a short loop with a long body runs out of that and calls the rest, with every vector in memory.</summary>
    private const int MostInlinedPolynomials = 2;

    /// <summary>The same of what a loop does with several vectors of columns: it would be there four or eight times.</summary>
    private const int MostRepeatedPolynomials = 0;

    private static string Method(
        string signature, string constraints, BodyScope scope, int inlinedPolynomials = MostInlinedPolynomials) => Method(
            signature, constraints, scope.Lines(), Inlining(scope.Polynomials, inlinedPolynomials));

    private static string Inlining(int polynomials, int most = MostInlinedPolynomials) =>
        polynomials <= most ? "AggressiveInlining" : "AggressiveOptimization";

    private static string Method(
        string signature, string constraints, IEnumerable<string> lines, string options = "AggressiveInlining")
    {
        var text = new StringBuilder();
        text.Append("    [MethodImpl(MethodImplOptions.").Append(options).Append(")]\n");
        text.Append("    public static void ").Append(signature).Append('\n');
        text.Append(constraints.Length == 0 ? "    {\n" : $"{constraints}\n    {{\n");
        foreach (string line in lines)
        {
            text.Append("        ").Append(line).Append('\n');
        }

        return text.Append("    }\n").ToString();
    }
}
