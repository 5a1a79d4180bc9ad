using System;
using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Diagonal scans that take states instead of u, or give them instead of y, in double; states are [batch,
/// part, channel, state].</summary>
internal sealed class DiagonalStatesReference(
    DiagonalScanShape shape, Func<int, Complex> pole, Func<int, bool> goesOn, Func<int, double> lengths)
{
    private readonly int _positions = shape.Positions.Constant;
    private readonly int _modes = shape.Channels * shape.States;

    /// <summary>y of states, by its elements.</summary>
    public double[] From(Func<int, double> start)
    {
        var y = new double[shape.Batch.Constant * _positions * shape.Channels];
        Sequences((sample, mode) =>
        {
            int real = (2 * sample * _modes) + mode;
            var x = new Complex(start(real), start(real + _modes));
            for (int done = 0; done < Own(sample); done++)
            {
                x = GoesOn(sample, done) ? x : 0;
                y[At(sample, done, mode)] += x.Real;
                x *= pole(mode);
            }
        });
        return y;
    }

    /// <summary>The last states of u.</summary>
    public double[] To(Func<int, double> u)
    {
        var states = new double[2 * shape.Batch.Constant * _modes];
        Sequences((sample, mode) =>
        {
            Complex x = 0;
            for (int done = 0; done < Own(sample); done++)
            {
                x = (GoesOn(sample, done) ? pole(mode) * x : 0) + u(At(sample, done, mode));
            }

            int real = (2 * sample * _modes) + mode;
            (states[real], states[real + _modes]) = (x.Real, x.Imaginary);
        });
        return states;
    }

    /// <summary>Row-major operands.</summary>
    public static DiagonalScanShape Shape(
        int batch, int positions, int channels, int states, bool toStates, bool reverse, bool resets,
        bool lengths = false) =>
        ScanReference.DiagonalShape(batch, positions, channels, states, reverse, resets) with
        {
            FromStates = !toStates,
            ToStates = toStates,
            Lengths = lengths,
        };

    private int Own(int sample) => shape.Lengths ? (int)lengths(sample) : _positions;

    private void Sequences(Action<int, int> each)
    {
        for (int i = 0; i < shape.Batch.Constant * _modes; i++)
        {
            each(i / _modes, i % _modes);
        }
    }

    private int At(int sample, int done, int mode)
    {
        int position = shape.Reverse ? Own(sample) - 1 - done : done;
        return (((sample * _positions) + position) * shape.Channels) + (mode / shape.States);
    }

    private bool GoesOn(int sample, int done) => done == 0 || !shape.Resets
        || goesOn((sample * _positions) + (shape.Reverse ? Own(sample) - done : done));
}
