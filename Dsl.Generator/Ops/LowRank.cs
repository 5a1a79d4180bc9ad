using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Dsl.Generator.Graphs;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>What the ops of scans with a part of rank one have in common, and their meaning in doubles.</summary>
internal sealed class LowRank
{
    private readonly Complex[][] _modes;
    private readonly int _batch;
    private readonly int _positions;
    private readonly int _channels;
    private readonly int _states;
    private readonly bool _reverse;
    private readonly NdArray? _goesOn;
    private readonly NdArray? _lengths;

    /// <summary>Of modes [10, h, m] over sequences of <paramref name="shape"/> [b, n, h].</summary>
    public LowRank(
        NdArray modes, IReadOnlyList<int> shape, bool reverse, NdArray? goesOn, NdArray? lengths = null)
    {
        (_batch, _positions, _channels, _states) = (shape[0], shape[1], shape[2], modes.Shape[2]);
        (_reverse, _goesOn, _lengths) = (reverse, goesOn, lengths);
        int row = _channels * _states;
        _modes = Enumerable.Range(0, LowRankParts.Rows / 2).Select(part => Enumerable.Range(0, row).Select(i =>
            new Complex(modes.Data[(2 * part * row) + i],
                modes.Data[(((2 * part) + 1) * row) + i])).ToArray()).ToArray();
    }

    /// <summary>Requires modes [10, h, m] of constant extents that the skeleton has room for.</summary>
    public static void ExpectModes(Op op, Node modes)
    {
        Expect.Rank(op, modes, 3);
        Expect.Shape(op, modes, LowRankParts.Rows, modes.Shape[1], modes.Shape[2]);
        Expect.That(
            modes.Shape[1].IsConstant && modes.Shape[2].IsConstant
            && modes.Shape[2].Constant <= LowRankParts.MostStates,
            op, $"expects constant channels, and up to {LowRankParts.MostStates} states");
    }

    /// <summary>The modes among the operands.</summary>
    public static Node ModesOf(Op op, IReadOnlyList<Node> inputs) =>
        inputs[op is LowRankResponseOp or LowRankGradientOp { Impulse: true } ? 0 : 1];

    /// <summary>Those of the transposed recurrence: w and b, and q and p, change places.</summary>
    public static Node Transposed(Graph graph, Node modes)
    {
        Node Part(int part) => graph.Slice(modes, 0, 2 * part, 2);
        return graph.Concat(0, Part(0), Part(3), Part(4), Part(1), Part(2));
    }

    /// <summary>Adds what the states give.</summary>
    /// <param name="u">Of an element.</param>
    /// <param name="y">Where to; null: only the last states are wanted.</param>
    /// <param name="start">States that the first position begins with; null: zeros.</param>
    /// <param name="last">Where the last ones go.</param>
    public void Forward(Func<int, double> u, double[]? y, NdArray? start = null, NdArray? last = null) =>
        Sequences((at, goesOn, channel, sample) =>
        {
            Complex[] x = Read(start, sample, channel);
            for (int done = 0; done < Own(sample); done++)
            {
                x = done == 0 ? Plus(x, Step(new Complex[_states], u(at(0)), channel))
                    : Step(goesOn(done) ? x : new Complex[_states], u(at(done)), channel);
                if (y is not null)
                {
                    y[at(done)] += Sum(4, x, channel);
                }
            }

            for (int state = 0; last is not null && state < _states; state++)
            {
                int real = Place(sample, channel, state);
                (last.Data[real], last.Data[real + (_channels * _states)]) = (x[state].Real, x[state].Imaginary);
            }
        });

    /// <summary>Adds the gradients of the modes, [10, h, m].</summary>
    /// <param name="u">Of an element.</param>
    /// <param name="y">The gradient of the result.</param>
    /// <param name="gradients">Where to.</param>
    /// <param name="start">States that the first position begins with; null: zeros.</param>
    /// <param name="last">The conjugate of the gradient by the last states; null: zeros.</param>
    public void Backward(
        Func<int, double> u, double[] y, double[] gradients, NdArray? start = null, NdArray? last = null) =>
        Sequences((at, goesOn, channel, sample) =>
        {
            Complex[] first = Read(start, sample, channel);
            Complex[] Next(int done, Complex[] from) => done == 0
                ? Plus(first, Step(from, u(at(0)), channel)) : Step(from, u(at(done)), channel);
            int positions = Own(sample);
            var before = new Complex[positions][];
            var x = new Complex[_states];
            for (int done = 0; done < positions; done++)
            {
                before[done] = done > 0 && goesOn(done) ? x : new Complex[_states];
                x = Next(done, before[done]);
            }

            // h is the conjugate of the gradient by x, so that all products are plain.
            var back = new Complex[_states];
            double rho = 0;
            for (int done = positions - 1; done >= 0; done--)
            {
                (double input, double gradient) = (u(at(done)), y[at(done)]);
                double r = Sum(3, before[done], channel);
                Complex[] after = Next(done, before[done]);
                double goes = done + 1 < positions && goesOn(done + 1) ? 1 : 0;
                Complex[] next = back;
                double nextRho = rho;
                back = Each((mode, state) =>
                    (_modes[4][mode] * gradient)
                        + (goes * ((_modes[0][mode] * next[state]) + (_modes[3][mode] * nextRho))), channel);
                back = done + 1 == positions ? Plus(back, Read(last, sample, channel)) : back;
                rho = -Sum(1, back, channel);
                for (int state = 0; state < _states; state++)
                {
                    int mode = (channel * _states) + state;
                    Add(0, mode, back[state] * before[done][state]);
                    Add(1, mode, -back[state] * r);
                    Add(2, mode, back[state] * input);
                    Add(3, mode, rho * before[done][state]);
                    Add(4, mode, gradient * after[state]);
                }
            }

            // Re(a·z) has the gradients Re(a) and -Im(a).
            void Add(int part, int mode, Complex a)
            {
                int row = _channels * _states;
                gradients[(2 * part * row) + mode] += a.Real;
                gradients[(((2 * part) + 1) * row) + mode] -= a.Imaginary;
            }
        });

    private int Own(int sample) => ScanStates.Own(_lengths, sample, _positions);

    private int Place(int sample, int channel, int state) => (((sample * 2 * _channels) + channel) * _states) + state;

    /// <summary>The states of a channel among [b, 2, h, m], or zeros.</summary>
    private Complex[] Read(NdArray? states, int sample, int channel) => Enumerable.Range(0, _states).Select(state =>
    {
        int real = Place(sample, channel, state);
        int imaginary = real + (_channels * _states);
        return states is null ? Complex.Zero : new Complex(states.Data[real], states.Data[imaginary]);
    }).ToArray();

    private static Complex[] Plus(Complex[] a, Complex[] b) => a.Zip(b, static (x, y) => x + y).ToArray();

    private Complex[] Step(Complex[] x, double u, int channel)
    {
        double r = Sum(3, x, channel);
        return Each((mode, state) => (_modes[0][mode] * x[state]) - (_modes[1][mode] * r)
            + (_modes[2][mode] * u), channel);
    }

    private Complex[] Each(Func<int, int, Complex> value, int channel) =>
        Enumerable.Range(0, _states).Select(state => value((channel * _states) + state, state)).ToArray();

    private double Sum(int part, Complex[] x, int channel) =>
        x.Select((value, state) => (_modes[part][(channel * _states) + state] * value).Real).Sum();

    /// <summary>Calls for each channel of each sample with what gives the element of a number of positions done, with
    /// what says whether states go on there, with the channel and with the sample.</summary>
    private void Sequences(Action<Func<int, int>, Func<int, bool>, int, int> each)
    {
        for (int i = 0; i < _batch * _channels; i++)
        {
            (int row, int channel) = (i / _channels * _positions, i % _channels);
            int own = Own(i / _channels);
            int Position(int done) => _reverse ? own - 1 - done : done;

            // In reverse a border lies behind the position that comes next: it is that of the one before.
            bool GoesOn(int done) => done == 0 || _goesOn is null
                || _goesOn.Data[row + Position(done) + (_reverse ? 1 : 0)] != 0;
            each(done => ((row + Position(done)) * _channels) + channel, GoesOn, channel, i / _channels);
        }
    }
}
