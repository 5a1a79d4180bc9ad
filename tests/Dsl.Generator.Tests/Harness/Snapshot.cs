namespace Dsl.Generator.Tests.Harness;

/// <summary>Compares text with the snapshot of the calling test. The only file that names the snapshot
/// library.</summary>
internal static class Snapshot
{
    /// <summary>Compares; a missing snapshot is written.</summary>
    /// <param name="text">What was produced.</param>
    /// <param name="name">The case of a theory.</param>
    public static void Match(string text, string? name = null)
    {
        if (name is null)
        {
            Snapshooter.Xunit.Snapshot.Match(text);
        }
        else
        {
            Snapshooter.Xunit.Snapshot.Match(text, Snapshooter.SnapshotNameExtension.Create(name));
        }
    }
}
