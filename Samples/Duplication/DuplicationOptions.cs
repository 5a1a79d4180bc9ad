using System;
using System.Collections.Generic;
using System.CommandLine;
using Dsl;

namespace Samples.Duplication;

/// <summary>The options of <c>duplication</c> beside those that every sample takes.</summary>
internal sealed class DuplicationOptions
{
    private readonly SampleOptions _shared = new(epochs: null);

    private readonly Option<string> _model = new("--model")
    {
        Description = $"What is trained: {string.Join(", ", Models.Keys)}.",
        DefaultValueFactory = static _ => "reformer",
    };

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Sequences of a step.",
        DefaultValueFactory = static _ => 8,
    };

    private readonly Option<int> _steps = new("--steps")
    {
        Description = "Training steps.",
        DefaultValueFactory = static _ => 1000,
    };

    private readonly Option<float> _rate = new("--rate")
    {
        Description = "The highest learning rate, after the warm-up.",
        DefaultValueFactory = static _ => 3e-3f,
    };

    /// <summary>New models by name.</summary>
    public static IReadOnlyDictionary<string, Func<IModel>> Models { get; } =
        new SortedDictionary<string, Func<IModel>>(StringComparer.Ordinal)
        {
            ["reformer"] = static () => new DuplicationReformer(),
            ["transformer"] = static () => new DuplicationTransformer(),
        };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        _model.AcceptOnlyFromAmong([.. Models.Keys]);
        foreach (Option<int> count in new[] { _batch, _steps })
        {
            count.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && int.TryParse(token.Value, out int value) && value < 1)
                {
                    result.AddError($"{count.Name} must be at least 1.");
                }
            });
        }

        _shared.AddTo(command);
        foreach (Option option in new Option[] { _model, _batch, _steps, _rate })
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>The values of one call.</summary>
    public DuplicationArguments Read(ParseResult result) => new(
        _shared.Read(result),
        result.GetValue(_model)!,
        result.GetValue(_batch),
        result.GetValue(_steps),
        result.GetValue(_rate));
}

/// <summary>What <c>duplication</c> was called with.</summary>
/// <param name="Shared">What every sample takes.</param>
/// <param name="Model">Which model is trained.</param>
/// <param name="Batch">Sequences of a step.</param>
/// <param name="Steps">Training steps.</param>
/// <param name="Rate">The highest learning rate.</param>
internal sealed record DuplicationArguments(SampleArguments Shared, string Model, int Batch, int Steps, float Rate);
