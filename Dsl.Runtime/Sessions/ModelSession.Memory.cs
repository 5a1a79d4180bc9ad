using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <content>The block of memory: parameters, gradients, optimiser arrays, scalars, arena; and who has the newest parameters.</content>
public abstract partial class ModelSession
{
    internal long ParameterBase { get; private set; }

    /// <summary>First element of the gradients, laid out like the parameters; those before <see cref="InPlaceLength"/> have
    /// none.</summary>
    internal long GradientBase { get; private set; }

    /// <summary>First element of the scalars of optimiser kernels.</summary>
    internal long HyperBase { get; private set; }

    internal long ArenaBase { get; private set; }

    internal long ArenaLength { get; private set; }

    /// <summary>First element of what <see cref="EntryPoint.Step"/> remembers.</summary>
    internal long KeptBase { get; private set; }

    internal long KeptLength { get; private set; }

    /// <summary>Elements in all: parameters, gradients, optimiser arrays, scalars, arena, what steps remember, what is made of parameters
    /// alone.</summary>
    internal long MemoryLength { get; private set; }

    /// <summary>Floats of what learns.</summary>
    internal long ParameterLength => _store.LearnedLength;

    /// <summary>Floats of the parameters and, behind them, the states; as many of the gradients and the next
    /// states.</summary>
    internal long RegionLength => _store.Length;

    internal long RunningLength => _store.Length - _store.LearnedLength;

    /// <summary>First element of the states as they were before the first micro-batch of a step.</summary>
    internal long SavedRunningBase => StateBase(Optimizer?.StateCount ?? 0);

    /// <summary>Floats of the parameters that take their steps while their gradients are computed.</summary>
    internal long InPlaceLength => _store.InPlaceLength;

    internal long DecayingLength => _store.DecayingLength;

    /// <summary>Floats of the parameters before those that learn slowly.</summary>
    internal long FastLength => _store.FastLength;

    internal ParameterSlot[] ParameterSlots => _store.Slots;

    /// <summary>First element of an optimiser's array, laid out like the parameters that learn.</summary>
    internal long StateBase(int index) => GradientBase + _store.Length + (index * _store.LearnedLength);

    /// <summary>What an entry point runs, once more: launches of its own at the largest sizes, on the same memory.</summary>
    /// <exception cref="InvalidOperationException">The session does not have this entry point.</exception>
    internal LoadedProgram Duplicate(EntryPoint entry)
    {
        LoadedProgram original = Require(entry);
        var copy = new LoadedProgram(original.Program, original.Maximum, needed: original.Needed) { PreparedBase = original.PreparedBase };
        Load(copy);
        return copy;
    }

    /// <summary>Has its code compiled on another thread, in memory of its own.</summary>
    internal Rehearsal Rehearse(LoadedProgram program) =>
        new(program, MemoryLength, (copy, engine, arena) =>
        {
            copy.PreparedBase = program.PreparedBase;
            copy.Load(engine, arena, KeptBase, ParameterAt);
        });

    private void Load(LoadedProgram? program)
    {
        bool isInPlace = _inPlace.Count > 0 && ReferenceEquals(program?.Program, Model.Compiled.Train);
        program?.Load(
            Engine, ArenaBase, KeptBase, ParameterAt, isInPlace ? _inPlace.Min(static p => p.Kernel) : null);
        foreach (CollectiveLaunch launch in program?.Launches.OfType<CollectiveLaunch>() ?? [])
        {
            launch.Collectives = Collectives;
        }

        foreach ((int kernel, string _) in isInPlace ? _inPlace : [])
        {
            ClassLogitsLaunch rows = program!.Launches.OfType<ClassLogitsLaunch>().First(l => l.Kernel == program.Program.Kernels[kernel]);
            rows.Update = Optimizer!.InPlace(new SessionMemory(this));
        }
    }

    /// <summary>What was made of parameters alone has to be made again.</summary>
    internal void ChangesParameters() => _version++;

    /// <summary>Takes in what was written to the model, or learned by another session, since the last time.</summary>
    internal void PackIfStale()
    {
        if (Model.Parameters.Fetch is { } newest && newest != _fetch)
        {
            newest();
        }

        if (Model.Parameters.Version != _packedVersion)
        {
            PackParameters();
        }
    }

    /// <summary>Takes the model's parameters into the session's layout.</summary>
    public void PackParameters()
    {
        using Turn turn = Enter();
        for (int i = 0; i < _store.Slots.Length; i++)
        {
            _store.Write(Engine, ParameterBase, i, Model.Parameters[_store.Slots[i].Name]);
        }

        _packedVersion = Model.Parameters.Version;
        ChangesParameters();
    }

    /// <summary>Writes the session's parameters back to the model, so that other sessions and checkpoints see them.</summary>
    public void UnpackParameters()
    {
        using Turn turn = Enter();
        for (int i = 0; i < _store.Slots.Length; i++)
        {
            _store.Read(Engine, ParameterBase, i, Model.Parameters[_store.Slots[i].Name].Overwritten);
        }

        _packedVersion = ++Model.Parameters.Version;
    }

    /// <summary>The gradient of a parameter that the last run of <see cref="EntryPoint.Train"/> has left, in logical layout: of the mean
    /// loss of its batch, before clipping and decay; zeros before the first run. Of sharded ranks it is this rank's part until the
    /// optimiser has updated.</summary>
    /// <param name="parameter">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no such parameter; the message lists near names.</exception>
    /// <exception cref="InvalidOperationException">The session does not train, or this parameter has no gradient: it is a state, frozen,
    /// or takes its steps in place.</exception>
    public Tensor ReadGradient(string parameter)
    {
        using Turn turn = Enter();
        Require(EntryPoint.Train);
        Parameter asked = Model.Parameters[parameter];
        string? reason = !asked.Learns ? "it is a state, which no gradient changes"
            : Optimizer!.Freezes(parameter) ? "it is frozen"
            : _inPlace.Any(p => p.Parameter == parameter) ? "it takes its steps while it is computed; see SessionOptions.InPlaceUpdates"
            : null;
        if (reason is not null)
        {
            throw new InvalidOperationException($"There is no gradient of '{parameter}': {reason}.");
        }

        var values = new float[asked.Length];
        ReadParameterLayout(GradientBase, asked.Index, values);
        return new Tensor(values, asked.Extents.ToArray());
    }

    /// <summary>Reads one tensor of an array laid out like the parameters, in logical layout.</summary>
    internal void ReadParameterLayout(long regionBase, int parameter, Span<float> logical) =>
        _store.Read(Engine, regionBase, parameter, logical);

    /// <summary>Writes one tensor of an array laid out like the parameters, from logical layout.</summary>
    internal void WriteParameterLayout(long regionBase, int parameter, ReadOnlySpan<float> logical)
    {
        ChangesParameters();
        _store.Write(Engine, regionBase, parameter, logical);
    }

    /// <summary>While it trains the session is authoritative, unless somebody has written to the model since it was packed.</summary>
    private void Fetch()
    {
        // Another thread may be in the middle of a step.
        using Turn turn = EnterLater();
        if (Model.Parameters.Version == _packedVersion)
        {
            UnpackParameters();
        }
    }

    private void Place()
    {
        static long Align(long at) => (at + Program.Alignment - 1) / Program.Alignment * Program.Alignment;

        ParameterBase = 0;
        GradientBase = RegionLength - InPlaceLength;
        HyperBase = Align(Optimizer is null ? RegionLength
            : SavedRunningBase + (Optimizer.Accumulates ? RunningLength : 0));
        ArenaBase = Align(HyperBase + (Optimizer?.HyperLength ?? 0));
        ArenaLength = _programs.Where(static p => p is not null).Max(static p => p!.ArenaLength);
        KeptBase = Align(ArenaBase + ArenaLength);
        KeptLength = _programs.Where(static p => p is not null).Max(static p => p!.KeptLength);
        MemoryLength = Align(KeptBase + KeptLength);
        foreach (LoadedProgram program in _programs.OfType<LoadedProgram>())
        {
            program.PreparedBase = MemoryLength;
            MemoryLength += program.PreparedLength;
        }
    }

    private long ParameterAt(string buffer)
    {
        foreach (ParameterSlot slot in _store.Slots)
        {
            if (string.Equals(slot.Name, buffer, StringComparison.Ordinal))
            {
                return ParameterBase + slot.Offset;
            }

            string derived = slot.Learns ? CompiledModel.GradientOf(slot.Name) : CompiledModel.NextOf(slot.Name);
            if (string.Equals(derived, buffer, StringComparison.Ordinal))
            {
                return (slot.Offset < InPlaceLength ? ParameterBase : GradientBase) + slot.Offset;
            }
        }

        return -1;
    }
}
