using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Dsl;
using Dsl.Sessions;

namespace Samples.Scaling;

/// <summary>One length of a curve.</summary>
/// <param name="Length">Positions.</param>
/// <param name="Milliseconds">Of a training step: forward and backward.</param>
/// <param name="Bytes">Of the session: parameters, gradients, arena.</param>
internal readonly record struct ScalingPoint(int Length, double Milliseconds, long Bytes);

/// <summary>Time and memory of a layer's training step at lengths that double.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Points">Rising lengths.</param>
/// <param name="Stop">The length that was left out, and the milliseconds that a step of it would take; null when none
/// was.</param>
internal sealed record ScalingCurve(
    string Name, IReadOnlyList<ScalingPoint> Points, (int Length, double Milliseconds)? Stop)
{
    /// <summary>The first length.</summary>
    public const int Shortest = 512;

    /// <summary>From this length on what does not depend on it is small.</summary>
    private const int FittedFrom = 4096;

    private const int FewestFitted = 3;

    private const int FewestSteps = 3;

    /// <summary>The power of the length that time grows with; null for fewer than two lengths.</summary>
    public double? Slope => Fit(static p => p.Milliseconds);

    /// <summary>The power of the length that memory grows with; null for fewer than two lengths.</summary>
    public double? MemorySlope => Fit(static p => p.Bytes);

    /// <summary>The lengths that fit.</summary>
    public static IEnumerable<int> Lengths(int longest)
    {
        for (long n = Shortest; n <= longest; n *= 2)
        {
            yield return (int)n;
        }
    }

    /// <summary>Measures a layer until the lengths end or a step takes too long.</summary>
    public static ScalingCurve Measure(ScalingLayer layer, ScalingArguments arguments)
    {
        var points = new List<ScalingPoint>();
        foreach (int length in Lengths(arguments.Longest))
        {
            if (points is [.., var before, var last])
            {
                double expected = last.Milliseconds * last.Milliseconds / before.Milliseconds;
                if (expected > 1000 * arguments.Limit)
                {
                    return new(layer.Name, points, (length, expected));
                }
            }

            points.Add(Measure(layer, length, arguments));
        }

        return new(layer.Name, points, null);
    }

    private static ScalingPoint Measure(ScalingLayer layer, int length, ScalingArguments arguments)
    {
        IModel model = layer.Make();
        model.Parameters.Initialize(1);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = new Sizes { ["b"] = 1, ["n"] = length },
            Optimizer = new Sgd(0f),
        });
        var clock = new ScalingClock(arguments.Device);
        float[] values = Inputs(length);
        double Step()
        {
            session.Begin(EntryPoint.Train, ("b", 1), ("n", length));
            session.Write(0, values);
            return clock.Seconds(() =>
            {
                session.Run();
                session.ReadScalar();
            });
        }

        // The first step compiles kernels and is the first to touch the memory.
        Step();
        var times = new List<double>();
        long since = Stopwatch.GetTimestamp();
        while (times.Count < FewestSteps || Stopwatch.GetElapsedTime(since).TotalSeconds < arguments.Seconds)
        {
            times.Add(Step());
        }

        // The lower quartile: somebody else on the machine only ever adds. What steps by position keep is not of
        // training.
        double time = times.Order().ElementAt(times.Count / 4);
        return new(length, 1000 * time, session.MemoryBytes - session.KeptBytes);
    }

    /// <summary>Numbers with mean 0 and variance 1.</summary>
    internal static float[] Inputs(int positions)
    {
        var random = new Random(1);
        var values = new float[positions * ScalingLayer.Width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sqrt(3) * ((2 * random.NextSingle()) - 1);
        }

        return values;
    }

    /// <summary>Least squares of log value against log length.</summary>
    private double? Fit(Func<ScalingPoint, double> value)
    {
        ScalingPoint[] fitted = [.. Points.Where(static p => p.Length >= FittedFrom)];
        fitted = fitted.Length >= FewestFitted ? fitted : [.. Points.TakeLast(FewestFitted)];
        if (fitted.Length < 2)
        {
            return null;
        }

        double x = fitted.Average(static p => Math.Log(p.Length));
        double y = fitted.Average(p => Math.Log(value(p)));
        return fitted.Sum(p => (Math.Log(p.Length) - x) * (Math.Log(value(p)) - y))
            / fitted.Sum(p => (Math.Log(p.Length) - x) * (Math.Log(p.Length) - x));
    }
}
