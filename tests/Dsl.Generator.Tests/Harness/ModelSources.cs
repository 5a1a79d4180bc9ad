using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Dsl.Generator.Tests.Harness;

/// <summary>The files of the projects that use the compiler.</summary>
internal static class ModelSources
{
    /// <summary>The C# files of a project of the repository, relative to its root.</summary>
    public static IEnumerable<string> Of(string project) =>
        Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)
            .Select(static p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Where(static p => !p.Contains("/obj/", StringComparison.Ordinal)
                && !p.Contains("/bin/", StringComparison.Ordinal))
            .OrderBy(static p => p, StringComparer.Ordinal);

    /// <summary>The text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).Replace("\r", "");
}
