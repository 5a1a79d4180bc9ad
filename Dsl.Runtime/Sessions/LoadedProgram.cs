using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <summary>A program in one session: its launches with their offsets, and the sizes of the present call.</summary>
internal sealed class LoadedProgram
{
    private readonly Launch[] _launches;
    private readonly int[] _ranWith;
    private readonly List<(Launch Launch, int Slot, int Offset, Size Shift)> _parts = [];
    private readonly int[] _preparedFor;
    private readonly int[] _preparedWith;
    private object? _preparation, _loaded, _rest;
    private long _preparedVersion = -1;
    private Engine? _engine;

    /// <param name="program">What is run.</param>
    /// <param name="maximum">The largest value of every symbol.</param>
    /// <param name="sharesMemory">Whether buffers that are not alive at the same time may have the same memory.</param>
    /// <param name="needed">Which of its kernels are run; null: all.</param>
    public LoadedProgram(Program program, SizeValues maximum, bool sharesMemory = true, bool[]? needed = null)
    {
        Program = program;
        Needed = needed;
        Maximum = maximum;
        Sizes = new SizeValues(program.Symbols);
        Ranks = Shards.Of(program);
        _ranWith = new int[program.Symbols.Count];
        _launches = program.Kernels.Where((_, i) => needed is null || needed[i]).Select(static k => k.Prepare()).ToArray();
        Prepared = needed is null ? program.Prepared : needed.Take(program.Prepared).Count(static n => n);
        (Offsets, ArenaLength) = program.Place(maximum, sharesMemory);
        (KeptOffsets, KeptLength) = program.PlaceApart(maximum, static b => b.IsKept);
        (PreparedOffsets, PreparedLength) = program.PlaceApart(maximum, static b => b.IsPrepared);
        _preparedFor = [.. Enumerable.Range(0, program.Symbols.Count).Where(i => program.PreparedFor.Contains(program.Symbols[i]))];
        _preparedWith = new int[_preparedFor.Length];
        Inputs = program.Inputs.Select(static t => new BoundTensor(t)).ToArray();
        Outputs = program.Outputs.Select(static t => new BoundTensor(t)).ToArray();
    }

    public Program Program { get; }

    /// <summary>Which of its kernels are run; null: all.</summary>
    public bool[]? Needed { get; }

    /// <summary>How many of the first launches depend on parameters and sizes alone.</summary>
    public int Prepared { get; }

    /// <summary>Among how many ranks its classes are sharded; 0: it needs none.</summary>
    public int Ranks { get; }

    /// <summary>The largest value of every symbol.</summary>
    public SizeValues Maximum { get; }

    /// <summary>The values of the present call.</summary>
    public SizeValues Sizes { get; }

    /// <summary>Elements of the arena.</summary>
    public long ArenaLength { get; }

    public BoundTensor[] Inputs { get; }

    public BoundTensor[] Outputs { get; }

    public IReadOnlyList<Launch> Launches => _launches;

    /// <summary>Elements of what lives from run to run.</summary>
    public long KeptLength { get; }

    /// <summary>Elements of what lives until parameters or sizes change.</summary>
    public long PreparedLength { get; }

    /// <summary>First element of that.</summary>
    public long PreparedBase { get; set; }

    /// <summary>How often launches that depend on parameters and sizes alone were run.</summary>
    public int Preparations { get; private set; }

    private long[] Offsets { get; }

    private long[] KeptOffsets { get; }

    private long[] PreparedOffsets { get; }

    /// <summary>Fixes every offset and makes the launches ready.</summary>
    /// <param name="engine">What runs them.</param>
    /// <param name="arena">First element of the arena.</param>
    /// <param name="kept">First element of what lives from run to run.</param>
    /// <param name="parameterAt">First element of a parameter or a gradient by name; -1 when there is none.</param>
    /// <param name="pause">The first kernel that <see cref="Run"/> leaves to <see cref="RunRest"/>; null: none.</param>
    public void Load(Engine engine, long arena, long kept, Func<string, long> parameterAt, int? pause = null)
    {
        var at = new Dictionary<string, long>(StringComparer.Ordinal);
        var partOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Program.Buffers.Count; i++)
        {
            BufferPlan buffer = Program.Buffers[i];
            long start = buffer.IsKept ? kept + KeptOffsets[i]
                : buffer.IsPrepared ? PreparedBase + PreparedOffsets[i] : arena + Offsets[i];
            at[buffer.Name] = start + buffer.Origin.Evaluate(Maximum);
        }

        for (int i = 0; i < Program.Parts.Count; i++)
        {
            partOf[Program.Parts[i].Name] = i;
            at[Program.Parts[i].Name] = at[Program.Parts[i].Buffer];
        }

        long Resolve(string buffer) => at.TryGetValue(buffer, out long offset) ? offset
            : parameterAt(buffer) is >= 0 and var parameter ? parameter
            : throw new InvalidOperationException($"Program '{Program.Name}' names an unknown buffer '{buffer}'.");

        foreach (Launch launch in _launches)
        {
            for (int slot = 0; slot < launch.Kernel.Buffers.Count; slot++)
            {
                int offset = checked((int)Resolve(launch.Kernel.Buffers[slot]));
                launch.Slots.SetOffset(slot, offset);
                if (partOf.TryGetValue(launch.Kernel.Buffers[slot], out int part))
                {
                    _parts.Add((launch, slot, offset, Program.Parts[part].Shift));
                }
            }
        }

        foreach (BoundTensor tensor in Inputs.Concat(Outputs))
        {
            tensor.At = Resolve(tensor.Plan.Buffer);
        }

        _engine = engine;
        SetSizes(Maximum);
        int end = pause is { } kernel ? Array.FindIndex(_launches, l => l.Kernel == Program.Kernels[kernel]) : _launches.Length;
        _preparation = Prepared > 0 ? engine.Load(_launches[..Prepared]) : null;
        _loaded = engine.Load(_launches[Prepared..end]);
        _rest = pause is not null ? engine.Load(_launches[end..]) : null;
    }

    /// <summary>What the random numbers of the next run depend on.</summary>
    public void SetKey(RandomKey key)
    {
        foreach (Launch launch in _launches)
        {
            (launch.Slots.Key0, launch.Slots.Key1) = (key.Word0, key.Word1);
        }
    }

    /// <summary>Runs with the present sizes.</summary>
    /// <param name="parameters">The version of the parameters, not negative: what depends on them and on sizes alone is there already
    /// if these were the same in the run before.</param>
    public void Run(long parameters)
    {
        SetSizes(Sizes);
        Prepare(parameters);
        _engine!.Run(_loaded!);
    }

    /// <summary>Runs what depends on parameters and sizes alone, unless it is there already.</summary>
    public void Prepare(long parameters)
    {
        if (_preparation is null || IsPrepared(parameters))
        {
            return;
        }

        _preparedVersion = -1;
        _engine!.Run(_preparation);
        Preparations++;
        _preparedVersion = parameters;
        for (int i = 0; i < _preparedFor.Length; i++)
        {
            _preparedWith[i] = _ranWith[_preparedFor[i]];
        }
    }

    private bool IsPrepared(long parameters)
    {
        bool isSame = parameters == _preparedVersion;
        for (int i = 0; isSame && i < _preparedFor.Length; i++)
        {
            isSame = _preparedWith[i] == _ranWith[_preparedFor[i]];
        }

        return isSame;
    }

    /// <summary>Runs what <see cref="Run"/> has left.</summary>
    public void RunRest() => _engine!.Run(_rest!);

    private void SetSizes(SizeValues sizes)
    {
        bool changed = false;
        for (int i = 0; i < _ranWith.Length; i++)
        {
            changed |= _ranWith[i] != sizes.ValueAt(i);
            _ranWith[i] = sizes.ValueAt(i);
        }

        if (!changed && _loaded is not null)
        {
            return;
        }

        // Where a part begins depends on the present sizes; where its buffer begins, on the largest ones.
        foreach ((Launch launch, int slot, int offset, Size shift) in _parts)
        {
            launch.Slots.SetOffset(slot, checked((int)(offset + shift.Evaluate(sizes))));
        }

        foreach (Launch launch in _launches)
        {
            for (int i = 0; i < _ranWith.Length; i++)
            {
                launch.Slots.SetSize(i, _ranWith[i]);
            }

            launch.Resize(sizes);
        }
    }
}

/// <summary>An input or output in one session.</summary>
internal sealed class BoundTensor(TensorPlan plan)
{
    private readonly long[] _shape = new long[plan.Shape.Length];
    private readonly long[] _strides = new long[plan.Shape.Length];

    public TensorPlan Plan => plan;

    /// <summary>Absolute element of index (0, 0, …).</summary>
    public long At { get; set; }

    /// <summary>Whether the present call has given it.</summary>
    public bool Given { get; set; }

    /// <summary>The largest of the lengths given, where it has lengths.</summary>
    public int Longest { get; set; }

    public ReadOnlySpan<long> Shape => _shape;

    public ReadOnlySpan<long> Strides => _strides;

    /// <summary>Logical elements.</summary>
    public long Length { get; private set; }

    /// <summary>Elements from the first to the last one inclusive, gaps included.</summary>
    public long Extent { get; private set; }

    /// <summary>Whether it lies row-major without gaps.</summary>
    public bool IsDense => Extent == Length && (_strides.Length == 0 || _strides[^1] == 1 || _shape[^1] == 1) && Ordered();

    public void Resize(SizeValues sizes)
    {
        Length = 1;
        Extent = 1;
        for (int i = 0; i < _shape.Length; i++)
        {
            _shape[i] = plan.Shape[i].Evaluate(sizes);
            _strides[i] = plan.Strides[i].Evaluate(sizes);
            Length *= _shape[i];
            Extent += (_shape[i] - 1) * _strides[i];
        }
    }

    private bool Ordered()
    {
        long expected = 1;
        for (int i = _shape.Length - 1; i >= 0; i--)
        {
            if (_shape[i] != 1 && _strides[i] != expected)
            {
                return false;
            }

            expected *= _shape[i];
        }

        return true;
    }
}
