using System;
using System.IO;
using Dsl.Checkpoints;

namespace Samples;

/// <summary>Runs a verb: what a user can mend is one line on the error stream, not a stack trace.</summary>
internal static class Verb
{
    /// <returns>What <paramref name="run"/> returns; 1 when it failed, 130 when it was interrupted.</returns>
    public static int Run(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted; with --checkpoint, --resume goes on from here");
            return 130;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or NotSupportedException
            or InvalidOperationException or CheckpointException or NotFiniteNumberException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }
}
