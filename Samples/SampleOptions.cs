using System;
using System.CommandLine;
using System.IO;
using Dsl;

namespace Samples;

/// <summary>The options that every sample takes.</summary>
internal sealed class SampleOptions
{
    private readonly Option<string> _device = new("--device")
    {
        Description = $"Where to run: {Dsl.Device.Names}.",
        DefaultValueFactory = static _ => "host",
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads of the host; 0 for one per core. Results do not depend on it.",
        DefaultValueFactory = static _ => 0,
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Seed of initial values, shuffling and procedural data.",
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<int>? _epochs;

    private readonly Option<DirectoryInfo?> _data;

    private readonly Option<FileInfo?> _json = new("--json")
    {
        Description = "Writes one JSON object with the results to this file.",
    };

    private readonly Option<FileInfo?>? _profile;

    /// <summary>Options with the sample's own number of epochs.</summary>
    /// <param name="epochs">How often every sample is seen unless the user says otherwise; null: the sample does not
    /// count in epochs.</param>
    /// <param name="profiled">The sample's name when it trains in a session, whose step can be profiled.</param>
    /// <param name="data">What <c>--data</c> is.</param>
    public SampleOptions(
        int? epochs,
        string? profiled = null,
        string data = "A folder with real data; without it the sample makes its own.")
    {
        _data = new("--data") { Description = data };
        if (epochs is { } often)
        {
            _epochs = new("--epochs")
            {
                Description = "How often every sample is seen.",
                DefaultValueFactory = _ => often,
            };
        }

        if (profiled is not null)
        {
            string file = Path.Combine("artifacts", "profile", profiled + ".trace.json");
            _profile = new("--profile")
            {
                Description = "Prints first where a training step spends its time, and writes the same as a trace for "
                    + $"chrome://tracing or ui.perfetto.dev to this file, {file} unless another is named.",
                HelpName = "file",
                Arity = ArgumentArity.ZeroOrOne,
                CustomParser = argument => new FileInfo(argument.Tokens is [var token] ? token.Value : file),
            };
        }
    }

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (Option? option in new Option?[] { _device, _threads, _seed, _epochs, _data, _json, _profile })
        {
            if (option is not null)
            {
                command.Options.Add(option);
            }
        }

        return command;
    }

    /// <summary>The values of one call.</summary>
    public SampleArguments Read(ParseResult result) => new(
        Dsl.Device.Parse(result.GetValue(_device)!, result.GetValue(_threads)),
        result.GetValue(_seed),
        _epochs is null ? 1 : result.GetValue(_epochs),
        result.GetValue(_data),
        result.GetValue(_json),
        _profile is null ? null : result.GetValue(_profile));
}

/// <summary>What a sample was called with.</summary>
/// <param name="Device">Where to run.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Epochs">How often every sample is seen.</param>
/// <param name="Data">A folder (of some samples also a file) with real data, or null.</param>
/// <param name="Json">Where the results go, or null.</param>
/// <param name="Profile">Where the trace of a profiled step goes, or null when none is to be profiled.</param>
internal sealed record SampleArguments(
    Device Device, ulong Seed, int Epochs, DirectoryInfo? Data, FileInfo? Json, FileInfo? Profile);
