using System;
using System.Collections.Generic;
using Dsl;
using Dsl.StateSpaces;

namespace Samples.Hippo;

/// <summary>A signal, and what a memory tells of it at a moment.</summary>
/// <param name="Measure">The memory's measure.</param>
/// <param name="Time">The moment.</param>
/// <param name="Times">Moments before it, from the first that the memory covers.</param>
/// <param name="Signal">What the signal was then.</param>
/// <param name="Told">What the memory tells.</param>
internal sealed record HippoCurve(HippoMeasure Measure, double Time, double[] Times, double[] Signal, double[] Told)
{
    /// <summary>The length of windows, in units of the whole time; the unit of <see cref="HippoMeasure.LagT"/> is a tenth.</summary>
    private const double Window = 0.25;
    private const double Unit = 0.1;
    private const int Points = 400;

    /// <summary>Moments at which memories are asked, in parts of the whole time.</summary>
    public static IReadOnlyList<double> Moments { get; } = [0.3, 0.65, 1];

    /// <summary>The root of the mean squared difference.</summary>
    public double Error
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Times.Length; i++)
            {
                sum += (Signal[i] - Told[i]) * (Signal[i] - Told[i]);
            }

            return Math.Sqrt(sum / Times.Length);
        }
    }

    /// <summary>The signal that is remembered, over a time of 1.</summary>
    public static double SignalAt(double time) =>
        Math.Sin(2 * Math.PI * 1.3 * time) + (0.5 * Math.Cos(2 * Math.PI * 3.1 * time)) + (0.3 * time);

    /// <summary>Lets a memory of each measure listen to the signal, and asks it at each moment.</summary>
    /// <param name="order">Coefficients of each memory, even.</param>
    /// <param name="steps">Values of the signal.</param>
    public static IReadOnlyList<HippoCurve> All(int order, int steps)
    {
        var curves = new List<HippoCurve>();
        foreach (HippoMeasure measure in Enum.GetValues<HippoMeasure>())
        {
            double unit = measure == HippoMeasure.LagT ? Unit : 1;
            var memory = new HippoMemory(measure, order, 1.0 / steps / unit, Window);
            for (int step = 1; step <= steps; step++)
            {
                memory.Add(SignalAt(step / (double)steps));
                foreach (double moment in Moments)
                {
                    if (step == (int)Math.Round(moment * steps))
                    {
                        curves.Add(Ask(memory, step / (double)steps, unit));
                    }
                }
            }
        }

        return curves;
    }

    private static HippoCurve Ask(HippoMemory memory, double time, double unit)
    {
        double span = memory.Measure switch
        {
            HippoMeasure.LegS => time,
            HippoMeasure.LagT => Math.Min(time, 2 * unit),
            _ => Math.Min(time, Window),
        };
        var (times, signal, told) = (new double[Points], new double[Points], new double[Points]);
        for (int i = 0; i < Points; i++)
        {
            double age = span * (1 - ((i + 0.5) / Points));
            times[i] = time - age;
            signal[i] = SignalAt(times[i]);
            told[i] = memory.Reconstruct(age / unit);
        }

        return new HippoCurve(memory.Measure, time, times, signal, told);
    }
}
