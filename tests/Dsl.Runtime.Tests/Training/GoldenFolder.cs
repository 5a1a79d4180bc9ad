using System;
using System.IO;
using Dsl.Checkpoints;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

/// <summary>The folder of values that another framework computed: the variable DSL_GOLDEN, or <c>golden</c> or
/// <c>shared/golden</c>
/// beside one of the folders above the tests.</summary>
internal static class GoldenFolder
{
    /// <summary>Opens a case; skips the test when the folder is not there.</summary>
    public static SafeTensorsReader Open(string name)
    {
        string? folder = Find();
        Skip.If(folder is null, "The golden folder was not found: set DSL_GOLDEN.");
        return new SafeTensorsReader(Path.Combine(folder!, name + ".safetensors"));
    }

    /// <summary>The path of a file; skips the test when the folder is not there.</summary>
    public static string PathOf(string file)
    {
        string? folder = Find();
        Skip.If(folder is null, "The golden folder was not found: set DSL_GOLDEN.");
        return Path.Combine(folder!, file);
    }

    public static double[] Doubles(this SafeTensorsReader reader, string name)
    {
        var values = new double[reader.Find(name)!.Length];
        reader.Read(name, values);
        return values;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("DSL_GOLDEN") is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? given : null;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            foreach (string beside in (string[])["golden", Path.Combine("shared", "golden")])
            {
                string folder = Path.Combine(at.FullName, beside);
                if (File.Exists(Path.Combine(folder, "manifest.json")))
                {
                    return folder;
                }
            }
        }

        return null;
    }
}
