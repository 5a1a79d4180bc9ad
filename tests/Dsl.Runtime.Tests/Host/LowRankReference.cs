using System;
using System.Linq;
using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A scan with a part of rank one and its gradient, state by state, in double.</summary>
internal sealed class LowRankReference(
    LowRankScanShape shape, Func<int, double> modes, Func<int, double> u, Func<int, bool> goesOn,
    Func<int, double>? lengths = null)
{
    private readonly int _batch = shape.Batch.Constant;
    private readonly int _positions = shape.Positions.Constant;
    private readonly int _channels = shape.Channels;
    private readonly int _states = shape.States;

    /// <summary>Calls <paramref name="store"/> with an element of y and its value, and <paramref name="keep"/> with
    /// sample·channel and the last states.</summary>
    public void Forward(Func<int, Complex> initial, Action<int, double> store, Action<int, Complex[]> keep)
    {
        for (int i = 0; i < _batch * _channels; i++)
        {
            var x = new Complex[_states];
            for (int state = 0; state < _states; state++)
            {
                x[state] = initial((i * _states) + state);
            }

            for (int done = 0; done < Own(i); done++)
            {
                x = shape.FromStates && done == 0 ? Plus(x, Step(new Complex[_states], i, 0))
                    : Step(GoesOn(i, done) ? x : new Complex[_states], i, done);
                store(At(i, done), Sum(4, x, i));
            }

            keep(i, x);
        }
    }

    /// <summary>The last states [batch, part, channel, state] of a scan that begins with others.</summary>
    public double[] Last(Func<int, double> start)
    {
        var last = new double[2 * _batch * _channels * _states];
        Forward(
            state => OfPlanes(start, state), static (_, _) => { },
            (row, x) =>
            {
                for (int state = 0; state < _states; state++)
                {
                    int real = Place((row * _states) + state);
                    (last[real], last[real + (_channels * _states)]) = (x[state].Real, x[state].Imaginary);
                }
            });
        return last;
    }

    /// <summary>The gradients of the modes; of states that the first position begins with, and of the conjugate of the
    /// gradient by the last ones, if there are any.</summary>
    public double[] Backward(Func<int, double> y, Func<int, Complex>? start = null, Func<int, Complex>? last = null)
    {
        int row = _channels * _states;
        var result = new double[LowRankParts.Rows * row];
        for (int i = 0; i < _batch * _channels; i++)
        {
            int positions = Own(i);
            var before = new Complex[positions + 1][];
            var x = new Complex[_states];
            for (int done = 0; done < positions; done++)
            {
                before[done] = done > 0 && GoesOn(i, done) ? x : new Complex[_states];
                x = After(i, done);
            }

            // The gradient by x, as it is: of Re(a·x) it is the conjugate of a.
            var back = new Complex[_states];
            double ofR = 0;
            for (int done = positions - 1; done >= 0; done--)
            {
                bool isCut = done + 1 == positions || !GoesOn(i, done + 1);
                double r = Sum(3, before[done], i);
                Complex[] after = After(i, done);
                Complex[] next = back;
                double nextOfR = ofR;
                back = new Complex[_states];
                ofR = 0;
                for (int state = 0; state < _states; state++)
                {
                    back[state] = Complex.Conjugate(Mode(4, i, state)) * y(At(i, done));
                    if (done + 1 == positions && last is not null)
                    {
                        back[state] += Complex.Conjugate(last((i * _states) + state));
                    }

                    if (!isCut)
                    {
                        back[state] += (Complex.Conjugate(Mode(0, i, state)) * next[state])
                            + (Complex.Conjugate(Mode(3, i, state)) * nextOfR);
                    }

                    ofR -= (Complex.Conjugate(Mode(1, i, state)) * back[state]).Real;
                    Complex was = Complex.Conjugate(before[done][state]);
                    Add(0, i, state, back[state] * was);
                    Add(1, i, state, -back[state] * r);
                    Add(2, i, state, back[state] * Input(i, done));
                    Add(4, i, state, y(At(i, done)) * Complex.Conjugate(after[state]));
                }

                for (int state = 0; state < _states; state++)
                {
                    Add(3, i, state, ofR * Complex.Conjugate(before[done][state]));
                }
            }

            Complex[] After(int sequence, int done)
            {
                Complex[] next = Step(before[done], sequence, done);
                int first = sequence * _states;
                return done > 0 || start is null ? next
                    : Plus(next, [.. Enumerable.Range(first, _states).Select(start)]);
            }
        }

        return result;

        void Add(int part, int i, int state, Complex value)
        {
            int at = (i % _channels * _states) + state;
            result[(2 * part * row) + at] += value.Real;
            result[(((2 * part) + 1) * row) + at] += value.Imaginary;
        }
    }

    /// <summary>Row-major operands.</summary>
    public static LowRankScanShape Shape(
        int batch, int positions, int channels, int states, bool reverse = false, bool resets = false,
            bool impulse = false) => new()
    {
        Batch = batch,
        Positions = positions,
        Channels = channels,
        States = states,
        Reverse = reverse,
        Resets = resets,
        Impulse = impulse,
        UBatch = positions * channels,
        UPosition = channels,
        YBatch = positions * channels,
        YPosition = channels,
    };

    /// <summary>Modes of a contraction: λ inside the unit circle, and couplings that leave it one.</summary>
    public static float[] Modes(int seed, int channels, int states)
    {
        float[] modes = HostRun.Random(seed, LowRankParts.Rows * channels * states);
        int row = channels * states;
        for (int i = 0; i < row; i++)
        {
            double size = 0.4 + (0.5 * Math.Abs(modes[i]));
            (double sin, double cos) = Math.SinCos(3 * modes[i + row]);
            (modes[i], modes[i + row]) = ((float)(size * cos), (float)(size * sin));
        }

        foreach (int part in new[] { 2, 3, 6, 7 })
        {
            for (int i = 0; i < row; i++)
            {
                modes[(part * row) + i] *= 0.2f / MathF.Sqrt(states);
            }
        }

        return modes;
    }

    /// <summary>A state among [batch, part, channel, state], by its number among [batch, channel, state].</summary>
    public Complex OfPlanes(Func<int, double> planes, int state)
    {
        int real = Place(state);
        return new(planes(real), planes(real + (_channels * _states)));
    }

    /// <summary>Where its real part lies.</summary>
    public int Place(int state) => state + (state / (_channels * _states) * _channels * _states);

    private static Complex[] Plus(Complex[] a, Complex[] b) => [.. a.Zip(b, static (x, y) => x + y)];

    private Complex Mode(int part, int i, int state)
    {
        int row = _channels * _states;
        int at = (i % _channels * _states) + state;
        return new Complex(modes((2 * part * row) + at), modes((((2 * part) + 1) * row) + at));
    }

    private Complex[] Step(Complex[] x, int i, int done)
    {
        double r = Sum(3, x, i);
        return [.. x.Select((value, state) =>
            (Mode(0, i, state) * value) - (Mode(1, i, state) * r) + (Mode(2, i, state) * Input(i, done)))];
    }

    private double Sum(int part, Complex[] x, int i) =>
        x.Select((value, state) => (Mode(part, i, state) * value).Real).Sum();

    private double Input(int i, int done) => shape.Impulse ? done == 0 ? 1 : 0 : u(At(i, done));

    /// <summary>Positions of a sample, by sample·channel.</summary>
    private int Own(int i) => shape.Lengths ? (int)lengths!(i / _channels) : _positions;

    private int At(int i, int done)
    {
        int position = shape.Reverse ? Own(i) - 1 - done : done;
        return ((((i / _channels) * _positions) + position) * _channels) + (i % _channels);
    }

    private bool GoesOn(int i, int done)
    {
        int border = shape.Reverse ? Own(i) - done : done;
        return !shape.Resets || border >= Own(i) || goesOn((i / _channels * _positions) + border);
    }
}
