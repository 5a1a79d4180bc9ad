using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Dsl;
using Dsl.Sessions;

namespace Samples.Scaling;

/// <summary>What one position costs a session that takes them one by one.</summary>
/// <param name="Position">How many positions the session has seen with it, and has room for.</param>
/// <param name="Microseconds">The median of groups of positions up to it, with what is written and read.</param>
/// <param name="KeptBytes">What the session remembers.</param>
internal readonly record struct PositionCost(int Position, double Microseconds, long KeptBytes);

/// <summary>The costs of a layer that has <c>Step</c>.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Costs">Rising positions.</param>
internal sealed record PositionCosts(string Name, IReadOnlyList<PositionCost> Costs)
{
    /// <summary>Positions that are timed together: the clock of a processor counts microseconds.</summary>
    private const int Group = 10;

    private const int FewestTimed = 50;
    private const int MostTimed = 500;

    private const double WarmUpSeconds = 0.3;

    private static readonly int[] s_positions = [100, 1000, 10_000, 100_000];

    /// <summary>Where a layer that keeps something for each position ends: getting there takes time with the square of
    /// it.</summary>
    private const int LastWithRows = 10_000;

    /// <summary>The positions within twice the longest sequence.</summary>
    public static IEnumerable<int> Positions(int longest) => s_positions.Where(p => p <= 2 * longest);

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
        bool keepsRows = model.Compiled.Step.Symbols.Contains(model.Compiled.Positions);
        int[] positions = [.. Positions(arguments.Longest).Where(p => !keepsRows || p <= LastWithRows)];

        // What is compiled while it runs is optimised after a while; later sessions run the same code.
        long since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since).TotalSeconds < WarmUpSeconds)
        {
            Measure(model, positions[0], arguments.Device);
        }

        return new(layer.Name, [.. positions.Select(p => Measure(model, p, arguments.Device))]);
    }

    private static PositionCost Measure(IModel model, int position, Device device)
    {
        using ModelSession session = model.NewSession(
            new SessionOptions { Device = device, Sizes = new Sizes { ["b"] = 1, ["n"] = position } });
        var clock = new ScalingClock(device);
        float[] values = ScalingCurve.Inputs(position);
        var result = new float[ScalingLayer.Width];
        void Take(int first, int count)
        {
            for (int t = first; t < first + count; t++)
            {
                session.Begin(EntryPoint.Step, ("b", 1));
                session.Write(0, values.AsSpan(t * ScalingLayer.Width, ScalingLayer.Width));
                session.Run();
                session.Read(0, result);
            }
        }

        int timed = Math.Clamp(position / 10, FewestTimed, MostTimed);
        Take(0, position - timed);
        var times = new List<double>(timed / Group);
        for (int t = position - timed; t < position; t += Group)
        {
            times.Add(clock.Seconds(() => Take(t, Group)) / Group);
        }

        return new(position, 1e6 * times.Order().ElementAt(times.Count / 2), session.KeptBytes);
    }
}
