using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Memory;

/// <summary>The dump <c>.memory.txt</c>: every buffer with its formula and lifetime, and the arena at the example's sizes.</summary>
internal static class MemoryPrinter
{
    /// <summary>The dump of some programs.</summary>
    /// <param name="programs">In the order of the dump.</param>
    /// <param name="arenas">The arena of each.</param>
    /// <param name="example">The sizes that the arenas are for.</param>
    public static string Print(
        IReadOnlyList<PlannedProgram> programs, IReadOnlyList<ArenaStatement> arenas, SizeValues example)
    {
        var text = new StringBuilder();
        foreach ((PlannedProgram program, ArenaStatement arena) in programs.Zip(arenas, static (p, a) => (p, a)))
        {
            string at = Describe(program, example);
            text.Append(CultureInfo.InvariantCulture, $"{program.Name}: arena {arena.Bytes} bytes at {at}\n");
            text.Append(CultureInfo.InvariantCulture, $"  peak {arena}\n");
            text.Append(CultureInfo.InvariantCulture, $"  {"buffer",-32} {"first",5} {"last",5} {"offset",10}  length\n");
            for (int i = 0; i < program.Buffers.Length; i++)
            {
                PlannedBuffer b = program.Buffers[i];
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {b.Name,-32} {b.First,5} {b.Last,5} {Place(b, arena.Offsets[i]),10}  {b.Length}\n");
            }

            foreach (PlannedPart part in program.Parts)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {part.Name,-32} in {part.Buffer} + {part.Shift}\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Place(PlannedBuffer buffer, long offset) => buffer.IsKept ? "kept"
        : buffer.IsPrepared ? "prepared" : offset.ToString(CultureInfo.InvariantCulture);

    private static string Describe(PlannedProgram program, SizeValues example) => program.Symbols.Length == 0 ? "any size"
        : string.Join(", ", program.Symbols.Select(s => s + "=" + example[s].ToString(CultureInfo.InvariantCulture)));

    private static StringBuilder Append(this StringBuilder text, CultureInfo culture, FormattableString formatted) =>
        text.Append(formatted.ToString(culture));
}
