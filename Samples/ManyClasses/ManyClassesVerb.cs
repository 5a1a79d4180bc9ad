using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.ManyClasses;

/// <summary>The verb <c>many-classes</c>: training steps over a million classes, with time and memory, beside those of a layer that
/// stores its scores.</summary>
internal static class ManyClassesVerb
{
    /// <summary>What the system itself and other programs are left.</summary>
    private const long Reserve = 1L << 30;

    private const float Rate = 0.1f;
    private const float Momentum = 0.9f;

    public static Command Command()
    {
        var shared = new SampleOptions(epochs: null);
        Option<int> classes = NumberOption.Count("--classes", "Classes of the margin softmax: 1000000 or 100000.", 1_000_000, 1);
        classes.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int value)
                && ClassHead.Margins.All(h => h.Classes != value))
            {
                result.AddError("--classes must be 1000000 or 100000: the number is part of the compiled model.");
            }
        });
        Option<int> steps = NumberOption.Count("--steps", "Steps that are timed, after a first one.", 5, 1);
        Option<int> batch = NumberOption.Count("--batch", "Samples of a step.", 64, 1, 4096);
        Option<bool> alone = new("--alone") { Description = "Leaves the layer that stores its scores out." };
        Command command = shared.AddTo(new Command("many-classes", "Trains a margin softmax over a million classes."));
        foreach (Option option in new Option[] { classes, steps, batch, alone })
        {
            command.Options.Add(option);
        }

        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console,
            shared.Read(result),
            ClassHead.Margins.Single(h => h.Classes == result.GetValue(classes)),
            result.GetValue(steps),
            result.GetValue(batch),
            result.GetValue(alone))));
        return command;
    }

    private static int Run(
        IAnsiConsole console, SampleArguments arguments, ClassHead head, int steps, int batch, bool alone)
    {
        if (!Fits(head, batch))
        {
            throw new NotSupportedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{head.Classes:N0} classes of {ClassHead.Width} features need {head.StepBytes(batch) / 1e9:F1} GB, and this machine "
                + $"has {AvailableBytes() / 1e9:F1} GB: take --classes 100000."));
        }

        HeadMeasurement margin = Measure(console, arguments, head, steps, batch);
        HeadMeasurement? scores = null;
        if (!alone && ClassHead.Perceptrons.FirstOrDefault(h => h.Classes <= head.Classes && Fits(h, batch)) is { } other)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            scores = Measure(console, arguments, other, steps, batch);
        }

        ResultFile.Write(arguments.Json, writer =>
        {
            writer.WriteString("device", arguments.Device.ToString());
            writer.WriteNumber("batch", batch);
            Write(writer, margin);
            if (scores is not null)
            {
                writer.WriteStartObject("scores");
                Write(writer, scores);
                writer.WriteEndObject();
            }
        });
        return 0;
    }

    /// <summary>Takes the steps, on embeddings that are new in each.</summary>
    private static HeadMeasurement Measure(
        IAnsiConsole console, SampleArguments arguments, ClassHead head, int steps, int batch)
    {
        long before = PeakBytes(current: true);
        IModel model = head.Create();
        model.Parameters.Initialize(arguments.Seed);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = new Sizes { ["b"] = batch },
            Optimizer = new Sgd(Rate) { Momentum = Momentum },
        });
        var random = new Random((int)arguments.Seed);
        var embeddings = new float[batch * ClassHead.Width];
        var identities = new int[batch];
        var times = new List<double>();
        float loss = 0;
        for (int step = 0; step <= steps; step++)
        {
            for (int i = 0; i < embeddings.Length; i++)
            {
                embeddings[i] = (random.NextSingle() * 2) - 1;
            }

            for (int i = 0; i < identities.Length; i++)
            {
                identities[i] = random.Next(head.Classes);
            }

            long start = Stopwatch.GetTimestamp();
            session.Begin(EntryPoint.Train, ("b", batch));
            session.Write(0, embeddings);
            session.Write(1, identities);
            session.Run();
            loss = session.ReadScalar();
            session.Optimizer!.Update(session);
            if (step > 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        times.Sort();

        // On an accelerator all memory of a step is the session's.
        bool isHost = arguments.Device.Name == "host";
        (long peak, before) = isHost ? (PeakBytes(current: false), before) : (session.MemoryBytes, 0);
        var found = new HeadMeasurement(head, peak, peak - before - head.NeededBytes, times[times.Count / 2], loss);
        console.WriteNote(
            $"{head.Name}, {head.Classes:N0} classes x {ClassHead.Width}, {batch} samples, {arguments.Device}: {found.Milliseconds:N0} ms a step, loss {loss:F3}");
        string what = isHost ? "peak memory" : "memory of the device";
        string others = isHost ? string.Create(CultureInfo.InvariantCulture, $", the program before {before / 1e6:N0} MB") : "";
        console.WriteNote(
            $"  {what} {found.PeakBytes / 1e6:N0} MB, of it rows and momentum {head.NeededBytes / 1e6:N0} MB{others}, extra {found.ExtraBytes / 1e6:N0} MB");
        return found;
    }

    private static void Write(Utf8JsonWriter writer, HeadMeasurement found)
    {
        writer.WriteNumber("classes", found.Head.Classes);
        writer.WriteNumber("extraBytes", found.ExtraBytes);
        writer.WriteNumber("peakBytes", found.PeakBytes);
        writer.WriteNumber("millisecondsPerStep", found.Milliseconds);
        writer.WriteNumber("loss", found.Loss);
    }

    private static bool Fits(ClassHead head, int batch) => head.StepBytes(batch) + Reserve <= AvailableBytes();

    private static long AvailableBytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static long PeakBytes(bool current)
    {
        using var process = Process.GetCurrentProcess();
        return current ? process.WorkingSet64 : process.PeakWorkingSet64;
    }

    /// <param name="Head">The layer.</param>
    /// <param name="PeakBytes">The most memory that the program has had so far.</param>
    /// <param name="ExtraBytes">The same without the program before, the rows and their momentum.</param>
    /// <param name="Milliseconds">The median of the steps.</param>
    /// <param name="Loss">The last loss.</param>
    private sealed record HeadMeasurement(
        ClassHead Head, long PeakBytes, long ExtraBytes, double Milliseconds, float Loss);
}
