using System;
using System.IO;

namespace Dsl.Runtime.Tests.Checkpoints;

/// <summary>A folder of its own for a test's files, deleted afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dsl-test-");

    public string this[string file] => Path.Combine(_folder.FullName, file);

    public string[] Files => Array.ConvertAll(_folder.GetFiles(), static f => f.Name);

    public void Dispose() => _folder.Delete(recursive: true);
}
