using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dsl;
using Dsl.Data;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Language;

/// <summary>The verb <c>language</c>: trains a model to tell the next character of a text, and lets it write.</summary>
internal static class LanguageSample
{
    /// <summary>Without a terminal, loss is a line after so many steps.</summary>
    private const int LinesEvery = 50;

    /// <summary>Characters of an epoch of windows at most: two arrays of 32 MB.</summary>
    private const int MostCharacters = 8_000_000;

    /// <summary>Characters of the prompt when none is given.</summary>
    private const int PromptLength = 64;

    public static Command Command()
    {
        var options = new LanguageOptions();
        Command command = options.AddTo(
            new Command("language", "Trains a model to tell the next character of a text, and lets it write."));
        command.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return command;
    }

    private static int Run(IAnsiConsole console, LanguageArguments arguments)
    {
        (SampleArguments shared, int batch, int context) = (arguments.Shared, arguments.Batch, arguments.Context);

        // Everything is read before training, so that a missing file costs nothing.
        CharacterText text = CharacterText.Read(shared.Data?.FullName);
        Dataset test = text.TestWindows(context);
        console.WriteNote($"{text.Train.Length:N0} characters train, {text.Test.Length:N0} test");
        if (text.Replaced > 0)
        {
            console.WriteNote($"{text.Replaced:N0} characters from 128 on became '?'");
        }

        LanguageModel chosen = LanguageModels.All[arguments.Model];
        console.WriteTable(chosen.Summary);
        IModel model = chosen.Make();
        int wanted = arguments.Minutes > 0 ? StepsIn(console, arguments, chosen.Make()) : arguments.Steps;
        (int epochs, int stepsOfEpoch) = Epochs(wanted, batch, context);
        Dataset train = text.TrainingWindows(stepsOfEpoch * batch, context, shared.Seed);
        model.Parameters.Initialize(shared.Seed);
        int steps = epochs * stepsOfEpoch;
        using ModelSession session = Open(model, arguments, Optimizer(arguments.Rate, steps));
        console.WriteNote($"{shared.Device}: arena {session.ArenaBytes:N0} bytes; {steps:N0} steps of {batch} windows");
        var trainer = new Trainer(session, train, null, new TrainerOptions
        {
            Epochs = epochs,
            BatchSize = batch,
            Seed = shared.Seed,
            CheckpointPath = arguments.Checkpoint?.FullName,
            CheckpointEvery = 500,
        });
        if (arguments.Resume && arguments.Checkpoint is { Exists: true } saved)
        {
            trainer.Resume(saved.FullName);
            console.WriteNote($"resumed at step {session.Optimizer!.Step}");
        }

        ProfileView.Show(console, session, shared.Profile);
        long before = session.Optimizer!.Step;
        long start = Stopwatch.GetTimestamp();
        TrainingView.Run(console, trainer, steps, LinesEvery);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double speed = (session.Optimizer.Step - before) / seconds;
        Evaluation evaluation = Trainer.Evaluate(session, test, batch);
        console.MarkupInterpolated(
            CultureInfo.InvariantCulture,
            $"[green]{evaluation.Loss:F4}[/] nats per character, {evaluation.Accuracy:P1} right, ");
        console.WriteNote($"on {test.Count * (long)context:N0} characters, after {seconds:F1} s, {speed:F2} steps/s");
        ResultFile.Write(shared.Json, writer =>
        {
            writer.WriteString("model", arguments.Model);
            writer.WriteString("device", shared.Device.ToString());
            writer.WriteNumber("natsPerChar", evaluation.Loss);
            writer.WriteNumber("accuracy", evaluation.Accuracy);
            writer.WriteNumber("steps", steps);
            writer.WriteNumber("stepsPerSecond", speed);
            writer.WriteNumber("seconds", seconds);
            writer.WriteNumber("parameters", model.Parameters.Length);
            writer.WriteNumber("arenaBytes", session.ArenaBytes);
            writer.WriteString("weightsSha256", model.Parameters.Sha256());
        });
        int[] prompt = arguments.Prompt is { Length: > 0 } given
            ? CharacterText.Encode(given).Characters : text.Test[..Math.Min(PromptLength, text.Test.Length)];
        Generation.Write(
            console,
            model.Compiled.Step is null
                ? new WindowedCharacters(session, context) : new RecurrentCharacters(session, context),
            new CharacterSampler(arguments.Temperature, arguments.Top, shared.Seed),
            prompt,
            arguments.Generate);
        return 0;
    }

    private static ModelSession Open(IModel model, LanguageArguments arguments, Optimizer optimizer) =>
        model.NewSession(new SessionOptions
        {
            Device = arguments.Shared.Device,
            Sizes = new Sizes { ["b"] = arguments.Batch, ["n"] = arguments.Context },
            Optimizer = optimizer,
        });

    /// <summary>AdamW with a linear rise over a twentieth of the steps, then a cosine down to a tenth.</summary>
    private static AdamW Optimizer(float rate, int steps)
    {
        int rise = Math.Max(1, steps / 20);
        return new AdamW(Schedule.Cosine(rate, Math.Max(1, steps - rise), rate / 10).WarmUp(rise))
        {
            Beta2 = 0.99f,
            WeightDecay = 0.1f,
            ClipNorm = 1f,
        };
    }

    /// <summary>Epochs of equally many windows, as few as memory allows: none is seen twice in a short
    /// training.</summary>
    private static (int Epochs, int Steps) Epochs(int steps, int batch, int context)
    {
        int most = (int)Math.Max(1, MostCharacters / ((long)batch * context));
        int epochs = (steps + most - 1) / most;
        return (epochs, (steps + epochs - 1) / epochs);
    }

    /// <summary>How many steps take the minutes: a second or two of them are timed with a model that is not
    /// kept.</summary>
    private static int StepsIn(IAnsiConsole console, LanguageArguments arguments, IModel model)
    {
        const int Least = 5;
        const double TimedSeconds = 2;
        var tokens = new int[arguments.Batch * arguments.Context];
        using ModelSession session = Open(model, arguments, new AdamW(0f) { ClipNorm = 1f });
        long start = 0;
        int done = 0;

        // The first two compile kernels.
        for (int i = -2; i < Least || Stopwatch.GetElapsedTime(start).TotalSeconds < TimedSeconds; i++)
        {
            start = i == 0 ? Stopwatch.GetTimestamp() : start;
            done = i + 1;
            session.Begin(EntryPoint.Train, ("b", arguments.Batch), ("n", arguments.Context));
            session.Write(0, tokens);
            session.Write(1, tokens);
            session.Run();
            session.Optimizer!.Update(session);
        }

        double step = Stopwatch.GetElapsedTime(start).TotalSeconds / done;
        int steps = (int)Math.Clamp(60 * arguments.Minutes / step, 1, 100_000_000);
        console.WriteNote($"a step takes {1000 * step:F0} ms: {steps:N0} steps in {arguments.Minutes} minutes");
        return steps;
    }
}
