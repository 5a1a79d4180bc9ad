using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Sessions;

namespace Samples.Scaling;

/// <summary>What one position costs a session that takes them one by one.</summary>
/// <param name="Position">How many positions the session has seen with it, and has room for.</param>
/// <param name="Microseconds">The median of the positions up to it.</param>
/// <param name="KeptBytes">What the session remembers.</param>
internal readonly record struct PositionCost(int Position, double Microseconds, long KeptBytes);

/// <summary>The costs of a layer that has <c>Step</c>.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Costs">Rising positions.</param>
internal sealed record PositionCosts(string Name, IReadOnlyList<PositionCost> Costs)
{
    private const int FewestTimed = 20;
    private const int MostTimed = 200;

    private static readonly int[] s_positions = [100, 1000, 10_000];

    /// <summary>The positions within the longest sequence.</summary>
    public static IEnumerable<int> Positions(int longest) => s_positions.Where(p => p <= longest);

    /// <summary>Measures a layer.</summary>
    /// <returns>Null for a layer without <c>Step</c>.</returns>
    public static PositionCosts? Measure(ScalingLayer layer, ScalingArguments arguments)
    {
        IModel model = layer.Make();
        if (model.Compiled.Step is null)
        {
            return null;
        }

        model.Parameters.Initialize(1);
        return new(layer.Name, [.. Positions(arguments.Longest).Select(p => Measure(model, p, arguments.Device))]);
    }

    private static PositionCost Measure(IModel model, int position, Device device)
    {
        using ModelSession session = model.NewSession(
            new SessionOptions { Device = device, Sizes = new Sizes { ["b"] = 1, ["n"] = position } });
        var clock = new ScalingClock(device);
        float[] values = ScalingCurve.Inputs(position);
        var result = new float[ScalingLayer.Width];
        int timed = Math.Clamp(position / 10, FewestTimed, MostTimed);
        var times = new List<double>(timed);
        for (int t = 0; t < position; t++)
        {
            session.Begin(EntryPoint.Step, ("b", 1));
            session.Write(0, values.AsSpan(t * ScalingLayer.Width, ScalingLayer.Width));
            double seconds = clock.Seconds(() =>
            {
                session.Run();
                session.Read(0, result);
            });
            if (t >= position - timed)
            {
                times.Add(seconds);
            }
        }

        return new(position, 1e6 * times.Order().ElementAt(times.Count / 2), session.KeptBytes);
    }
}
