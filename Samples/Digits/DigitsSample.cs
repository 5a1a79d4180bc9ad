using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Dsl;
using Dsl.Data;
using Dsl.Sessions;
using Models.Vision;
using Spectre.Console;

namespace Samples.Digits;

/// <summary>The verb <c>digits</c>: trains a network to read digits, on procedural ones or on MNIST.</summary>
internal static class DigitsSample
{
    private const int Batch = 64;

    /// <summary>Images of the procedural training set: enough that the network generalises, few enough for a minute.</summary>
    private const int ProceduralImages = 40_000;

    /// <summary>Images of the procedural test set, drawn from seeds of their own.</summary>
    private const int TestImages = 4_000;

    public static Command Command()
    {
        var options = new SampleOptions(epochs: 2, profiled: "digits");
        var model = new Option<string>("--model")
        {
            Description = "conv, mlp, or linear (softmax regression, the baseline).",
            DefaultValueFactory = static _ => "conv",
        };
        model.AcceptOnlyFromAmong("conv", "mlp", "linear");
        var checkpoint = new Option<FileInfo?>("--checkpoint")
        {
            Description = "Saves training after every epoch, and when it is interrupted, so that --resume can go on.",
        };
        var resume = new Option<bool>("--resume") { Description = "Goes on from --checkpoint when it exists." };
        Option<int> images = NumberOption.Count("--images", "How many procedural digits to train on.", ProceduralImages, 1);
        var test = new Option<DirectoryInfo?>("--test")
        {
            Description = "Tests on the real digits of this folder (MNIST's idx files), whatever it trained on.",
        };
        Command command = options.AddTo(new Command("digits", "Trains a network to read handwritten digits."));
        command.Options.Add(model);
        command.Options.Add(checkpoint);
        command.Options.Add(resume);
        command.Options.Add(images);
        command.Options.Add(test);
        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console,
            options.Read(result),
            result.GetValue(model)!,
            result.GetValue(checkpoint),
            result.GetValue(resume),
            result.GetValue(images),
            result.GetValue(test))));
        return command;
    }

    private static int Run(
        IAnsiConsole console,
        SampleArguments arguments,
        string name,
        FileInfo? checkpoint,
        bool resume,
        int images,
        DirectoryInfo? testFolder)
    {
        (IModel model, string summary) = name switch
        {
            "mlp" => ((IModel)new DigitMlp(), DigitMlp.Summary),
            "linear" => (new DigitLinear(), DigitLinear.Summary),
            _ => (new DigitNet(), DigitNet.Summary),
        };
        model.Parameters.Initialize(arguments.Seed);
        console.WriteTable(summary);

        // Files are read before anything else, so that a missing one costs nothing; procedural digits are drawn while the session
        // is made, those of the test when they are needed.
        Dataset? trainFiles = arguments.Data is { } data ? DigitFiles.Read(data, "train") : null;
        Dataset? testFiles = (testFolder ?? arguments.Data) is { } folder ? DigitFiles.Read(folder, "t10k") : null;
        if (trainFiles is null)
        {
            console.WriteNote($"drawing {images:N0} digits");
        }

        Task<Dataset> train = trainFiles is null ? Task.Run(() => Procedural(images, arguments.Seed)) : Task.FromResult(trainFiles);
        int samples = trainFiles?.Count ?? images;
        long steps = (long)arguments.Epochs * ((samples + Batch - 1) / Batch);
        var optimizer = new AdamW(Schedule.Cosine(2e-3f, steps, 1e-5f).WarmUp(Math.Max(1, steps / 20)))
        {
            WeightDecay = 1e-3f,
            AverageDecay = 0.995f,
        };
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = new Sizes { ["b"] = Batch },
            Optimizer = optimizer,
        });
        console.WriteNote($"{arguments.Device}: arena {session.ArenaBytes:N0} bytes, {session.MemoryBytes:N0} in all");

        var trainer = new Trainer(session, train.GetAwaiter().GetResult(), null, new TrainerOptions
        {
            Epochs = arguments.Epochs,
            BatchSize = Batch,
            Seed = arguments.Seed,
            CheckpointPath = checkpoint?.FullName,
        });
        if (resume && checkpoint is { Exists: true })
        {
            trainer.Resume(checkpoint.FullName);
            console.WriteNote($"resumed at epoch {trainer.Epoch}, batch {trainer.Batch}");
        }

        ProfileView.Show(console, session, arguments.Profile);
        long start = Stopwatch.GetTimestamp();
        DateTime? firstStep = TrainingView.Run(console, trainer, steps);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // The running average of the parameters generalises better than the last step's; it is what is kept.
        optimizer.SwapAverage(session);
        Dataset test = testFiles ?? Procedural(TestImages, arguments.Seed + 1_000_000);
        Evaluation evaluation = Trainer.Evaluate(session, test, Batch);
        string hash = model.Parameters.Sha256();
        long peakMemory = PeakMemory();
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"accuracy [green]{evaluation.Accuracy:P2}[/], loss {evaluation.Loss:F4} on {evaluation.Samples} images after {seconds:F1} s; weights {hash[..16]}…");
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[grey]first step finished {SinceStart(firstStep):F0} ms after the process began; peak memory {peakMemory / 1e6:F1} MB; {Program()}[/]");
        ResultFile.Write(arguments.Json, writer =>
        {
            writer.WriteString("model", name);
            writer.WriteString("device", arguments.Device.ToString());
            writer.WriteNumber("accuracy", evaluation.Accuracy);
            writer.WriteNumber("loss", evaluation.Loss);
            writer.WriteNumber("seconds", seconds);
            writer.WriteNumber("firstStepMilliseconds", SinceStart(firstStep));
            writer.WriteString("firstStepUtc", firstStep ?? default);
            writer.WriteNumber("peakMemoryBytes", peakMemory);
            writer.WriteNumber("parameters", model.Parameters.Length);
            writer.WriteNumber("arenaBytes", session.ArenaBytes);
            writer.WriteString("weightsSha256", hash);
        });
        return 0;
    }

    /// <summary>The most resident memory of the process so far, in bytes.</summary>
    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>Milliseconds since the process began, which the system knows to 10 ms only; 0 when training was
    /// complete.</summary>
    private static double SinceStart(DateTime? firstStep)
    {
        using var process = Process.GetCurrentProcess();
        return firstStep is { } at ? (at - process.StartTime.ToUniversalTime()).TotalMilliseconds : 0;
    }

    /// <summary>The executable and its size: what a user would ship when it was compiled ahead of time.</summary>
    private static string Program()
    {
        string path = Environment.ProcessPath ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)} has {new FileInfo(path).Length:N0} bytes");
    }

    private static Dataset Procedural(int count, ulong seed)
    {
        (float[] images, int[] digits) = ProceduralDigits.Draw(count, seed);
        return new Dataset()
            .With("image", new Tensor(images, [count, 1, 28, 28]))
            .With("digit", new IntTensor(digits, [count]));
    }
}
