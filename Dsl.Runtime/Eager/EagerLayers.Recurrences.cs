using System;
using System.Linq;
using System.Numerics;
using Dsl.StateSpaces;
using static Dsl.Functions;

namespace Dsl.Eager;

/// <content>Layers whose state forgets, composed of functions.</content>
public static partial class EagerLayers
{
    /// <summary>What <see cref="RetNetAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor RetNet(Tensor x, IntTensor? segments, ParameterScope p, RetNetAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        int heads = Number(options.Heads);
        (Tensor q, Tensor k) = (Project(x, p, "Query", options.Bias), Project(x, p, "Key", options.Bias));
        if (options.Rope)
        {
            Tensor Turned(Tensor y) => Rope(
                y.Reshape(y.Shape[0], y.Shape[1], heads, y.Shape[2] / heads), (float)options.RopeBase).Reshape([.. y.Extents]);
            (q, k) = (Turned(q), Turned(k));
        }

        Tensor v = Project(x, p, "Value", options.Bias);
        float[] logs = new float[x.Shape[0] * x.Shape[1] * heads];
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] = (float)Math.Log(1 - Math.Pow(2, -5 - (i % heads)));
        }

        var decay = new Tensor(logs, x.Shape[0], x.Shape[1], heads);
        (decay, v) = segments is null ? (decay, v) : EagerDecay.Within(segments, decay, v);
        Tensor? before = state?.Take(heads, k.Shape[2] / heads, v.Shape[2] / heads);
        (Tensor mixed, Tensor last) = EagerDecay.Scan(
            q, k / MathF.Sqrt(k.Shape[2] / heads), v, decay, heads, exclusive: false, before);
        state?.Leave(options.Rope ? EagerPositions.TurnBack(last, options.RopeBase, x.Shape[1]) : last);
        Tensor rows = mixed.Reshape(x.Shape[0], x.Shape[1] * heads, v.Shape[2] / heads);
        Tensor normal = EagerNorms.Along(rows, -1, EagerNorms.RootMeanSquare(options.Epsilon)).Reshape([.. mixed.Extents]);
        return Project(Silu(Project(x, p, "Gate", options.Bias)) * normal, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="GatedDeltaAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor GatedDelta(
        Tensor x, IntTensor? segments, ParameterScope p, GatedDeltaAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        int heads = Number(options.Heads);
        Tensor ByHead(Tensor y) => y.Reshape(x.Shape[0], x.Shape[1] * heads, y.Shape[2] / heads);
        Tensor Unit(Tensor y) => L2Normalize(ByHead(y), -1, 1e-6f).Reshape([.. y.Extents]);
        Tensor q = Unit(Silu(Project(x, p, "Query", options.Bias)));
        Tensor k = Unit(Silu(Project(x, p, "Key", options.Bias)));
        Tensor v = Silu(Project(x, p, "Value", options.Bias));
        Tensor rate = ValuesOf(p["LogDecay"]).Map(static a => -MathF.Exp(a));
        Tensor decay = Softplus(Project(x, p, "Step", true)) * rate;
        Tensor mixed = EagerDelta.Scan(q, k, v, Sigmoid(Project(x, p, "Strength", false)), heads, decay, segments, state);
        Tensor normal = EagerNorms.Along(ByHead(mixed), -1, EagerNorms.RootMeanSquare(options.Epsilon)).Reshape([.. mixed.Extents]);
        return Project(Silu(Project(x, p, "Gate", options.Bias)) * normal, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="Rwkv4Attribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Rwkv4(Tensor x, IntTensor? segments, ParameterScope p, Rwkv4Attribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        Tensor before = Before(x, segments, state);
        Tensor k = Project(Mixed(x, before, ValuesOf(p["KeyMix"])), p, "Key", false);
        Tensor v = Project(Mixed(x, before, ValuesOf(p["ValueMix"])), p, "Value", false);
        Tensor r = Project(Mixed(x, before, ValuesOf(p["ReceptanceMix"])), p, "Receptance", false);
        Tensor mixed = EagerDecay.Wkv(k, v, p["Decay"].ReadOnlyValues, p["Bonus"].ReadOnlyValues, segments, state);
        return Project(Sigmoid(r) * mixed, p, "Output", false);
    }

    /// <summary>What <see cref="Rwkv6Attribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Rwkv6(Tensor x, IntTensor? segments, ParameterScope p, Rwkv6Attribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        int width = Number(options.HeadWidth);
        int heads = x.Shape[2] / width;
        Tensor before = Before(x, segments, state);
        Tensor down = Tanh(Project(Mixed(x, before, ValuesOf(p["Mix"])), p, "MixDown", false));
        string[] names = ["Decay", "Key", "Value", "Receptance", "Gate"];
        Tensor Of(string name)
        {
            int rank = Number(options.MixRank);
            Tensor more = Project(Slice(down, 2, Array.IndexOf(names, name) * rank, rank), p, name + "MixUp", false);
            return Mixed(x, before, ValuesOf(p[name + "Mix"]) + more);
        }

        Tensor r = Project(Of("Receptance"), p, "Receptance", false);
        Tensor k = Project(Of("Key"), p, "Key", false);
        Tensor v = Project(Of("Value"), p, "Value", false);
        Tensor gate = Silu(Project(Of("Gate"), p, "Gate", false));
        Tensor change = Project(Tanh(Project(Of("Decay"), p, "DecayDown", false)), p, "DecayUp", false);
        Tensor decay = -Exp(ValuesOf(p["DecayBase"]) + change);
        Tensor past = r;
        if (segments is not null)
        {
            (decay, v) = EagerDecay.Within(segments, decay, v);
            Tensor ones = (x * 0f) + 1f;
            past = r * EagerPositions.Shift(ones, x.Shape[2], segments, state?.GoesOn == true ? Slice(ones, 1, 0, 1) : null);
        }

        Tensor? first = state?.Take(heads, width, width);
        (Tensor earlier, Tensor last) = EagerDecay.Scan(past, k, v, decay, heads, exclusive: true, first);
        state?.Leave(last);
        Tensor pairs = r * k * ValuesOf(p["Bonus"]).Reshape(x.Shape[2]);
        Tensor own = Sum(pairs.Reshape(x.Shape[0], x.Shape[1], heads, width), 3).Reshape(x.Shape[0], x.Shape[1], heads, 1);
        Tensor now = (v.Reshape(x.Shape[0], x.Shape[1], heads, width) * own).Reshape([.. v.Extents]);
        Tensor rows = (earlier + now).Reshape(x.Shape[0], x.Shape[1] * heads, width);
        Tensor normal = EagerNorms.Along(rows, -1, EagerNorms.Standard(options.Epsilon)).Reshape([.. v.Extents]);
        return Project(((normal * ValuesOf(p["NormGain"])) + ValuesOf(p["NormOffset"])) * gate, p, "Output", false);
    }

    /// <summary>What <see cref="RwkvChannelMixAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor RwkvChannelMix(
        Tensor x, IntTensor? segments, ParameterScope p, RwkvChannelMixAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        Tensor before = Before(x, segments, state);
        Tensor key = Project(Mixed(x, before, ValuesOf(p["KeyMix"])), p, "Key", false);
        Tensor receptance = Project(Mixed(x, before, ValuesOf(p["ReceptanceMix"])), p, "Receptance", false);
        return Sigmoid(receptance) * Project(Square(Relu(key)), p, "Value", false);
    }

    /// <summary>What <see cref="S4DAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor S4D(Tensor x, IntTensor? segments, ParameterScope p, S4DAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        int states = Number(options.StateWidth) / 2;
        Tensor Read(string weight, bool reverse)
        {
            Complex[] poles = new Complex[x.Shape[2] * states];
            Complex[] weights = new Complex[poles.Length];
            for (int i = 0; i < poles.Length; i++)
            {
                var a = new Complex(-Math.Exp(p["LogDecay"].ReadOnlyValues[i]), p["Frequency"].ReadOnlyValues[i]);
                double step = Math.Exp(p["LogStep"].ReadOnlyValues[i / states]);
                (poles[i], Complex gain) = EagerStateSpaces.Discretize(a, step, options.Discretization);
                weights[i] = 2 * gain
                    * new Complex(p[weight + "Real"].ReadOnlyValues[i], p[weight + "Imaginary"].ReadOnlyValues[i]);
            }

            double[] y = EagerStateSpaces.Scan(x, poles, weights, segments, reverse, state);
            return new Tensor(Array.ConvertAll(y, static v => (float)v), [.. x.Extents]);
        }

        Tensor y = Read("Weight", reverse: false);
        y = options.Bidirectional ? y + Read("LaterWeight", reverse: true) : y;
        y = Activate(y + (x * ValuesOf(p["Skip"])), options.Activation);
        return options.Mix ? Gated(y, p) : y;
    }

    /// <summary>What <see cref="S4Attribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor S4(Tensor x, IntTensor? segments, ParameterScope p, S4Attribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        Complex[] Numbers(string name) => [.. Enumerable.Range(0, p[name + "Real"].Length).Select(i =>
            new Complex(p[name + "Real"].ReadOnlyValues[i], p[name + "Imaginary"].ReadOnlyValues[i]))];
        Complex[] a = [.. Enumerable.Range(0, p["LogDecay"].Length).Select(i =>
            new Complex(-Math.Exp(p["LogDecay"].ReadOnlyValues[i]), p["Frequency"].ReadOnlyValues[i]))];
        double[] steps = [.. Enumerable.Range(0, x.Shape[2]).Select(i => Math.Exp(p["LogStep"].ReadOnlyValues[i]))];
        Tensor Read(string weight, bool reverse) => EagerStateSpaces.LowRank(
            x, steps, a, Numbers("LowRank"), Numbers("Input"), Numbers(weight), segments, reverse, state);
        Tensor y = Read("Weight", reverse: false);
        y = options.Bidirectional ? y + Read("LaterWeight", reverse: true) : y;
        y = Activate(y + (x * ValuesOf(p["Skip"])), options.Activation);
        return options.Mix ? Gated(y, p) : y;
    }

    private static Tensor Gated(Tensor y, ParameterScope p)
    {
        Tensor both = Project(y, p, "Output", true);
        return Slice(both, 2, 0, y.Shape[2]) * Sigmoid(Slice(both, 2, y.Shape[2], y.Shape[2]));
    }

    /// <summary>What <see cref="LruAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Lru(Tensor x, IntTensor? segments, ParameterScope p, LruAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        var poles = new Complex[Number(options.StateWidth)];
        for (int i = 0; i < poles.Length; i++)
        {
            poles[i] = Complex.Exp(new Complex(
                -Math.Exp(p["LogDecay"].ReadOnlyValues[i]), Math.Exp(p["LogPhase"].ReadOnlyValues[i])));
        }

        Tensor scale = Exp(ValuesOf(p["LogScale"]));
        (Tensor re, Tensor im) = EagerStateSpaces.Recur(
            Project(x, p, "InputReal", false) * scale, Project(x, p, "InputImaginary", false) * scale, poles, segments, state);
        return Project(re, p, "OutputReal", false) - Project(im, p, "OutputImaginary", false) + (x * ValuesOf(p["Skip"]));
    }

    /// <summary>What <see cref="HippoAttribute"/> says.</summary>
    /// <param name="x">[b, n, c], or [b, c] of one step.</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null; of one step what was remembered, [b, c·N].</param>
    /// <returns>[b, n, c·order], or [b, c·order].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Hippo(
        Tensor x, IntTensor? segments, ParameterScope p, HippoAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        int order = Number(options.Order);
        if (x.Rank == 2 && state?.Take(x.Shape[1] * order) is { } memory)
        {
            Tensor next = EagerStateSpaces.RememberNext(x, memory, order, p["Transition"].ReadOnlyValues);
            state.Leave(next);
            return next;
        }

        return EagerStateSpaces.Remember(
            x, order, options.Measure == HippoMeasure.LegS ? default : p["Transition"].ReadOnlyValues, segments, state);
    }

    /// <summary>What <see cref="MambaAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Mamba(Tensor x, IntTensor? segments, ParameterScope p, MambaAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        (int width, int states) = (p["Skip"].Shape[0], Number(options.StateWidth));
        Tensor both = Project(x, p, "Input", options.Bias);
        Tensor taps = ValuesOf(p["Convolution"]);
        Tensor before = Slice(both, 2, 0, width);
        Tensor u = (before * 0f) + ValuesOf(p["ConvolutionBias"]);
        Tensor? earlier = taps.Shape[1] > 1 ? state?.Take(taps.Shape[1] - 1, width) : null;
        if (taps.Shape[1] > 1)
        {
            state?.Leave(EagerPositions.Tail(before, segments, taps.Shape[1] - 1, earlier));
        }

        for (int tap = taps.Shape[1] - 1; tap >= 0; tap--)
        {
            u += before * Slice(taps, 1, tap, 1).Reshape(width);
            before = EagerPositions.Shift(before, width, segments, earlier is null || tap == 0 ? null : Slice(earlier, 1, tap - 1, 1));
        }

        u = Silu(u);
        Tensor selected = Project(u, p, "Selection", false);
        int rank = selected.Shape[2] - (2 * states);
        Tensor step = Softplus(Project(Slice(selected, 2, 0, rank), p, "Step", true));
        Tensor y = EagerStateSpaces.Select(
            u, step, ValuesOf(p["LogDecay"]), Slice(selected, 2, rank, states), Slice(selected, 2, rank + states, states), segments, state);
        y = (y + (u * ValuesOf(p["Skip"]))) * Silu(Slice(both, 2, width, width));
        return Project(y, p, "Output", options.Bias);
    }

    /// <summary>The position before each: what a state has before the first one.</summary>
    private static Tensor Before(Tensor x, IntTensor? segments, EagerState? state)
    {
        Tensor? first = state?.Take(1, x.Shape[2]);
        state?.Leave(Slice(x, 1, x.Shape[1] - 1, 1));
        return EagerPositions.Shift(x, x.Shape[2], segments, first);
    }

    private static Tensor Mixed(Tensor x, Tensor before, Tensor weight) => before + ((x - before) * weight);
}
