using System;
using System.Globalization;
using Dsl.Kernels;
using Dsl.Sessions;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>Runs launches on the processor: one aligned block of memory and a team of threads that shares the slices
/// of each phase in fixed, contiguous ranges.</summary>
internal sealed unsafe class HostEngine : Engine
{
    /// <summary>Zeros behind the session's memory and a worker's scratch: a vector may begin before the end.</summary>
    private const int SlackBytes = 1024;

    private readonly WorkerTeam _team;
    private readonly PhaseWork _phase;
    private readonly HostBlock[] _scratch;
    private HostBlock? _memory;
    private HostBlock? _shared;
    private long _sharedFloats;
    private long _elements;
    private bool _disposed;

    /// <param name="threads">Workers, the calling thread included; 0 takes one for each processor.</param>
    public HostEngine(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _team = new WorkerTeam(threads == 0 ? Environment.ProcessorCount : threads);
        _scratch = new HostBlock[_team.Threads];
        for (int i = 0; i < _scratch.Length; i++)
        {
            _scratch[i] = new HostBlock((Launch.ScratchFloats * (long)sizeof(float)) + SlackBytes);
        }

        _phase = new PhaseWork(this);
    }

    /// <summary>A session that nobody has disposed ends its threads, which would wait for work for ever; its blocks free
    /// themselves.</summary>
    ~HostEngine() => _team?.Stop();

    /// <inheritdoc/>
    public override string Description => string.Create(
        CultureInfo.InvariantCulture, $"host, {HostVectors.Name}, {_team.Threads} {(_team.Threads == 1 ? "thread" : "threads")}");

    /// <summary>The workers: tests ask each what it allocated.</summary>
    internal WorkerTeam Team => _team;

    /// <summary>The memory, for tests of what becomes of it.</summary>
    internal HostBlock? Block => _memory;

    /// <inheritdoc/>
    public override int Threads => _team.Threads;

    /// <inheritdoc/>
    public override float* Pointer => _memory is null ? null : _memory.Pointer;

    /// <inheritdoc/>
    public override void Allocate(long elements)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        if (_memory is not null)
        {
            throw new InvalidOperationException("The engine's memory has already been allocated.");
        }

        // Offsets are ints: a GPU computes with them in 32 bits.
        if (elements > int.MaxValue)
        {
            throw new NotSupportedException(
                $"The session needs {elements} numbers for parameters, gradients, the optimiser and a step; kernels address at most "
                + $"{int.MaxValue}: use a smaller batch or an optimiser with fewer arrays, or shard classes among ranks (Shards).");
        }

        _memory = new HostBlock((elements * sizeof(float)) + SlackBytes);
        _elements = elements;
    }

    /// <inheritdoc/>
    public override object Load(Launch[] launches) => launches;

    /// <inheritdoc/>
    public override void Run(object loaded)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (Launch launch in (Launch[])loaded)
        {
            Share(launch);
            for (int phase = 0; phase < launch.Phases; phase++)
            {
                Run(launch, phase);
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Runs the first and the last slice of each phase of a launch: all its code, little of its work.</summary>
    internal void RunEnds(Launch launch)
    {
        Share(launch);
        for (int phase = 0; phase < launch.Phases; phase++)
        {
            int slices = launch.Slices(phase);
            Run(launch, phase, 0, Math.Min(slices, 1), 0);
            Run(launch, phase, Math.Max(slices - 1, 1), slices, 0);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Write(long at, ReadOnlySpan<float> values)
    {
        values.CopyTo(new Span<float>(Range(at, values.Length), values.Length));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Read(long at, Span<float> values)
    {
        new ReadOnlySpan<float>(Range(at, values.Length), values.Length).CopyTo(values);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Fill(long at, long count, float value)
    {
        float* to = Range(at, count);
        while (count > 0)
        {
            int part = (int)Math.Min(count, 1 << 30);
            new Span<float>(to, part).Fill(value);
            to += part;
            count -= part;
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        GC.SuppressFinalize(this);
        _team.Dispose();
        _memory?.Dispose();
        _shared?.Dispose();
        foreach (HostBlock scratch in _scratch)
        {
            scratch.Dispose();
        }
    }

    private void Share(Launch launch)
    {
        if (launch.SharedFloats > 0)
        {
            launch.Shared = SharedBy(launch.SharedFloats);
        }
    }

    /// <summary>Memory for what the slices of a launch share: it grows when a launch needs more than any before.</summary>
    private float* SharedBy(long floats)
    {
        if (_shared is null || _sharedFloats < floats)
        {
            _shared?.Dispose();
            _shared = new HostBlock((floats * sizeof(float)) + SlackBytes);
            _sharedFloats = floats;
        }

        return _shared.Pointer;
    }

    private void Run(Launch launch, int phase)
    {
        int slices = launch.Slices(phase);
        if (slices == 1 || _team.Threads == 1)
        {
            Run(launch, phase, 0, slices, 0);
        }
        else if (slices > 0)
        {
            _phase.Set(launch, phase, slices);
            _team.Run(_phase);
        }
    }

    /// <summary>A worker's share of a phase.</summary>
    private void Run(Launch launch, int phase, int first, int end, int worker)
    {
        float* memory = Pointer;
        float* scratch = _scratch[worker].Pointer;
        *Launch.Held(scratch) = -1;
        for (int slice = first; slice < end; slice++)
        {
            launch.RunHost(memory, scratch, phase, slice);
        }
    }

    private float* Range(long at, long count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at, _elements - count);
        return Pointer + at;
    }

    /// <summary>The phase in progress; one object for all, so that running allocates nothing.</summary>
    private sealed class PhaseWork(HostEngine engine) : ITeamWork
    {
        private Launch? _launch;
        private int _phase;
        private int _slices;

        public void Set(Launch launch, int phase, int slices)
        {
            _launch = launch;
            _phase = phase;
            _slices = slices;
        }

        public void Run(int worker)
        {
            (int first, int end) = Slicing.Range(_slices, engine._team.Threads, worker);
            engine.Run(_launch!, _phase, first, end, worker);
        }
    }
}
