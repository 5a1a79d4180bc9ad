using System;
using Dsl.Kernels;
using Dsl.StateSpaces;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A HiPPO memory in doubles, by the matrices of every step; operands are row-major.</summary>
internal sealed class HippoReference(HippoScanShape shape, int batch, int positions)
{
    private readonly HippoSystem _legs = HippoSystem.Of(HippoMeasure.LegS, shape.Order);

    /// <summary>Extents and strides.</summary>
    public static HippoScanShape Shape(
        int batch, int positions, int channels, int order, bool scaled, bool transposed, bool resets) => new()
    {
        Batch = batch,
        Positions = positions,
        Channels = channels,
        Order = order,
        Scaled = scaled,
        Transposed = transposed,
        Resets = resets,
        UBatch = positions * channels,
        UPosition = channels,
        YBatch = positions * channels * order,
        YPosition = channels * order,
    };

    /// <summary>The names of a kernel's buffers.</summary>
    public static string[] Names(HippoScanShape shape, bool hasState) =>
    [
        "x", .. shape.Scaled ? (string[])[] : ["transition"], "y", .. shape.Starts ? (string[])["start"] : [],
        .. shape.Resets ? (string[])["on"] : [],
        .. hasState ? (string[])["state"] : [],
    ];

    /// <summary>Both maps of all positions.</summary>
    /// <param name="x">The operand.</param>
    /// <param name="transition">Rows of Ā with B̄ behind each; nothing is read of it when scaled.</param>
    /// <param name="goesOn">Of a sample and a position.</param>
    /// <param name="state">[batch, channel, order + 1], replaced by the last ones; null when there is none. Of the
    /// transposed map only the numbers of positions count, and it is replaced by what is left before the first
    /// position, with 0 for a number.</param>
    public double[] Of(Func<int, double> x, Func<int, double> transition, Func<int, int, bool> goesOn, double[]? state = null)
    {
        (int channels, int order) = (shape.Channels, shape.Order);
        var result = new double[batch * positions * channels * (shape.Transposed ? 1 : order)];
        for (int row = 0; row < batch * channels; row++)
        {
            (int sample, int channel) = Math.DivRem(row, channels);
            var ages = new int[positions];
            int count = state is null ? 0 : (int)state[(row * (order + 1)) + order];
            for (int t = 0; t < positions; t++)
            {
                ages[t] = count = goesOn(sample, t) ? count + 1 : 1;
            }

            var c = new double[order];
            for (int k = 0; k < order && state is not null && !shape.Transposed; k++)
            {
                c[k] = state[(row * (order + 1)) + k];
            }

            for (int done = 0; done < positions; done++)
            {
                int t = shape.Transposed ? positions - 1 - done : done;
                int value = (((sample * positions) + t) * channels) + channel;
                double[] turn = Turn(ages[t], transition);
                var next = new double[order];
                double given = 0;
                for (int i = 0; i < order; i++)
                {
                    bool begins = !shape.Transposed && !goesOn(sample, t);
                    c[i] = (begins ? 0 : c[i]) + (shape.Transposed ? x((value * order) + i) : 0);
                }

                for (int i = 0; i < order; i++)
                {
                    for (int j = 0; j < order; j++)
                    {
                        double a = turn[(i * (order + 1)) + j];
                        next[shape.Transposed ? j : i] += a * c[shape.Transposed ? i : j];
                    }

                    double b = turn[(i * (order + 1)) + order];
                    given += b * c[i];
                    next[i] += shape.Transposed ? 0 : b * x(value);
                }

                c = shape.Transposed && !goesOn(sample, t) ? new double[order] : next;
                if (shape.Transposed)
                {
                    result[value] = given;
                }
                else
                {
                    c.CopyTo(result, value * order);
                }
            }

            for (int k = 0; k < order && state is not null; k++)
            {
                state[(row * (order + 1)) + k] = c[k];
            }

            if (state is not null && shape.Scaled)
            {
                state[(row * (order + 1)) + order] = shape.Transposed ? 0 : count;
            }
        }

        return result;
    }

    private double[] Turn(int age, Func<int, double> transition)
    {
        if (shape.Scaled)
        {
            return _legs.Transition(1.0 / age, Discretization.Bilinear);
        }

        var rows = new double[shape.Order * (shape.Order + 1)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = transition(i);
        }

        return rows;
    }
}
