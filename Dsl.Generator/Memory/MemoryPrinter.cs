using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Generator.Scheduling;
using Dsl.Memory;

namespace Dsl.Generator.Memory;

/// <summary>The dump <c>.memory.txt</c>: every buffer with its formula and lifetime, and the arena at the example's sizes.</summary>
internal static class MemoryPrinter
{
    /// <summary>Elements to which every buffer is aligned; equal to the runtime's <c>Program.Alignment</c>.</summary>
    private const int Alignment = 64;

    public static string Print(IEnumerable<PlannedProgram> programs, SizeValues example)
    {
        var text = new StringBuilder();
        foreach (PlannedProgram program in programs)
        {
            (long[] offsets, long length) = Place(program, example);
            text.Append(CultureInfo.InvariantCulture, $"{program.Name}: arena {length * 4} bytes at {Describe(program, example)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  {"buffer",-32} {"first",5} {"last",5} {"offset",10}  length\n");
            for (int i = 0; i < program.Buffers.Length; i++)
            {
                PlannedBuffer b = program.Buffers[i];
                text.Append(CultureInfo.InvariantCulture, $"  {b.Name,-32} {b.First,5} {b.Last,5} {offsets[i],10}  {b.Length}\n");
            }

            foreach (PlannedPart part in program.Parts)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {part.Name,-32} in {part.Buffer} + {part.Shift}\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Bytes of the arena that serves every program at the example's sizes.</summary>
    public static long ArenaBytes(IEnumerable<PlannedProgram> programs, SizeValues example) =>
        programs.Select(p => Place(p, example).Length * 4).Max();

    private static (long[] Offsets, long Length) Place(PlannedProgram program, SizeValues example) => ArenaPlanner.Plan(
        program.Buffers.Select(b => (b.Length.Evaluate(example), b.First, b.Last)).ToArray(), Alignment);

    private static string Describe(PlannedProgram program, SizeValues example) => program.Symbols.Length == 0 ? "any size"
        : string.Join(", ", program.Symbols.Select(s => s + "=" + example[s].ToString(CultureInfo.InvariantCulture)));

    private static StringBuilder Append(this StringBuilder text, CultureInfo culture, FormattableString formatted) =>
        text.Append(formatted.ToString(culture));
}
