using System;
using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A linear recurrence in doubles; operands are row-major.</summary>
internal static class LinearReference
{
    /// <summary>Extents and strides.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="positions">Positions of a sample.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="complex">Whether numbers are complex.</param>
    /// <param name="adjoint">Whether it is the adjoint scan.</param>
    /// <param name="constant">Whether a channel has one factor at all positions.</param>
    public static LinearScanShape Shape(int batch, int positions, int channels, bool complex, bool adjoint, bool constant = false)
    {
        int width = channels * (complex ? 2 : 1);
        return new()
        {
            Batch = batch,
            Positions = positions,
            Channels = channels,
            Complex = complex,
            Adjoint = adjoint,
            ABatch = constant ? 0 : positions * width,
            APosition = constant ? 0 : width,
            XBatch = positions * width,
            XPosition = width,
            YBatch = positions * width,
            YPosition = width,
        };
    }

    /// <summary>The names of a kernel's buffers.</summary>
    public static string[] Names(bool hasState) => ["a", "x", "y", .. hasState ? (string[])["state"] : []];

    /// <summary>The result.</summary>
    /// <param name="shape">Channels, and which recurrence.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="positions">Positions of a sample.</param>
    /// <param name="a">Factors.</param>
    /// <param name="x">Inputs.</param>
    /// <param name="state">What the first position begins with, replaced by what the last leaves; null for nothing.</param>
    public static double[] Of(
        LinearScanShape shape, int batch, int positions, Func<int, double> a, Func<int, double> x, double[]? state = null)
    {
        int channels = shape.Channels, width = channels * (shape.Complex ? 2 : 1);
        var result = new double[batch * positions * width];
        for (int row = 0; row < batch * channels; row++)
        {
            (int sample, int channel) = Math.DivRem(row, channels);
            int kept = (sample * width) + channel;
            Complex carried = state is null ? 0 : new Complex(state[kept], shape.Complex ? state[kept + channels] : 0);
            for (int done = 0; done < positions; done++)
            {
                int t = shape.Adjoint ? positions - 1 - done : done;
                int at = (((sample * positions) + t) * width) + channel;
                Complex factor = Number(a, shape.APosition.Equals(0) ? channel : at), now;
                if (shape.Adjoint)
                {
                    now = carried + Number(x, at);
                    carried = Complex.Conjugate(factor) * now;
                }
                else
                {
                    now = carried = (factor * carried) + Number(x, at);
                }

                result[at] = now.Real;
                if (shape.Complex)
                {
                    result[at + channels] = now.Imaginary;
                }
            }

            if (state is not null)
            {
                state[kept] = carried.Real;
                if (shape.Complex)
                {
                    state[kept + channels] = carried.Imaginary;
                }
            }
        }

        return result;

        Complex Number(Func<int, double> of, int at) => new(of(at), shape.Complex ? of(at + channels) : 0);
    }
}
