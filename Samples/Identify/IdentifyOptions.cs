using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Samples.Identify;

/// <summary>The options of <c>identify</c> beside those that every sample takes.</summary>
internal sealed class IdentifyOptions
{
    private readonly SampleOptions _shared = new(
        epochs: 8,
        data: "A folder with Omniglot's images_background_small1.zip, images_background_small2.zip and all_runs.zip; "
            + "without it the sample draws characters of its own, by --seed.");

    private readonly Option<string> _kind = new("--kind")
    {
        Description = $"The losses, with commas between them: {IdentifyKind.Names}.",
        DefaultValueFactory = static _ => "arcface",
    };

    private readonly Option<string> _seeds = new("--seeds")
    {
        Description = "Seeds of initial values, order and jitter: one result for each.",
        DefaultValueFactory = static _ => "1,2,3",
    };

    private readonly Option<double> _rate = NumberOption.Positive(
        "--rate", "The highest learning rate, after the warm-up.", GlyphTraining.Rate);

    private readonly Option<bool> _select = new("--select")
    {
        Description = "Trains other scales and margins, too, without a fifth of the training characters, and measures "
            + "on those.",
    };

    private readonly Option<int> _ensemble = NumberOption.Count(
        "--ensemble",
        "Networks of each result: of its seed and those that follow it. Their embeddings are joined.",
        value: 1, least: 1, most: 16);

    private readonly Option<FileInfo> _plot = new("--plot")
    {
        Description = "Draws false rejects against false accepts to this PNG.",
        HelpName = "file",
        DefaultValueFactory = static _ => new FileInfo(Path.Combine("artifacts", "identify.png")),
    };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        _shared.AddTo(command);
        foreach (Option option in new Option[] { _kind, _seeds, _ensemble, _rate, _select, _plot })
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>The values of one call.</summary>
    /// <exception cref="ArgumentException">There is no such device or kind, a seed is no number, or there are no
    /// epochs.</exception>
    public IdentifyArguments Read(ParseResult result)
    {
        SampleArguments shared = _shared.Read(result);
        bool select = result.GetValue(_select);
        return new IdentifyArguments(
            shared.Epochs > 0 ? shared : throw new ArgumentException("--epochs must be at least 1."),
            IdentifyKind.Named(result.GetValue(_kind)!, others: select),
            Seeds(result.GetValue(_seeds)!),
            result.GetValue(_ensemble),
            (float)result.GetValue(_rate),
            select,
            result.GetValue(_plot)!);
    }

    private static ulong[] Seeds(string list) =>
    [
        .. list.Split(',').Select(static text =>
            ulong.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
                ? seed : throw new ArgumentException($"--seeds takes whole numbers with commas between them, not '{text}'."))
    ];
}

/// <summary>What <c>identify</c> was called with.</summary>
/// <param name="Shared">What every sample takes.</param>
/// <param name="Kinds">What is trained.</param>
/// <param name="Seeds">One result of each kind for each.</param>
/// <param name="Ensemble">Networks that a result joins.</param>
/// <param name="Rate">The highest learning rate.</param>
/// <param name="Select">Whether held-out training characters are measured in place of the others.</param>
/// <param name="Plot">Where the curves go.</param>
internal sealed record IdentifyArguments(
    SampleArguments Shared,
    IReadOnlyList<IdentifyKind> Kinds,
    IReadOnlyList<ulong> Seeds,
    int Ensemble,
    float Rate,
    bool Select,
    FileInfo Plot);
