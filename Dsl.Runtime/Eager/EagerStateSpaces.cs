using System;
using System.Numerics;
using Dsl.StateSpaces;

namespace Dsl.Eager;

/// <summary>Diagonal state spaces, executed as they stand, in doubles.</summary>
internal static class EagerStateSpaces
{
    /// <summary>y_t = Σ Re(w·x_t), x_t = λ·x_{t-1} + u_t, of each channel.</summary>
    /// <param name="u">[b, n, c].</param>
    /// <param name="poles">λ, [c, m].</param>
    /// <param name="weights">w, [c, m].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="reverse">Whether a position sees later ones.</param>
    /// <param name="carried">Has, and gets, a piece [b, 2, c, m]; or null.</param>
    /// <returns>[b, n, c].</returns>
    public static double[] Scan(
        Tensor u, ReadOnlySpan<Complex> poles, ReadOnlySpan<Complex> weights, IntTensor? segments, bool reverse,
        EagerState? carried)
    {
        (int batch, int n, int channels) = (u.Shape[0], u.Shape[1], u.Shape[2]);
        int states = poles.Length / channels;
        var y = new double[u.Length];
        Tensor? before = carried?.Take(2, channels, states);
        var last = new Complex[batch * poles.Length];
        for (int sample = 0; sample < batch; sample++)
        {
            Complex[] x = Before(before, sample, 0, poles.Length);
            for (int step = 0; step < n; step++)
            {
                int row = (sample * n) + (reverse ? n - 1 - step : step);
                int neighbour = reverse ? row + 1 : row - 1;
                if (step > 0 && segments is not null && segments.Data[row] != segments.Data[neighbour])
                {
                    Array.Clear(x);
                }

                for (int mode = 0; mode < x.Length; mode++)
                {
                    int at = (row * channels) + (mode / states);
                    double input = segments is not null && segments.Data[row] < 0 ? 0 : u.Values[at];
                    x[mode] = (poles[mode] * x[mode]) + input;
                    y[at] += (weights[mode] * x[mode]).Real;
                }
            }

            x.CopyTo(last, sample * poles.Length);
        }

        carried?.Leave(Planes(last, batch));
        return y;
    }

    /// <summary>States of a sample before its first position, of [b, 2, states]; zeros of null.</summary>
    private static Complex[] Before(Tensor? state, int sample, int first, int count)
    {
        var x = new Complex[count];
        int all = state is null ? 0 : state.Length / state.Shape[0] / 2;
        for (int i = 0; i < count && state is not null; i++)
        {
            int at = (sample * 2 * all) + first + i;
            x[i] = new Complex(state.Values[at], state.Values[at + all]);
        }

        return x;
    }

    /// <summary>All real parts of a sample before its imaginary ones, [b, 2, states].</summary>
    private static Tensor Planes(Complex[] states, int batch)
    {
        int all = states.Length / batch;
        float[] planes = new float[2 * states.Length];
        for (int i = 0; i < states.Length; i++)
        {
            int at = (i / all * 2 * all) + (i % all);
            (planes[at], planes[at + all]) = ((float)states[i].Real, (float)states[i].Imaginary);
        }

        return new Tensor(planes, batch, 2, all);
    }

    /// <summary>Coefficients of each channel's past.</summary>
    /// <param name="u">[b, n, c].</param>
    /// <param name="order">Coefficients of a channel.</param>
    /// <param name="transition">Rows of Ā with B̄ behind each, [order, order + 1]; empty for HiPPO-LegS.</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="carried">Has, and gets, a piece [b, c, order], of HiPPO-LegS [b, c, order + 1] with how many
    /// positions a memory has taken in behind it; or null.</param>
    /// <returns>[b, n, c·order].</returns>
    public static Tensor Remember(
        Tensor u, int order, ReadOnlySpan<float> transition, IntTensor? segments, EagerState? carried)
    {
        (int batch, int n, int channels) = (u.Shape[0], u.Shape[1], u.Shape[2]);
        int kept = transition.IsEmpty ? order + 1 : order;
        Tensor? before = carried?.Take(channels, kept);
        var last = new float[batch * channels * kept];
        var system = HippoSystem.Of(HippoMeasure.LegS, order);
        var y = new float[u.Length * order];
        for (int row = 0; row < batch * channels; row++)
        {
            (int sample, int channel) = Math.DivRem(row, channels);
            (var c, double age) = (new double[order], 0);
            for (int i = 0; i < order && before is not null; i++)
            {
                c[i] = before.Values[(row * kept) + i];
            }

            if (before is not null && kept > order)
            {
                age = Math.Floor(Math.Max(before.Values[(row * kept) + order] + 0.5, 0));
            }

            for (int t = 0; t < n; t++)
            {
                int at = (sample * n) + t;
                if (t > 0 && segments is not null && segments.Data[at] != segments.Data[at - 1])
                {
                    (c, age) = (new double[order], 0);
                }

                age++;
                double[] rows = transition.IsEmpty ? system.Transition(1.0 / age, Discretization.Bilinear) : [];
                double input = segments is not null && segments.Data[at] < 0 ? 0 : u.Values[(at * channels) + channel];
                var next = new double[order];
                for (int i = 0; i < order; i++)
                {
                    int first = i * (order + 1);
                    next[i] = (transition.IsEmpty ? rows[first + order] : transition[first + order]) * input;
                    for (int j = 0; j < order; j++)
                    {
                        next[i] += (transition.IsEmpty ? rows[first + j] : transition[first + j]) * c[j];
                    }

                    y[(((at * channels) + channel) * order) + i] = (float)next[i];
                }

                c = next;
            }

            for (int i = 0; i < kept; i++)
            {
                last[(row * kept) + i] = (float)(i < order ? c[i] : age);
            }
        }

        carried?.Leave(new Tensor(last, batch, channels, kept));
        return new Tensor(y, batch, n, channels * order);
    }

    /// <summary>Coefficients of each channel's past and one more value.</summary>
    /// <param name="u">[b, c].</param>
    /// <param name="memory">[b, c·order].</param>
    /// <param name="order">Coefficients of a channel.</param>
    /// <param name="transition">Rows of Ā with B̄ behind each, [order, order + 1].</param>
    /// <returns>[b, c·order].</returns>
    public static Tensor RememberNext(Tensor u, Tensor memory, int order, ReadOnlySpan<float> transition)
    {
        if (u.Rank != 2 || memory.Rank != 2 || memory.Shape[0] != u.Shape[0] || memory.Shape[1] != u.Shape[1] * order)
        {
            throw new ArgumentException(
                $"A memory of {order} coefficients for each of {Shapes.Print(u.Extents)} is not {Shapes.Print(memory.Extents)}.",
                nameof(memory));
        }

        var y = new float[memory.Length];
        for (int at = 0; at < y.Length; at++)
        {
            (int row, int i) = Math.DivRem(at, order);
            ReadOnlySpan<float> own = transition.Slice(i * (order + 1), order + 1);
            double sum = (double)own[order] * u.Values[row];
            for (int j = 0; j < order; j++)
            {
                sum += (double)own[j] * memory.Values[(row * order) + j];
            }

            y[at] = (float)sum;
        }

        return new Tensor(y, [.. memory.Shape]);
    }

    /// <summary>y_t = Σ C_t·h_t, h_t = e^{Δ_t·A}·h_{t-1} + Δ_t·u_t·B_t, of each channel, with A = -e^logDecay.</summary>
    /// <param name="u">[b, n, d].</param>
    /// <param name="step">Δ, [b, n, d].</param>
    /// <param name="logDecay">[d, m].</param>
    /// <param name="b">B, [b, n, m].</param>
    /// <param name="c">C, [b, n, m].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="carried">Has, and gets, a piece [b, m, d]; or null.</param>
    /// <returns>[b, n, d].</returns>
    public static Tensor Select(
        Tensor u, Tensor step, Tensor logDecay, Tensor b, Tensor c, IntTensor? segments, EagerState? carried)
    {
        (int n, int channels, int states) = (u.Shape[1], u.Shape[2], b.Shape[2]);
        Tensor? before = carried?.Take(states, channels);
        var last = new float[u.Shape[0] * states * channels];
        var y = new float[u.Length];
        var h = new double[channels * states];
        for (int at = 0; at < y.Length; at++)
        {
            (int row, int channel) = (at / channels, at % channels);
            bool isFirst = row % n > 0 && segments is not null && segments.Data[row] != segments.Data[row - 1];
            double input = segments is not null && segments.Data[row] < 0 ? 0 : (double)step.Values[at] * u.Values[at];
            double sum = 0;
            for (int state = 0; state < states; state++)
            {
                int mode = (channel * states) + state;
                int kept = (((row / n * states) + state) * channels) + channel;
                h[mode] = row % n > 0 ? h[mode] : before?.Values[kept] ?? 0;
                double factor = isFirst ? 0 : Math.Exp(-step.Values[at] * Math.Exp(logDecay.Values[mode]));
                h[mode] = (factor * h[mode]) + (input * b.Values[(row * states) + state]);
                sum += h[mode] * c.Values[(row * states) + state];
                last[kept] = (float)h[mode];
            }

            y[at] = (float)sum;
        }

        carried?.Leave(new Tensor(last, u.Shape[0], states, channels));
        return new Tensor(y, [.. u.Extents]);
    }

    /// <summary>y_t = Σ_j k_j·x_{t-j}, or in reverse Σ_j k_j·x_{t+j}, of each channel.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="kernel">[m, c].</param>
    /// <param name="reverse">Whether a position sees later ones.</param>
    /// <returns>[b, n, c].</returns>
    public static Tensor Convolve(Tensor x, Tensor kernel, bool reverse)
    {
        (int n, int channels, int taps) = (x.Shape[1], x.Shape[2], kernel.Shape[0]);
        var y = new float[x.Length];
        for (int at = 0; at < y.Length; at++)
        {
            (int row, int channel) = (at / channels, at % channels);
            int seen = reverse ? n - (row % n) : (row % n) + 1;
            double sum = 0;
            for (int tap = 0; tap < Math.Min(taps, seen); tap++)
            {
                int other = reverse ? row + tap : row - tap;
                sum += (double)kernel.Values[(tap * channels) + channel] * x.Values[(other * channels) + channel];
            }

            y[at] = (float)sum;
        }

        return new Tensor(y, [.. x.Extents]);
    }

    /// <summary>x' = (Λ - P·P*)·x + B·u, y = 2·Re(C·x), by the trapezoidal rule as it is written: with
    /// v = (1 + Δ/2·A)·x + Δ·B·u, the next x is (1 - Δ/2·A)⁻¹·v, by the Sherman-Morrison formula.</summary>
    /// <param name="u">[b, n, c].</param>
    /// <param name="steps">Δ, [c].</param>
    /// <param name="a">Λ, [c, m].</param>
    /// <param name="p">P, [c, m].</param>
    /// <param name="b">B, [c, m].</param>
    /// <param name="c">C, [c, m].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="reverse">Whether a position sees later ones.</param>
    /// <param name="carried">Has, and gets, a piece [b, 2, c, m]; or null.</param>
    /// <returns>[b, n, c].</returns>
    public static Tensor LowRank(
        Tensor u, ReadOnlySpan<double> steps, ReadOnlySpan<Complex> a, ReadOnlySpan<Complex> p, ReadOnlySpan<Complex> b,
        ReadOnlySpan<Complex> c, IntTensor? segments, bool reverse, EagerState? carried)
    {
        (int batch, int n, int channels) = (u.Shape[0], u.Shape[1], u.Shape[2]);
        int states = a.Length / channels;
        var y = new float[u.Length];
        Tensor? first = carried?.Take(2, channels, states);
        var last = new Complex[batch * a.Length];
        for (int i = 0; i < batch * channels; i++)
        {
            (int sample, int channel) = Math.DivRem(i, channels);
            int own = channel * states;
            Complex[] x = Before(first, sample, own, states);
            double half = steps[channel] / 2;
            for (int step = 0; step < n; step++)
            {
                int row = (sample * n) + (reverse ? n - 1 - step : step);
                int before = reverse ? row + 1 : row - 1;
                if (step > 0 && segments is not null && segments.Data[row] != segments.Data[before])
                {
                    Array.Clear(x);
                }

                double input = segments is not null && segments.Data[row] < 0 ? 0
                    : u.Values[(row * channels) + channel];
                double coupled = 0, solved = 0, itself = 0, sum = 0;
                for (int state = 0; state < states; state++)
                {
                    coupled += 2 * (Complex.Conjugate(p[own + state]) * x[state]).Real;
                }

                for (int state = 0; state < states; state++)
                {
                    int mode = own + state;
                    Complex inverse = 1 / (1 - (half * a[mode]));
                    Complex v = ((1 + (half * a[mode])) * x[state]) - (half * coupled * p[mode])
                        + (2 * half * input * b[mode]);
                    x[state] = inverse * v;
                    solved += 2 * (Complex.Conjugate(p[mode]) * x[state]).Real;
                    itself += 2 * (Complex.Conjugate(p[mode]) * inverse * p[mode]).Real;
                }

                for (int state = 0; state < states; state++)
                {
                    int mode = own + state;
                    x[state] -= half * solved / (1 + (half * itself)) * p[mode] / (1 - (half * a[mode]));
                    sum += 2 * (c[mode] * x[state]).Real;
                }

                y[(row * channels) + channel] = (float)sum;
            }

            x.CopyTo(last, i * states);
        }

        carried?.Leave(Planes(last, batch));

        return new Tensor(y, [.. u.Extents]);
    }

    /// <summary>λ and the factor of the input over a step.</summary>
    public static (Complex Pole, Complex Gain) Discretize(Complex a, double step, Discretization rule)
    {
        if (rule == Discretization.Bilinear)
        {
            Complex divisor = 1 - (a * step / 2);
            return ((1 + (a * step / 2)) / divisor, step / divisor);
        }

        Complex pole = Complex.Exp(a * step);
        return (pole, (pole - 1) / a);
    }

    /// <summary>h_t = λ·h_{t-1} + v_t of complex v.</summary>
    /// <param name="re">The real parts of v, [b, n, states].</param>
    /// <param name="im">The imaginary parts.</param>
    /// <param name="poles">λ, [states].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="carried">Has, and gets, a piece [b, 2, states, 1]; or null.</param>
    /// <returns>The parts of h.</returns>
    public static (Tensor Re, Tensor Im) Recur(
        Tensor re, Tensor im, ReadOnlySpan<Complex> poles, IntTensor? segments, EagerState? carried)
    {
        (int n, int states) = (re.Shape[1], re.Shape[2]);
        Tensor? before = carried?.Take(2, states, 1);
        var last = new Complex[re.Shape[0] * states];
        (float[] resultRe, float[] resultIm) = (new float[re.Length], new float[re.Length]);
        var x = new Complex[states];
        for (int i = 0; i < resultRe.Length; i++)
        {
            (int row, int state) = (i / states, i % states);
            if (i % (n * states) == 0)
            {
                Before(before, row / n, 0, states).CopyTo(x, 0);
            }

            bool isFirst = row % n > 0 && segments is not null && segments.Data[row] != segments.Data[row - 1];
            Complex input = segments is not null && segments.Data[row] < 0 ? 0 : new Complex(re.Values[i], im.Values[i]);
            x[state] = (isFirst ? 0 : poles[state] * x[state]) + input;
            (resultRe[i], resultIm[i]) = ((float)x[state].Real, (float)x[state].Imaginary);
            last[(row / n * states) + state] = x[state];
        }

        carried?.Leave(Planes(last, re.Shape[0]));

        return (new Tensor(resultRe, [.. re.Extents]), new Tensor(resultIm, [.. re.Extents]));
    }
}
