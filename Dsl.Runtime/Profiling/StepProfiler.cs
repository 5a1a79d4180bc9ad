using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl.Profiling;

/// <summary>How a step is profiled.</summary>
public sealed record ProfileOptions
{
    /// <summary>For how long steps are timed, in seconds; as long again at most goes by before that, until kernels are
    /// compiled and caches are full. Five steps are timed in any case, and never more than two thousand.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double Seconds
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "'Seconds' must be finite and not negative.");
    } = 2;

    /// <summary>What the device can do at most; null: it is measured before and after, and the better counts.</summary>
    public Roofline? Roofline { get; init; }
}

/// <summary>Finds out where a step spends its time.</summary>
public static class StepProfiler
{
    /// <summary>
    /// Times every launch of a step: forward, backward and update of a session that trains, else inference; at the
    /// session's largest sizes, on random inputs (floats in 0 … 1, labels below their limit, whole sequences). Launches run one by one
    /// in the order of the step, so that each finds the caches as it does there; on a GPU the host waits for each, so
    /// that starting it counts.
    /// </summary>
    /// <remarks>
    /// The session, its optimiser and its model are afterwards what they were before, to the bit: the profile has
    /// launches and counters of its own, and all of the session's memory, which it works on, is copied to the host
    /// before and back afterwards. So training goes on with the same result, also after inputs were given or
    /// micro-batches were added up. It takes as much memory on the host as the session has.
    /// </remarks>
    /// <param name="session">The session; nobody else may use it meanwhile.</param>
    /// <param name="options">For how long; null: two seconds, and what the device can do is measured.</param>
    /// <exception cref="ArgumentNullException">There is no session.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    /// <exception cref="NotSupportedException">The session is one of several ranks, which would wait for each other.</exception>
    public static StepProfile Measure(ModelSession session, ProfileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Collectives is not null)
        {
            throw new NotSupportedException("A rank is not profiled alone: its launches wait for those of the other ranks.");
        }

        options ??= new ProfileOptions();
        LoadedProgram program = session.Duplicate(session.Optimizer is null ? EntryPoint.Forward : EntryPoint.Train);
        Roofline before = options.Roofline ?? Roofline.Measure(session.Device);
        var memory = new float[session.MemoryLength];
        session.Engine.Read(0, memory);
        try
        {
            (Launch[] launches, int update) = Launches(session, program);
            List<double[]> passes = StepTimer.Run(
                session.Engine, launches, new RandomInputs(program), options.Seconds);
            Roofline roofline = options.Roofline ?? Roofline.Measure(session.Device).OrBetter(before);
            return new StepProfile
            {
                Model = session.Model.Compiled.Name,
                Program = program.Program.Name,
                Sizes = string.Join(", ", program.Program.Symbols.Select(s => $"{s}={program.Maximum[s]}")),
                Device = session.Engine.Description,
                Roofline = roofline,
                Passes = passes.Count,
                Launches = Rows(session, program, launches, update, passes, roofline),
            };
        }
        finally
        {
            session.Engine.Write(0, memory);
        }
    }

    /// <summary>The program's launches, and from which on they are the optimiser's.</summary>
    private static (Launch[] Launches, int Update) Launches(ModelSession session, LoadedProgram program)
    {
        program.SetKey(RandomKey.Of(session.Seed, 0, 0));
        if (session.Optimizer is not { } optimizer)
        {
            program.Prepare(0);
            Launch[] launches = [.. program.Launches.Skip(program.Prepared)];
            return (launches, launches.Length);
        }

        // What the optimiser would write before its launches, with nothing to clip and the micro-batch a whole step.
        float[] hyper = optimizer.NewScalars();
        (hyper[Hyper.Clip], hyper[Hyper.Share]) = (1f, 1f);
        optimizer.WriteScalars(hyper);
        session.Engine.Write(session.HyperBase, hyper);
        return ([.. program.Launches, .. optimizer.StepLaunches(new SessionMemory(session))], program.Launches.Count);
    }

    private static LaunchProfile[] Rows(
        ModelSession session,
        LoadedProgram program,
        Launch[] launches,
        int update,
        List<double[]> passes,
        Roofline roofline)
    {
        var lengths = new BufferLengths(program, session.Model.Parameters);
        var origins = new LaunchOrigins(program.Program, session.Model.Parameters.Select(static p => p.Name));
        double[] quartiles = [.. launches.Select((_, i) => Quartile(passes, p => p[i + 1] - p[i]))];
        double all = quartiles.Sum();
        double typical = Quartile(passes, static p => p[^1] - p[0]);
        double[] shown = passes.First(p => p[^1] - p[0] == typical);
        var rows = new LaunchProfile[launches.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            LaunchReport report = LaunchReport.Of(launches[i], lengths.Of);
            (string layer, StepPhase phase) = i < update
                ? origins.Of(launches[i].Kernel, report.Flops > 0)
                : (session.Optimizer!.GetType().Name, StepPhase.Update);
            rows[i] = new LaunchProfile
            {
                Name = launches[i].Kernel.Name,
                Layer = layer,
                Phase = phase,
                Skeleton = report.Skeleton,
                Extents = report.Extents,
                Flops = report.Flops,
                Bytes = report.Bytes,
                Microseconds = quartiles[i] * 1e6,
                Share = all > 0 ? quartiles[i] / all : 0,
                RoofMicroseconds = roofline.Microseconds(report.Flops, report.Bytes),
                TraceStart = (shown[i] - shown[0]) * 1e6,
                TraceMicroseconds = (shown[i + 1] - shown[i]) * 1e6,
            };
        }

        return rows;
    }

    /// <summary>The lower quartile: somebody else on the machine only ever adds.</summary>
    private static double Quartile(List<double[]> passes, Func<double[], double> time) =>
        passes.Select(time).Order().ElementAt(passes.Count / 4);
}

/// <summary>Runs steps launch by launch and reads the clock in between.</summary>
internal static class StepTimer
{
    private const int FewestPasses = 5;
    private const int MostPasses = 2000;
    private const int WarmUp = 30;

    /// <returns>For every step when each of its launches began, and when the last one ended, in seconds.</returns>
    public static List<double[]> Run(Engine engine, Launch[] launches, RandomInputs inputs, double seconds)
    {
        object[] loaded = Array.ConvertAll(launches, launch => engine.Load([launch]));
        engine.Build();
        double[] Pass()
        {
            inputs.Write(engine);
            engine.Synchronize();
            var times = new double[loaded.Length + 1];
            times[0] = StepClock.Seconds(engine.Threads);
            for (int i = 0; i < loaded.Length; i++)
            {
                engine.Run(loaded[i]);
                engine.Synchronize();
                times[i + 1] = StepClock.Seconds(engine.Threads);
            }

            return times;
        }

        long since = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUp && (i == 0 || Stopwatch.GetElapsedTime(since).TotalSeconds < seconds); i++)
        {
            Pass();
        }

        var passes = new List<double[]>();
        since = Stopwatch.GetTimestamp();
        while (passes.Count < MostPasses
            && (passes.Count < FewestPasses || Stopwatch.GetElapsedTime(since).TotalSeconds < seconds))
        {
            passes.Add(Pass());
        }

        return passes;
    }
}
