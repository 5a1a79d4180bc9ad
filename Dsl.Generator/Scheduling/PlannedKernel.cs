using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Dsl.Generator.Scheduling;

/// <summary>A launch with nothing left to decide: what the emitter prints as <c>new XKernel&lt;…&gt;(…)</c>.</summary>
internal sealed record PlannedKernel
{
    private Body? _body;

    /// <summary>The name in dumps and profiles.</summary>
    public required string Name { get; init; }

    /// <summary>The runtime's class without <c>Kernel</c>: Map, Row, Contract, ….</summary>
    public required string Skeleton { get; init; }

    /// <summary>Buffers by slot.</summary>
    public required ImmutableArray<string> Buffers { get; init; }

    /// <summary>Constructor arguments after the buffers: sizes and ints as C# text.</summary>
    public ImmutableArray<string> Arguments { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>Name of the shape record, or empty.</summary>
    public string ShapeType { get; init; } = "";

    /// <summary>Properties of the shape record that differ from their defaults, as C# text.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Shape { get; init; } = ImmutableArray<KeyValuePair<string, string>>.Empty;

    /// <summary>Register tiles for 32 and for 16 vector registers; null for skeletons without.</summary>
    public (Tile Wide, Tile Narrow)? Tiles { get; init; }

    /// <summary>The fused body, written when it is first asked for; null for Transpose and Halo.</summary>
    public Body? Body
    {
        get => _body ??= Write?.Invoke();
        init => _body = value;
    }

    /// <summary>Writes the body: a plan that only says how much memory it takes needs none.</summary>
    public Func<Body>? Write { get; init; }

    /// <summary>Scratch that lives during this kernel only, as the buffer of that name.</summary>
    public (string Name, Size Length)? Scratch { get; init; }

    /// <summary>What lives from run to run beside the kernel's results, as the buffer of that name.</summary>
    public (string Name, Size Length)? Memory { get; init; }

    /// <summary>One line for the schedule dump: what was fused.</summary>
    public string Summary { get; init; } = "";
}

/// <summary>The launches of a program.</summary>
/// <param name="All">In their order.</param>
/// <param name="Prepared">How many of the first depend on parameters and sizes alone.</param>
/// <param name="PreparedFor">The sizes that these depend on.</param>
/// <param name="Copies">The lengths of buffers that launches make beside those of values.</param>
internal sealed record PlannedKernels(
    ImmutableArray<PlannedKernel> All, int Prepared, ImmutableArray<string> PreparedFor, IReadOnlyDictionary<string, Size> Copies);

/// <summary>A register tile: rows × vectors of accumulators.</summary>
internal sealed record Tile(int Rows, int Vectors)
{
    public string TypeName => $"Tile{Rows}x{Vectors}";
}

/// <summary>The text of a body struct: its interface and members, without its name.</summary>
internal sealed record Body(string Interface, string Members);

/// <summary>A buffer of the arena with its lifetime in kernels.</summary>
internal sealed record PlannedBuffer(string Name, Size Length, Size Origin, int First, int Last)
{
    /// <summary>Whether it lives from run to run.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether it lives until parameters or sizes change.</summary>
    public bool IsPrepared { get; init; }

    /// <summary>Elements of the arena, which has neither.</summary>
    public Size InArena => IsKept || IsPrepared ? Size.Zero : Length;
}

/// <summary>A name for what begins inside a buffer, counted from its first element inside the halo.</summary>
internal sealed record PlannedPart(string Name, string Buffer, Size Shift);

/// <summary>An extent that some sizes make too small, and the smallest that works.</summary>
internal sealed record PlannedExtent(string Name, string Axis, Size Extent, int Minimum);

/// <summary>How a logical tensor lies in a buffer.</summary>
internal sealed record PlannedTensor(
    string Name, string Buffer, ImmutableArray<Size> Shape, ImmutableArray<Size> Strides, bool Integers, int Limit, int? Ignored,
    string LengthsOf);

/// <summary>A whole program, planned.</summary>
internal sealed record PlannedProgram(
    string Name,
    ImmutableArray<string> Symbols,
    ImmutableArray<PlannedTensor> Inputs,
    ImmutableArray<PlannedTensor> Outputs,
    ImmutableArray<PlannedBuffer> Buffers,
    ImmutableArray<PlannedKernel> Kernels)
{
    /// <summary>What every run's sizes have to satisfy.</summary>
    public ImmutableArray<PlannedExtent> Extents { get; init; } = ImmutableArray<PlannedExtent>.Empty;

    /// <summary>Parts of buffers that kernels name.</summary>
    public ImmutableArray<PlannedPart> Parts { get; init; } = ImmutableArray<PlannedPart>.Empty;

    /// <summary>How many of the first kernels depend on parameters and sizes alone.</summary>
    public int Prepared { get; init; }

    /// <summary>The sizes that these depend on.</summary>
    public ImmutableArray<string> PreparedFor { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>How many ops there were to fuse: launches without fusion.</summary>
    public int Ops { get; init; }
}
