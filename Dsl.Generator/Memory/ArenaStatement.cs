using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Scheduling;
using Dsl.Memory;

namespace Dsl.Generator.Memory;

/// <summary>
/// What the build says of a program's memory: its arena as a formula in the batch, where all other sizes are the
/// example's, exact there; and what the buffers would take side by side.
/// </summary>
internal sealed class ArenaStatement
{
    /// <summary>Elements to which every buffer is aligned; equal to the runtime's <c>Program.Alignment</c>.</summary>
    private const int Alignment = 64;

    private const int BytesPerElement = 4;

    private ArenaStatement(long[] offsets, long bytes, Size formula, long unplanned)
    {
        Offsets = offsets;
        Bytes = bytes;
        Formula = formula;
        UnplannedBytes = unplanned;
    }

    /// <summary>Where each buffer begins at the example's sizes, in elements.</summary>
    public long[] Offsets { get; }

    /// <summary>Bytes of the arena at the example's sizes.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of the arena for other batches, as long as the same buffers lie on one another.</summary>
    public Size Formula { get; }

    /// <summary>Bytes of all buffers side by side.</summary>
    public long UnplannedBytes { get; }

    public static ArenaStatement Of(PlannedProgram program, SizeValues example)
    {
        (long Length, int First, int Last)[] requests =
            program.Buffers.Select(b => (b.InArena.Evaluate(example), b.First, b.Last)).ToArray();
        (long[] offsets, long length) = ArenaPlanner.Plan(requests, Alignment);
        string batch = program.Inputs.SelectMany(static i => i.Shape).SelectMany(static d => d.Symbols)
            .FirstOrDefault() ?? "";
        Size stack = Stack(requests, offsets, length)
            .Aggregate(Size.Zero, (sum, i) => sum + program.Buffers[i].Length)
            .Substitute(name => name == batch ? Size.Symbol(name) : Size.Of(example[name]));

        // What alignment adds.
        long gaps = length - stack.Evaluate(name => example[name]);
        return new ArenaStatement(
            offsets,
            length * BytesPerElement,
            (stack + Size.Of((int)gaps)) * BytesPerElement,
            requests.Sum(static r => Align(r.Length)) * BytesPerElement);
    }

    /// <summary><c>133120*b + 256 bytes; its buffers side by side 2.4 times as much</c>.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "{0} bytes; its buffers side by side {1:0.0} times as much",
        Formula,
        Bytes == 0 ? 1 : (double)UnplannedBytes / Bytes);

    /// <summary>The buffers from the arena's end down to its beginning, each on top of one that lives at the same
    /// time.</summary>
    private static IEnumerable<int> Stack((long Length, int First, int Last)[] requests, long[] offsets, long top)
    {
        int above = -1;
        while (top > 0)
        {
            int next = Enumerable.Range(0, requests.Length).First(i => requests[i].Length > 0
                && offsets[i] + Align(requests[i].Length) == top
                && (above < 0
                    || (requests[i].First <= requests[above].Last && requests[above].First <= requests[i].Last)));
            yield return next;
            (above, top) = (next, offsets[next]);
        }
    }

    private static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
