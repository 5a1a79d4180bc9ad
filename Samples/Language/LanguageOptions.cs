using System.CommandLine;
using System.IO;

namespace Samples.Language;

/// <summary>The options of <c>language</c> beside those that every sample takes.</summary>
internal sealed class LanguageOptions
{
    private readonly SampleOptions _shared = new(
        epochs: null,
        profiled: "language",
        data: "A text file, or a folder with *.txt; without it chapters of \"Pride and Prejudice\".");

    private readonly Option<string> _model = new("--model")
    {
        HelpName = "name",
        Description = $"What is trained: {string.Join(", ", LanguageModels.All.Keys)}.",
        DefaultValueFactory = static _ => LanguageModels.Default,
    };

    private readonly Option<int> _context = NumberOption.Count(
        "--context", "Characters that the model sees at once.", 256, 1);

    private readonly Option<int> _batch = NumberOption.Count("--batch", "Windows of a step.", 4, 1);

    private readonly Option<int> _steps = NumberOption.Count("--steps", "Training steps.", 500, 1);

    private readonly Option<double> _minutes = NumberOption.Positive(
        "--minutes", "Trains about so long, in place of --steps: a few steps are timed first.");

    private readonly Option<double> _rate = NumberOption.Positive(
        "--rate", "The highest learning rate, after the warm-up.", 2e-3);

    private readonly Option<double> _temperature = NumberOption.NotNegative(
        "--temperature", "Of generated text: 0 always takes the likeliest character, 1 follows the model.", 0.8);

    private readonly Option<int> _top = NumberOption.Count(
        "--top-k", "Generated are only so many of the likeliest; 0: any.", 40, 0);

    private readonly Option<int> _generate = NumberOption.Count("--generate", "Characters to generate.", 400, 0);

    private readonly Option<string?> _prompt = new("--prompt")
    {
        Description = "What the generated text goes on from; the beginning of the last tenth unless given.",
    };

    private readonly Option<FileInfo?> _checkpoint = new("--checkpoint")
    {
        Description = "Saves training now and then, and when it is interrupted, so that --resume can go on.",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Goes on from --checkpoint when it exists; with the same text, --steps, --batch and --seed.",
    };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        _model.AcceptOnlyFromAmong([.. LanguageModels.All.Keys]);
        _shared.AddTo(command);
        foreach (Option option in new Option[]
        {
            _model, _context, _batch, _steps, _minutes, _rate, _temperature, _top, _generate, _prompt, _checkpoint,
            _resume,
        })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_minutes) is not null
                && (result.GetResult(_steps) is { Implicit: false } || result.GetValue(_resume)))
            {
                result.AddError("--minutes counts steps anew: it goes with neither --steps nor --resume.");
            }

            if (result.GetValue(_resume) && result.GetValue(_checkpoint) is null)
            {
                result.AddError("--resume needs --checkpoint.");
            }
        });
        return command;
    }

    /// <summary>The values of one call.</summary>
    public LanguageArguments Read(ParseResult result) => new(_shared.Read(result))
    {
        Model = result.GetValue(_model)!,
        Context = result.GetValue(_context),
        Batch = result.GetValue(_batch),
        Steps = result.GetValue(_steps),
        Minutes = result.GetValue(_minutes),
        Rate = (float)result.GetValue(_rate),
        Temperature = result.GetValue(_temperature),
        Top = result.GetValue(_top),
        Generate = result.GetValue(_generate),
        Prompt = result.GetValue(_prompt),
        Checkpoint = result.GetValue(_checkpoint),
        Resume = result.GetValue(_resume),
    };
}

/// <summary>What <c>language</c> was called with.</summary>
/// <param name="Shared">What every sample takes.</param>
internal sealed record LanguageArguments(SampleArguments Shared)
{
    /// <summary>A name of <see cref="LanguageModels"/>.</summary>
    public required string Model { get; init; }

    /// <summary>Characters of a window.</summary>
    public required int Context { get; init; }

    /// <summary>Windows of a step.</summary>
    public required int Batch { get; init; }

    /// <summary>Training steps; what counts unless there are <see cref="Minutes"/>.</summary>
    public required int Steps { get; init; }

    /// <summary>How long to train; 0: as many steps as were said.</summary>
    public required double Minutes { get; init; }

    /// <summary>The highest learning rate.</summary>
    public required float Rate { get; init; }

    /// <summary>Of generated text.</summary>
    public required double Temperature { get; init; }

    /// <summary>How many characters may be chosen; 0: all.</summary>
    public required int Top { get; init; }

    /// <summary>Characters to generate.</summary>
    public required int Generate { get; init; }

    /// <summary>What generation goes on from, or null.</summary>
    public required string? Prompt { get; init; }

    /// <summary>Where training is saved, or null.</summary>
    public required FileInfo? Checkpoint { get; init; }

    /// <summary>Whether training goes on from there.</summary>
    public required bool Resume { get; init; }
}
