using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Dsl.Generator.Specs;

/// <summary>The sizes of <c>[Model(Example = "b=32, n=1024")]</c>.</summary>
internal static class ExampleText
{
    /// <summary>Each size that the text gives a value.</summary>
    public static IReadOnlyDictionary<string, int> Parse(string example)
    {
        var values = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string[] pair in example.Split(',').Select(static p => p.Split('=')).Where(static p => p.Length == 2))
        {
            if (int.TryParse(pair[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                values[pair[0].Trim()] = value;
            }
        }

        return values;
    }
}
