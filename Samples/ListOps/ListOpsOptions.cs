using System.CommandLine;

namespace Samples.ListOps;

/// <summary>The options of <c>listops</c> beside those that every sample takes.</summary>
internal sealed class ListOpsOptions
{
    private const int DefaultEpochs = 10;

    private readonly SampleOptions _shared = new(
        epochs: DefaultEpochs,
        profiled: "listops",
        data: $"A folder with {ListOpsData.FileName}; without it the sample draws its own expressions.");

    private readonly Option<string> _model = new("--model")
    {
        HelpName = "name",
        Description = $"What is trained: {string.Join(", ", ListOpsModels.All.Keys)}, or {ListOpsModels.Everything}.",
        DefaultValueFactory = static _ => "transformer",
    };

    private readonly Option<int> _batch = NumberOption.Count("--batch", "Expressions of a step.", 32, 1);

    private readonly Option<double> _rate = NumberOption.Positive(
        "--rate", "The highest learning rate, after the warm-up.", 2e-3);

    private readonly Option<int> _length = NumberOption.Count(
        "--length",
        "Expressions with more tokens are left out.",
        ListOpsModels.LongestSequence,
        1,
        ListOpsModels.LongestSequence);

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        _model.AcceptOnlyFromAmong([.. ListOpsModels.All.Keys, ListOpsModels.Everything]);
        _shared.AddTo(command);
        foreach (Option option in new Option[] { _model, _batch, _rate, _length })
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>The values of one call.</summary>
    public ListOpsArguments Read(ParseResult result) => new(
        _shared.Read(result),
        result.GetValue(_model)!,
        result.GetValue(_batch),
        (float)result.GetValue(_rate),
        result.GetValue(_length));
}

/// <summary>What <c>listops</c> was called with.</summary>
/// <param name="Shared">What every sample takes.</param>
/// <param name="Model">A name of <see cref="ListOpsModels"/>, or all.</param>
/// <param name="Batch">Expressions of a step.</param>
/// <param name="Rate">The highest learning rate.</param>
/// <param name="Length">The most tokens of an expression.</param>
internal sealed record ListOpsArguments(SampleArguments Shared, string Model, int Batch, float Rate, int Length);
