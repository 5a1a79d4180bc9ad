using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// RWKV-4's attention of each feature (Peng et al. 2023, arXiv:2305.13048, equation 16): of earlier values by e to
/// their keys less their distance times a rate, and of its own by e to its key and a bonus. Exponents are measured from
/// the largest so far, so keys of any size are exact.
/// </summary>
internal sealed class WkvAttention
{
    /// <summary>An exponent of what does not count.</summary>
    private const double Nothing = -1e30;

    /// <summary>How much higher each segment is than the one before it, so that the largest is of its own.</summary>
    private const double SegmentsApart = 1000;

    private static readonly int[] s_channels = { 2 };
    private static readonly int[] s_sequences = { 0, 2 };

    private readonly Graph _graph;
    private readonly Value _key;
    private readonly Value _values;

    /// <summary>By how much an exponent falls from one position to the next.</summary>
    private readonly Value _rate;
    private readonly Value _position;

    /// <summary>The state before the first position, [b, c] each: Σ weight·value, Σ weight, and the exponent that both are measured
    /// from; or none.</summary>
    private readonly (Value Sum, Value Weight, Value Exponent)? _before;

    /// <summary>How many segments have begun; null: one segment.</summary>
    private readonly Value? _begun;

    private WkvAttention(Graph g, Node k, Node v, Node decay, Node? segments, CarriedState? carried)
    {
        _graph = g;
        (_key, _values) = (Of(k), Of(v));
        _rate = Of(g.Broadcast(g.Pointwise("exp", decay), k.Shape, s_channels));
        _position = Of(g.Add(new IotaOp(k.Shape.ToArray().ToEquatable(), 1)));
        int channels = k.Shape[2].Constant;
        Node?[] pieces = { carried?.Take(channels), carried?.Take(channels), carried?.Take(channels) };
        if (pieces[0] is { } sum && pieces[1] is { } weight && pieces[2] is { } exponent)
        {
            // Zeros are no state: nothing has been seen.
            Value seen = Constant(0).Apply("less", Of(weight));
            _before = (Of(sum), Of(weight), seen.Select(Of(exponent), Constant(Nothing)));
        }

        _begun = segments is null ? null : Of(Segments.Spread(g, Segments.Begun(g, segments, _before is not null), k.Shape));
    }

    /// <summary>The results, [b, n, c].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="k">Keys, [b, n, c].</param>
    /// <param name="v">Values, [b, n, c].</param>
    /// <param name="decay">Logarithms of the rates, [c].</param>
    /// <param name="bonus">[c].</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    /// <param name="carried">Has, and gets, the state.</param>
    public static Node Mix(
        Graph g, Node k, Node v, Node decay, Node bonus, Node? segments = null, CarriedState? carried = null)
    {
        var wkv = new WkvAttention(g, k, v, decay, segments, carried);
        Value result = wkv.Mix(bonus, segments);
        if (carried is not null)
        {
            wkv.Leave(carried);
        }

        // What is hidden is of a segment of its own: nobody else has seen it.
        return segments is null ? result.Node : Segments.Hide(g, result, segments);
    }

    private Value Mix(Node bonus, Node? segments)
    {
        // The largest of k_s - (t - s)·rate over s ≤ t. How precise it is does not matter: both sums are measured from it.
        Value ahead = _position * _rate;
        ahead = _begun is { } begun ? ahead + (begun * SegmentsApart) : ahead;
        Value highest = Of(_graph.Add(new CumSumOp(1, Exclusive: false, Reverse: false) { Largest = true }, _key + ahead));
        Value goesOn = Constant(0.5).Apply("less", _position);
        Node? first = null;
        if (_before is { } before)
        {
            highest = highest.Apply("max", Everywhere(before.Exponent) - _rate);
            goesOn = Of(_graph.Fill(1, _key.Node.Shape));
            first = Fixed(before.Exponent);
            first = _graph.Reshape(first, new[] { first.Shape[0], 1, first.Shape[1] });
        }

        if (segments is not null)
        {
            Node same = Segments.GoesOn(_graph, segments, _before is not null);
            goesOn *= Of(Segments.Spread(_graph, same, _key.Node.Shape));
        }

        Value largest = Fixed(highest - ahead);
        Value earlier = goesOn.Select(
            Of(PositionFunctions.Shift(_graph, largest, _key.Node.Shape[2], first: first)), Constant(Nothing));
        Value log = earlier - _rate - largest;
        Value weight = (_key - largest).Apply("exp");
        Value own = _key + Of(_graph.Broadcast(bonus, _key.Node.Shape, s_channels));
        Value top = Fixed(earlier.Apply("max", own));
        Value past = (earlier - top).Apply("exp");
        Value now = (own - top).Apply("exp");
        (Value sum, Value weights) = (Scan(weight * _values, log), Scan(weight, log));
        if (_before is { } state)
        {
            Value exponent = Everywhere(state.Exponent) - (_position * _rate) - earlier;
            Value left = InFirst(exponent, _begun).Apply("exp");
            (sum, weights) = (sum + (Everywhere(state.Sum) * left), weights + (Everywhere(state.Weight) * left));
        }

        return ((past * sum) + (now * _values)) / ((past * weights) + now);
    }

    /// <summary>Leaves the sums over all positions of the last segment, measured from the largest of their exponents.</summary>
    private void Leave(CarriedState carried)
    {
        Value count = Of(_graph.SizeValue(_key.Node.Shape[1]));
        Value exponent = _key - ((count - Constant(1) - _position) * _rate);
        if (_begun is { } begun)
        {
            exponent = begun.Apply("equal", Everywhere(Last(begun))).Select(exponent, Constant(Nothing));
        }

        Value largest = Of(_graph.Reduce(ReduceKind.Max, exponent, 1));
        Value? before = _before is { } state
            ? InFirst(state.Exponent - (count * Last(_rate)), _begun is { } number ? Last(number) : null) : null;
        largest = Fixed(before is { } earlier ? largest.Apply("max", earlier) : largest);
        Value share = (exponent - Everywhere(largest)).Apply("exp");
        (Value sum, Value weight) = (Total(share * _values), Total(share));
        if (_before is { } sums && before is { } kept)
        {
            Value left = (kept - largest).Apply("exp");
            (sum, weight) = (sum + (sums.Sum * left), weight + (sums.Weight * left));
        }

        carried.Leave(sum);
        carried.Leave(weight);
        carried.Leave(largest);
    }

    /// <summary>An exponent where no other segment has begun yet.</summary>
    private Value InFirst(Value exponent, Value? begun) => begun is { } number
        ? number.Apply("less", Constant(0.5)).Select(exponent, Constant(Nothing)) : exponent;

    private Value Of(Node node) => new(_graph, node);

    private Value Constant(double value) => Of(_graph.Constant(value));

    private Value Fixed(Value x) => Of(_graph.Add(new StopGradientOp(), x));

    private Value Scan(Value x, Value log) => Of(DecayAttention.Sums(_graph, x, log, 1, exclusive: true));

    private Value Total(Value x) => Of(_graph.Sum(x, 1));

    /// <summary>[b, n, c] of [b, c].</summary>
    private Value Everywhere(Value x) => Of(_graph.Broadcast(x, _key.Node.Shape, s_sequences));

    /// <summary>The last row of [b, n, c]: [b, c].</summary>
    private Value Last(Value x)
    {
        var shape = _key.Node.Shape;
        return Of(_graph.Reshape(_graph.Slice(x, 1, shape[1] - 1, 1), new[] { shape[0], shape[2] }));
    }
}
