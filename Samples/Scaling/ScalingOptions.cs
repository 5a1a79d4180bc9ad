using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;

namespace Samples.Scaling;

/// <summary>The options of <c>scaling</c>.</summary>
internal sealed class ScalingOptions
{
    private readonly Option<int> _longest = Number(
        "--longest",
        "The longest sequence; lengths double from 512 on.",
        16384,
        static given => given >= ScalingCurve.Shortest,
        string.Create(CultureInfo.InvariantCulture, $"at least {ScalingCurve.Shortest}"));

    private readonly Option<double> _seconds = Number(
        "--seconds",
        "How long each point is measured; three steps in any case.",
        0.3,
        static given => double.IsFinite(given) && given >= 0,
        "finite and not negative");

    private readonly Option<double> _limit = Number(
        "--limit",
        "A layer stops before the length at which a step would take more seconds.",
        5.0,
        static given => double.IsFinite(given) && given > 0,
        "finite and above 0");

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "Measures only layers with this in their name, of "
            + string.Join(", ", ScalingLayer.All.Select(static l => l.Name)) + ".",
        HelpName = "name",
    };

    private readonly Option<string> _device = new("--device")
    {
        Description = $"Where to run: {Device.Names}.",
        DefaultValueFactory = static _ => "host",
    };

    private readonly Option<int> _threads = Number(
        "--threads",
        "Threads of the host; 0 for one per core. One is timed by its processor time, more by the clock on the wall.",
        0,
        static given => given >= 0,
        "not negative");

    private readonly Option<FileInfo?> _json = new("--json")
    {
        Description = "Writes one JSON object with the results to this file.",
    };

    private readonly Option<FileInfo> _plot = new("--plot")
    {
        Description = "Draws the curves to this PNG.",
        HelpName = "file",
        DefaultValueFactory = static _ => new FileInfo("scaling.png"),
    };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _longest, _seconds, _limit, _filter, _device, _threads, _json, _plot,
        })
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>The values of one call.</summary>
    /// <exception cref="ArgumentException">There is no such device or layer.</exception>
    public ScalingArguments Read(ParseResult result)
    {
        string? filter = result.GetValue(_filter);
        ScalingLayer[] layers =
        [
            .. ScalingLayer.All.Where(
                l => filter is null || l.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)),
        ];
        if (layers.Length == 0)
        {
            string names = string.Join(", ", ScalingLayer.All.Select(static l => l.Name));
            throw new ArgumentException($"There is no layer with '{filter}' in its name; there are {names}.");
        }

        return new()
        {
            Longest = result.GetValue(_longest),
            Seconds = result.GetValue(_seconds),
            Limit = result.GetValue(_limit),
            Layers = layers,
            Device = Device.Parse(result.GetValue(_device)!, result.GetValue(_threads)),
            Json = result.GetValue(_json),
            Plot = result.GetValue(_plot)!,
        };
    }

    /// <summary>Refuses numbers that do not fit; what is no number is refused anyway.</summary>
    private static Option<T> Number<T>(string name, string description, T value, Func<T, bool> fits, string range)
        where T : IParsable<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && T.TryParse(token.Value, CultureInfo.InvariantCulture, out T? given)
                && !fits(given))
            {
                result.AddError($"{name} must be {range}.");
            }
        });
        return option;
    }
}

/// <summary>What <c>scaling</c> was called with.</summary>
internal sealed record ScalingArguments
{
    /// <summary>No sequence is longer.</summary>
    public required int Longest { get; init; }

    /// <summary>How long each point is measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>No step is expected to take more seconds.</summary>
    public required double Limit { get; init; }

    /// <summary>What is measured.</summary>
    public required ScalingLayer[] Layers { get; init; }

    /// <summary>Where to run.</summary>
    public required Device Device { get; init; }

    /// <summary>Where the results go, or null.</summary>
    public required FileInfo? Json { get; init; }

    /// <summary>Where the picture goes.</summary>
    public required FileInfo Plot { get; init; }
}
