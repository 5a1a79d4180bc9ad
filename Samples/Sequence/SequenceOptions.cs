using System.CommandLine;

namespace Samples.Sequence;

/// <summary>The options of <c>sequence</c> beside those that every sample takes.</summary>
internal sealed class SequenceOptions
{
    private readonly SampleOptions _shared = new(
        epochs: 0,
        profiled: "sequence",
        data: $"A folder with MNIST's idx files for pixels and permuted, with {SpokenDigits.FileName} for speech, with "
            + $"{TransformerTemperatures.FileName} for forecast; the others draw their own.");

    private readonly Option<string> _task = new("--task")
    {
        HelpName = "name",
        Description = "What is learned: recall (what a sequence began with), pixels or permuted (digits, pixel by pixel; "
            + "pixels-hippo and permuted-hippo: by a memory in which nothing is learned), speech "
            + "(digits, from their wave), forecast (how a series goes on), copying (symbols scattered among blanks; "
            + "copying-invariant: the same by states that cannot choose), or induction (what followed a token before).",
        DefaultValueFactory = static _ => SequenceTask.Default,
    };

    private readonly Option<int> _batch = NumberOption.Count("--batch", "Sequences of a step; 0: what the task says.", 0, 0);

    private readonly Option<double> _rate = NumberOption.Positive(
        "--rate", "The highest learning rate, after the warm-up; without it what the task says.");

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        _task.AcceptOnlyFromAmong([.. SequenceTask.All.Keys]);
        _shared.AddTo(command);
        foreach (Option option in new Option[] { _task, _batch, _rate })
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>The values of one call.</summary>
    public SequenceArguments Read(ParseResult result) => new(
        _shared.Read(result), result.GetValue(_task)!, result.GetValue(_batch), result.GetValue(_rate) is > 0 and var rate ? (float)rate : null);
}

/// <summary>What <c>sequence</c> was called with.</summary>
/// <param name="Shared">What every sample takes; no epochs: as many as the task says.</param>
/// <param name="Task">A name of <see cref="SequenceTask"/>.</param>
/// <param name="Batch">Sequences of a step; 0: as the task says.</param>
/// <param name="Rate">The highest learning rate; null: as the task says.</param>
internal sealed record SequenceArguments(SampleArguments Shared, string Task, int Batch, float? Rate);
