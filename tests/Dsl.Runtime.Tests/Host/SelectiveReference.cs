using System;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A selective scan in doubles, state by state; operands are row-major.</summary>
internal sealed class SelectiveReference(int batch, int positions, int channels, int states)
{
    public required Func<int, double> U { get; init; }

    public required Func<int, double> Delta { get; init; }

    public required Func<int, double> A { get; init; }

    public required Func<int, double> B { get; init; }

    public required Func<int, double> C { get; init; }

    /// <summary>Of a sample and a position.</summary>
    public Func<int, bool> GoesOn { get; init; } = static _ => true;

    /// <summary>Of a state [batch, channel, state].</summary>
    public Func<int, double> Initial { get; init; } = static _ => 0;

    /// <summary>Extents and strides.</summary>
    public SelectiveScanShape Shape(bool resets) => new()
    {
        Batch = batch,
        Positions = positions,
        Channels = channels,
        States = states,
        Resets = resets,
        UBatch = positions * channels,
        UPosition = channels,
        DeltaBatch = positions * channels,
        DeltaPosition = channels,
        BBatch = positions * states,
        BPosition = states,
        CBatch = positions * states,
        CPosition = states,
        YBatch = positions * channels,
        YPosition = channels,
        OfUBatch = positions * channels,
        OfUPosition = channels,
        OfDeltaBatch = positions * channels,
        OfDeltaPosition = channels,
        OfBBatch = positions * states,
        OfBPosition = states,
        OfCBatch = positions * states,
        OfCPosition = states,
    };

    /// <summary>y, and the states at the end.</summary>
    public (double[] Y, double[] Last) Run()
    {
        var y = new double[batch * positions * channels];
        var last = new double[batch * channels * states];
        for (int i = 0; i < last.Length; i++)
        {
            double[] h = States(i);
            for (int t = 0; t < positions; t++)
            {
                y[At(i, t)] += C((Row(i, t) * states) + (i % states)) * h[t + 1];
            }

            last[i] = h[positions];
        }

        return (y, last);
    }

    /// <summary>The gradients of u, Δ, A, B and C.</summary>
    public double[][] Gradients(Func<int, double> y)
    {
        double[][] to =
        [
            new double[batch * positions * channels], new double[batch * positions * channels], new double[channels * states],
            new double[batch * positions * states], new double[batch * positions * states],
        ];
        for (int i = 0; i < batch * channels * states; i++)
        {
            double[] h = States(i);
            double back = 0;
            for (int t = positions - 1; t >= 0; t--)
            {
                (int at, int state, int mode) = (At(i, t), (Row(i, t) * states) + (i % states), i % (channels * states));
                double g = (C(state) * y(at)) + back;
                back = Factor(i, t) * g;
                to[0][at] += Delta(at) * g * B(state);
                to[1][at] += (back * h[t] * A(mode)) + (g * B(state) * U(at));
                to[2][mode] += back * h[t] * Delta(at);
                to[3][state] += g * Delta(at) * U(at);
                to[4][state] += y(at) * h[t + 1];
            }
        }

        return to;
    }

    private double[] States(int i)
    {
        var h = new double[positions + 1];
        h[0] = Initial(i);
        for (int t = 0; t < positions; t++)
        {
            h[t + 1] = (Factor(i, t) * h[t]) + (Delta(At(i, t)) * U(At(i, t)) * B((Row(i, t) * states) + (i % states)));
        }

        return h;
    }

    private double Factor(int i, int t) => GoesOn(Row(i, t)) ? Math.Exp(Delta(At(i, t)) * A(i % (channels * states))) : 0;

    private int Row(int i, int t) => (i / (channels * states) * positions) + t;

    private int At(int i, int t) => (Row(i, t) * channels) + (i % (channels * states) / states);
}
