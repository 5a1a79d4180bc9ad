using System.CommandLine;
using System.IO;

namespace Samples.Faces;

/// <summary>The options of <c>faces verify</c> beside those that every sample takes.</summary>
internal sealed class FacesOptions
{
    private readonly SampleOptions _shared = new(
        epochs: null,
        data: "A folder with the Face Research Lab London Set's neutral and smiling pictures and index.csv, or the "
            + "folder around it; without it drawn faces alone are verified.");

    private readonly Option<int> _steps = NumberOption.Count(
        "--steps", $"Steps of {FaceTraining.Batch} pictures; 0 verifies the untrained network.", 900, least: 0);

    private readonly Option<FileInfo?> _sheet = new("--sheet")
    {
        Description = "Draws a sheet of faces to this PNG first.",
        HelpName = "file",
    };

    private readonly Option<FileInfo?> _weights = new("--weights")
    {
        Description = "The network as safetensors: read when the file exists, and then nothing is trained; otherwise "
            + "written when training has ended.",
        HelpName = "file",
    };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        _shared.AddTo(command);
        command.Options.Add(_steps);
        command.Options.Add(_sheet);
        command.Options.Add(_weights);
        return command;
    }

    /// <summary>The values of one call.</summary>
    /// <exception cref="System.ArgumentException">There is no such device.</exception>
    public FacesArguments Read(ParseResult result) =>
        new(_shared.Read(result), result.GetValue(_steps), result.GetValue(_sheet), result.GetValue(_weights));
}

/// <summary>What <c>faces verify</c> was called with.</summary>
/// <param name="Shared">What every sample takes.</param>
/// <param name="Steps">Of training.</param>
/// <param name="Sheet">Where a sheet of drawn faces goes, or null.</param>
/// <param name="Weights">Where the trained network is or goes, or null.</param>
internal sealed record FacesArguments(SampleArguments Shared, int Steps, FileInfo? Sheet, FileInfo? Weights);
