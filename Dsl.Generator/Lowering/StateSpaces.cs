using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>How a differential equation becomes a recurrence. One of <c>Dsl.Discretization</c>.</summary>
internal enum Discretization
{
    /// <summary>Exact for an input that stays between positions.</summary>
    ZeroOrderHold,

    /// <summary>The trapezoidal rule.</summary>
    Bilinear,
}

/// <summary>Diagonal state spaces: x' = A·x + u, y = Re(C·x), with complex A of each state of each channel.</summary>
internal static class StateSpaces
{
    private static readonly int[] s_channels = { 0 };
    private static readonly int[] s_rows = { 0, 1 };
    private static readonly int[] s_modes = { 1, 2 };
    private static readonly int[] s_features = { 2 };

    /// <summary>A step so small that e to it times any rate is 1, a power of 2, so that what is divided by it is exact.</summary>
    private static readonly double s_tiny = System.Math.Pow(2, -60);

    /// <summary>The factor λ that a state keeps over a step Δ, and the factor by which it takes in u.</summary>
    /// <param name="a">A, [h, m].</param>
    /// <param name="step">Δ, [h].</param>
    /// <param name="rule">How.</param>
    public static (ComplexValue Pole, ComplexValue Gain) Discretize(ComplexValue a, Value step, Discretization rule)
    {
        var delta = new Value(a.Re.Graph, a.Re.Graph.Broadcast(step, a.Re.Node.Shape, s_channels));
        if (rule == Discretization.ZeroOrderHold)
        {
            // A slow state's e^{ΔA} is near 1: the difference must not be taken of rounded numbers.
            ComplexValue change = (a * delta).ExpM1();
            return (change + 1, change / a);
        }

        ComplexValue half = a * (delta * 0.5);
        ComplexValue divisor = -half + 1;
        return ((half + 1) / divisor, delta / divisor);
    }

    /// <summary>y_t = Σ Re(w·x_t), x_t = λ·x_{t-1} + u_t: of u [b, n, h] and λ and w [h, m], [b, n, h].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="u">[b, n, h].</param>
    /// <param name="pole">λ.</param>
    /// <param name="weight">w.</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    /// <param name="reverse">Whether positions are taken from the end.</param>
    /// <param name="form">How it is to be computed.</param>
    /// <param name="carried">Has, and gets, a piece [b, 2, h, m], where positions are taken in order.</param>
    public static Node Scan(
        Graph g, Node u, ComplexValue pole, ComplexValue weight, Node? segments = null, bool reverse = false,
        StateSpaceForm form = StateSpaceForm.Recurrence, CarriedState? carried = null)
    {
        Node[] goesOn = GoesOn(g, segments);
        u = segments is null ? u : Segments.Hide(g, u, segments);
        Node y = g.Add(
            new DiagonalScanOp(reverse, form), new Node[] { u, pole.Re, pole.Im, weight.Re, weight.Im }.Concat(goesOn).ToArray());
        if (carried is null)
        {
            return y;
        }

        Node[] poles = new Node[] { pole.Re, pole.Im }.Concat(goesOn).ToArray();
        Node last = g.Add(new DiagonalFinalStateOp(Reverse: false), new[] { u }.Concat(poles).ToArray());
        if (carried.Take(2, pole.Re.Node.Shape[0].Constant, pole.Re.Node.Shape[1].Constant) is { } before)
        {
            Node start = Turn(g, before, pole);
            y = g.Pointwise("add", y, ZeroInput(g, Turn(g, start, weight), u.Shape[1], poles));
            last = g.Pointwise("add", last, Left(g, start, u.Shape, poles));
        }

        carried.Leave(last);
        return y;
    }

    /// <summary>The operand of a scan that says where states begin anew, if any.</summary>
    private static Node[] GoesOn(Graph g, Node? segments) =>
        segments is null ? System.Array.Empty<Node>() : new[] { Segments.GoesOn(g, segments) };

    /// <summary>Σ Re(λᵏ·x) of states x [b, 2, h, m] at the first position, k behind it: [b, n, h].</summary>
    private static Node ZeroInput(Graph g, Node start, Size n, Node[] poles) =>
        g.Add(new DiagonalZeroInputOp(Reverse: false, n), new[] { start }.Concat(poles).ToArray());

    /// <summary>What is left at the last position of states [b, 2, h, m] at the first one.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="start">The states.</param>
    /// <param name="shape">[b, n, h] of the sequence.</param>
    /// <param name="poles">λ, and where states begin anew.</param>
    private static Node Left(Graph g, Node start, IReadOnlyList<Size> shape, Node[] poles)
    {
        // Powers of λ are what becomes of an impulse.
        Node position = g.Add(new IotaOp(shape.ToEquatable(), 1));
        Node impulse = g.Pointwise("less", position, g.Constant(0.5));
        Node powers = g.Add(new DiagonalFinalStateOp(Reverse: false), new[] { impulse }.Concat(poles).ToArray());
        return Join(g, Parts(g, start) * Parts(g, powers), start);
    }

    /// <summary>
    /// The recurrence x_t = λ̄·x_{t-1} - p̄·r_t + b̄·u_t, r_t = Σ Re(q·x_{t-1}), that the trapezoidal rule makes of x'
    /// = A·x + B·u with A = Λ - P·P*, where half of each conjugate pair is there: [10, h, m], for
    /// <see cref="LowRankScanOp"/>.
    /// </summary>
    /// <remarks>With δ = Δ/2, G = (1 - δ·Λ)⁻¹ and s(x) = 2·Σ Re(P̄·x), what both halves of P*x come to, Woodbury's
    /// identity gives x_t = G·(1 + δ·Λ)·x_{t-1} + Δ·G·B·u_t - δ·G·P·(2·s(G·x_{t-1}) + s(Δ·G·B)·u_t)/(1 + δ·s(G·P)):
    /// nothing is inverted but numbers. Gu et al. 2021, arXiv:2111.00396, appendix C.2.</remarks>
    /// <param name="a">Λ, [h, m].</param>
    /// <param name="p">P, [h, m].</param>
    /// <param name="b">B, [h, m].</param>
    /// <param name="c">C, [h, m].</param>
    /// <param name="step">Δ, [h].</param>
    public static Node Couple(ComplexValue a, ComplexValue p, ComplexValue b, ComplexValue c, Value step)
    {
        Graph g = a.Re.Graph;
        var shape = a.Re.Node.Shape;
        Value delta = Spread(step), half = delta * 0.5;
        ComplexValue scaled = a * half;
        ComplexValue pole = (scaled + 1) / (-scaled + 1);
        ComplexValue gain = half.Constant(1) / (-scaled + 1);
        ComplexValue low = p * gain, input = b * gain * delta;
        Value share = half / ((Spread(Both(low)) * half) + 1);
        ComplexValue couples = p.Conjugate * gain * (share * 4);
        input -= low * (Spread(Both(input)) * share);
        return g.Concat(0, new[] { pole, low, input, couples, c * 2 }.SelectMany(Parts).ToArray());

        // s(x) of each channel.
        Value Both(ComplexValue x) => new Value(g, g.Sum((p.Re * x.Re) + (p.Im * x.Im), 1)) * 2;

        Value Spread(Value of) => new(g, g.Broadcast(of, shape, s_channels));

        IEnumerable<Node> Parts(ComplexValue x) => new[] { x.Re, x.Im }.Select(part =>
            g.Reshape(part, new[] { (Size)1, shape[0], shape[1] }));
    }

    /// <summary>What such a recurrence gives: of u [b, n, h] and its modes, [b, n, h].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="u">[b, n, h].</param>
    /// <param name="modes">[10, h, m].</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    /// <param name="reverse">Whether positions are taken from the end.</param>
    /// <param name="form">How it is to be computed.</param>
    /// <param name="carried">Has, and gets, a piece [b, 2, h, m], where positions are taken in order.</param>
    public static Node Scan(
        Graph g, Node u, Node modes, Node? segments, bool reverse, StateSpaceForm form, CarriedState? carried = null)
    {
        Node[] goesOn = GoesOn(g, segments);
        u = segments is null ? u : Segments.Hide(g, u, segments);
        Node y = g.Add(new LowRankScanOp(reverse, form), new[] { u, modes }.Concat(goesOn).ToArray());
        if (carried is null)
        {
            return y;
        }

        Node? before = carried.Take(2, modes.Shape[1].Constant, modes.Shape[2].Constant);
        Node start = before is null
            ? g.Fill(0, new[] { u.Shape[0], 2, modes.Shape[1], modes.Shape[2] }) : Turn(g, before, modes);
        carried.Leave(g.Add(new LowRankFinalStateOp(Reverse: false), new[] { u, modes, start }.Concat(goesOn).ToArray()));
        return before is null ? y : g.Pointwise("add", y, g.Add(
            new LowRankZeroInputOp(Reverse: false, u.Shape[1]), new[] { start, modes }.Concat(goesOn).ToArray()));
    }

    /// <summary>λ·x: what comes of diagonal states [b, 2, h, m] on the way to the next position; also w·x.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="states">x, real parts before imaginary ones.</param>
    /// <param name="factor">λ, [h, m].</param>
    public static Node Turn(Graph g, Node states, ComplexValue factor)
    {
        ComplexValue x = Parts(g, states), by = new(Everywhere(g, factor.Re, states), Everywhere(g, factor.Im, states));
        return Join(g, x * by, states);
    }

    /// <summary>λ·x - p·Σ Re(q·x): what comes of coupled states [b, 2, h, m] on the way to the next position.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="states">x, real parts before imaginary ones.</param>
    /// <param name="modes">Those of <see cref="LowRankScanOp"/>, [10, h, m].</param>
    public static Node Turn(Graph g, Node states, Node modes)
    {
        ComplexValue x = Parts(g, states);
        Value couples = (x * Mode(3)).Re;
        var r = new Value(g, g.Broadcast(g.Sum(couples, 2), couples.Node.Shape, s_rows));
        return Join(g, (x * Mode(0)) - (Mode(1) * r), states);

        ComplexValue Mode(int part) => new(Row(2 * part), Row((2 * part) + 1));
        Value Row(int row) => Everywhere(
            g, g.Reshape(g.Slice(modes, 0, row, 1), new[] { modes.Shape[1], modes.Shape[2] }), states);
    }

    private static ComplexValue Parts(Graph g, Node states) =>
        new(new(g, ScanStates.Part(g, states, 0)), new(g, ScanStates.Part(g, states, 1)));

    /// <summary>[h, m] for every sample.</summary>
    private static Value Everywhere(Graph g, Node x, Node states) =>
        new(g, g.Broadcast(x, new[] { states.Shape[0], states.Shape[2], states.Shape[3] }, s_modes));

    private static Node Join(Graph g, ComplexValue x, Node states)
    {
        Size[] plane = { states.Shape[0], 1, states.Shape[2], states.Shape[3] };
        return g.Concat(1, g.Reshape(x.Re, plane), g.Reshape(x.Im, plane));
    }

    /// <summary>y_t = Σ C_t·h_t, h_t = e^{Δ_t·A}·h_{t-1} + Δ_t·u_t·B_t: of u and Δ [b, n, d], A [d, m], and B and C [b,
    /// n, m], [b, n, d].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="u">[b, n, d].</param>
    /// <param name="step">Δ, [b, n, d].</param>
    /// <param name="a">A, [d, m].</param>
    /// <param name="b">B, [b, n, m].</param>
    /// <param name="c">C, [b, n, m].</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    /// <param name="carried">Has, and gets, a piece [b, m, d]: each state of all channels.</param>
    public static Node Select(
        Graph g, Node u, Node step, Node a, Node b, Node c, Node? segments = null, CarriedState? carried = null)
    {
        (Size batch, Size n, int states) = (u.Shape[0], u.Shape[1], a.Shape[1].Constant);
        Node? state = carried?.Take(states, u.Shape[2].Constant);
        u = segments is null ? u : Segments.Hide(g, u, segments);
        Node? goesOn = segments is null ? null : Segments.GoesOn(g, segments, carries: state is not null);
        Size before = state is null ? 0 : states;
        if (carried is not null)
        {
            // Positions more: one for each state that is written, in no time, and one for each that is read.
            Node each = g.Pointwise("equal", Counted(1), Counted(2)), none = g.Fill(0, each.Shape);
            Node still = g.Fill(0, new[] { batch, states, u.Shape[2] }), tiny = g.Fill(s_tiny, still.Shape);
            Node written = state is null ? still : g.Pointwise("mul", state, g.Constant(1 / s_tiny));
            Node stays = g.Fill(1, new[] { batch, (Size)states });
            (u, step) = (Around(written, u, still), Around(tiny, step, still));
            (b, c) = (Around(each, b, none), Around(none, c, each));
            goesOn = goesOn is null ? null : Around(stays, goesOn, stays);
        }

        Node y = goesOn is null
            ? g.Add(new SelectiveScanOp(), u, step, a, b, c) : g.Add(new SelectiveScanOp(), u, step, a, b, c, goesOn);
        if (carried is null)
        {
            return y;
        }

        carried.Leave(g.Slice(y, 1, before + n, states));
        return g.Slice(y, 1, before, n);

        Node Around(Node first, Node x, Node last) => state is null ? g.Concat(1, x, last) : g.Concat(1, first, x, last);

        Node Counted(int axis) => g.Add(new IotaOp(new[] { batch, states, states }.ToEquatable(), axis));
    }

    /// <summary>h_t = λ·h_{t-1} + v_t of complex v and λ [h]: v and h are [b, n, 2·h], real parts before imaginary ones.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="v">[b, n, 2·h].</param>
    /// <param name="pole">λ.</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    /// <param name="carried">Has, and gets, a piece [b, 2, h, 1].</param>
    public static Node Recur(Graph g, Node v, ComplexValue pole, Node? segments = null, CarriedState? carried = null)
    {
        Node factors = g.Concat(0, pole.Re, pole.Im);
        if (segments is not null)
        {
            v = Segments.Hide(g, v, segments);
            factors = g.Pointwise(
                "mul", g.Broadcast(factors, v.Shape, s_features), Segments.Spread(g, Segments.GoesOn(g, segments), v.Shape));
        }

        Node h = g.Add(new LinearScanOp(Complex: true), factors, v);
        if (carried is null)
        {
            return h;
        }

        int states = v.Shape[2].Constant / 2;
        var column = new ComplexValue(Column(pole.Re), Column(pole.Im));
        Node[] poles = new Node[] { column.Re, column.Im }.Concat(GoesOn(g, segments)).ToArray();
        Node last = g.Pointwise("add", Final(0), TimesI(Final(states)));
        if (carried.Take(2, states, 1) is { } before)
        {
            Node start = Turn(g, before, column);
            h = g.Pointwise("add", h, g.Concat(
                2,
                ZeroInput(g, start, v.Shape[1], poles),
                -new Value(g, ZeroInput(g, TimesI(start), v.Shape[1], poles))));
            last = g.Pointwise("add", last, Left(g, start, new[] { v.Shape[0], v.Shape[1], (Size)states }, poles));
        }

        carried.Leave(last);
        return h;

        Node Final(int part) => g.Add(
            new DiagonalFinalStateOp(Reverse: false), new[] { g.Slice(v, 2, part, states) }.Concat(poles).ToArray());

        Node TimesI(Node x) => Join(g, new ComplexValue(-Parts(g, x).Im, Parts(g, x).Re), x);

        Value Column(Value x) => new(g, g.Reshape(x, new[] { (Size)states, 1 }));
    }
}
