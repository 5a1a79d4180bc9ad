using System;
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;
using ILGPU.Backends.OpenCL;

namespace Dsl.Gpu;

/// <summary>Several kernels as ILGPU prints them, in one text. Types are numbered within a context, so equal names are
/// equal types, declared once; kernels get a number.</summary>
internal static partial class OpenClText
{
    /// <summary>The text and the names of its kernels, in the order given.</summary>
    internal static (string Text, string[] Names) Join(IReadOnlyList<CLCompiledKernel> kernels)
    {
        var text = new StringBuilder();
        var declared = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[kernels.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = $"{kernels[i].Name}_{i}";
            string source = kernels[i].Source.ReplaceLineEndings("\n");
            source = Declaration().Replace(source, m => declared.Add(m.Value) ? m.Value : "");
            text.Append(source.Replace(
                $"kernel void {kernels[i].Name}(", $"kernel void {names[i]}(", StringComparison.Ordinal)).Append('\n');
        }

        return (text.ToString(), names);
    }

    // typedef … name;   struct name;   struct name { … };
    [GeneratedRegex(@"^(typedef [^\n]*;|struct \w+;|struct \w+\n\{\n(\t[^\n]*\n)*\};)$", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
