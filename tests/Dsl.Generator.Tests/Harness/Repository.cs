using System;
using System.IO;

namespace Dsl.Generator.Tests.Harness;

/// <summary>Where the tests find files that are not compiled into them.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    /// <exception cref="InvalidOperationException">The tests run outside the repository.</exception>
    public static string Root
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "Dsl.sln")))
            {
                folder = Path.GetDirectoryName(folder);
            }

            return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
        }
    }
}
