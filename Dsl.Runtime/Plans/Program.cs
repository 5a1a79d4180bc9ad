using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Kernels;

namespace Dsl.Plans;

/// <summary>A buffer of a program's arena: its length as a formula and the kernels between which it lives.</summary>
/// <param name="Name">Unique in its program.</param>
/// <param name="Length">Elements, halo included.</param>
/// <param name="First">The first kernel that touches it; -1 for an input, which is written before the first kernel.</param>
/// <param name="Last">The last kernel that touches it; the kernel count for an output.</param>
public sealed record BufferPlan(string Name, Size Length, int First, int Last)
{
    /// <summary>Elements from the buffer's beginning to its first pixel inside the halo.</summary>
    public Size Origin { get; init; } = 0;

    /// <summary>Whether it lives from run to run: outside the arena, which programs share.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether <see cref="Program.Prepared"/> kernels write it: it lives outside the arena, too.</summary>
    public bool IsPrepared { get; init; }
}

/// <summary>A name for what begins inside a buffer: part of a concatenation, or a slice.</summary>
/// <param name="Name">Unique in its program.</param>
/// <param name="Buffer">The buffer.</param>
/// <param name="Shift">Elements from the buffer's first pixel inside the halo.</param>
public sealed record BufferPart(string Name, string Buffer, Size Shift);

/// <summary>How a logical tensor lies in a buffer: element (i, j, …) is at origin + i·Strides[0] + j·Strides[1] + ….</summary>
/// <param name="Name">The user's name: a parameter of <c>Forward</c> or <c>Loss</c>, or the output's.</param>
/// <param name="Buffer">The buffer that holds it.</param>
/// <param name="Shape">Logical extents, in the user's order.</param>
/// <param name="Strides">Elements between neighbours along each axis.</param>
public sealed record TensorPlan(string Name, string Buffer, Size[] Shape, Size[] Strides)
{
    /// <summary>True for an <c>IntTensor</c>: elements are 32-bit ints.</summary>
    public bool Integers { get; init; }

    /// <summary>For class labels: the number of classes, which every element must stay below; 0 when unbounded.</summary>
    public int Limit { get; init; }

    /// <summary>For class labels: the one that is allowed whatever the limit, because it does not count; null when there
    /// is none.</summary>
    public int? Ignored { get; init; }

    /// <summary>For the lengths of sequences: the symbolic size that they are of, from 1 to which they go; null for other
    /// tensors.</summary>
    public string? LengthsOf { get; init; }

    /// <summary>Whether an int may be given.</summary>
    internal bool Allows(int value) => Limit == 0 || (uint)value < (uint)Limit || value == Ignored;

    /// <summary>What may be given besides classes, in words.</summary>
    internal string AlsoAllowed => Ignored is { } ignored ? $", or be {ignored}, which does not count" : "";
}

/// <summary>An extent that some sizes make too small: a pool halves an image until nothing is left.</summary>
/// <param name="Name">The value that would have it.</param>
/// <param name="Axis">What it is of the value: <c>height</c>, <c>width</c>, <c>axis 2</c>.</param>
/// <param name="Extent">Its formula.</param>
/// <param name="Minimum">The smallest that works.</param>
public sealed record ExtentPlan(string Name, string Axis, Size Extent, int Minimum);

/// <summary>An ordered list of kernels with its buffers: what a session runs for one entry point.</summary>
public sealed class Program
{
    private int _rehearsed;

    /// <summary>Describes the program.</summary>
    public Program(
        string name, string[] symbols, TensorPlan[] inputs, TensorPlan[] outputs, BufferPlan[] buffers, Kernel[] kernels)
    {
        Name = name;
        Symbols = symbols;
        Inputs = inputs;
        Outputs = outputs;
        Buffers = buffers;
        Kernels = kernels;
    }

    /// <summary>Forward, Loss or Train.</summary>
    public string Name { get; }

    /// <summary>The symbolic sizes; symbol i is N<c>i</c> of <see cref="Slots"/>.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>What the caller gives, in order.</summary>
    public IReadOnlyList<TensorPlan> Inputs { get; }

    /// <summary>What the caller gets, in order.</summary>
    public IReadOnlyList<TensorPlan> Outputs { get; }

    /// <summary>The buffers of the arena.</summary>
    public IReadOnlyList<BufferPlan> Buffers { get; }

    /// <summary>Parts of buffers that kernels name as if they were buffers.</summary>
    public IReadOnlyList<BufferPart> Parts { get; init; } = [];

    /// <summary>What every run's sizes have to satisfy.</summary>
    public IReadOnlyList<ExtentPlan> Extents { get; init; } = [];

    /// <summary>How many of the first kernels depend on parameters and sizes alone. They need not run again before one of these
    /// changes.</summary>
    public int Prepared { get; init; }

    /// <summary>The symbolic sizes on which these depend.</summary>
    public IReadOnlyList<string> PreparedFor { get; init; } = [];

    /// <summary>The kernels in launch order.</summary>
    public IReadOnlyList<Kernel> Kernels { get; }

    /// <summary>The arena's length in elements when every symbol has its largest value.</summary>
    public long ArenaLength(SizeValues maximum) => Place(maximum).Length;

    /// <summary>Element offsets of <see cref="Buffers"/> into the arena, for the largest value of every symbol; all apart, if they
    /// are not to share memory.</summary>
    internal (long[] Offsets, long Length) Place(SizeValues maximum, bool sharesMemory = true) => Memory.ArenaPlanner.Plan(
        Buffers.Select(b => (
            b.IsKept || b.IsPrepared ? 0 : b.Length.Evaluate(maximum), sharesMemory ? b.First : 0, sharesMemory ? b.Last : Kernels.Count)).ToArray(),
        Alignment);

    /// <summary>Element offsets of some buffers into a region of their own; -1 for the others.</summary>
    internal (long[] Offsets, long Length) PlaceApart(SizeValues maximum, Func<BufferPlan, bool> which)
    {
        long at = 0;
        long[] offsets = new long[Buffers.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            bool isThere = which(Buffers[i]);
            offsets[i] = isThere ? at : -1;
            at += isThere ? (Buffers[i].Length.Evaluate(maximum) + Alignment - 1) / Alignment * Alignment : 0;
        }

        return (offsets, at);
    }

    /// <summary>True the first time: all sessions run the same code.</summary>
    internal bool TakeRehearsal() => Interlocked.Exchange(ref _rehearsed, 1) == 0;

    /// <summary>Elements to which every buffer is aligned: 256 bytes, what a GPU wants and a multiple of a cache line.</summary>
    public const int Alignment = 64;
}
