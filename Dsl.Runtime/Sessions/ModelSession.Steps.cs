using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <content>Position by position: what a session has seen of its sequences.</content>
public abstract partial class ModelSession
{
    /// <summary>The sizes of the position before.</summary>
    private int[]? _stepSizes;

    /// <summary>How many positions <see cref="EntryPoint.Step"/> has taken since the session was made or
    /// <see cref="Reset"/>.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes of what <see cref="EntryPoint.Step"/> remembers: the same at every position.</summary>
    public long KeptBytes => KeptLength * sizeof(float);

    /// <summary>Forgets all positions: the next one is the first of new sequences.</summary>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Reset()
    {
        using Turn turn = Enter();
        ObjectDisposedException.ThrowIf(_disposed, this);
        ClearKept();
        Position = 0;
    }

    private void ClearKept()
    {
        if (KeptLength > 0)
        {
            Engine.Fill(KeptBase, KeptLength, 0f);
        }
    }

    /// <summary>A sequence that comes later would begin in the middle of what is remembered; one may end before the others.</summary>
    private void RequireSameSequences(LoadedProgram program, string positions)
    {
        IReadOnlyList<string> symbols = program.Program.Symbols;
        _stepSizes ??= new int[symbols.Count];
        for (int i = 0; i < symbols.Count && Position > 0; i++)
        {
            int size = program.Sizes.ValueAt(i);
            if (size > _stepSizes[i] && symbols[i] != positions && symbols[i] != CompiledModel.Seen)
            {
                throw new InvalidOperationException(
                    $"Size '{symbols[i]}' is {size} at position {Position}, but was {_stepSizes[i]} before: sequences begin together, at "
                    + "position 0. Reset begins new ones.");
            }
        }

        for (int i = 0; i < symbols.Count; i++)
        {
            _stepSizes[i] = program.Sizes.ValueAt(i);
        }
    }

    /// <summary>Sets the sizes that a step knows by itself.</summary>
    private void BeginStep(LoadedProgram program)
    {
        if (!ReferenceEquals(program, Loaded(EntryPoint.Step)))
        {
            return;
        }

        string positions = Model.Compiled.Positions;
        bool hasRoom = program.Program.Symbols.Contains(positions);
        int room = hasRoom ? program.Maximum[positions] : int.MaxValue;
        if (Position >= room)
        {
            throw new InvalidOperationException(
                $"The session has room for {room} positions, and all are taken: create it with new Sizes "
                + $"{{ [\"{positions}\"] = … }} for longer sequences, or begin new ones with Reset.");
        }

        RequireSameSequences(program, positions);
        if (hasRoom)
        {
            program.Sizes[positions] = room;
        }

        if (program.Program.Symbols.Contains(CompiledModel.Seen))
        {
            program.Sizes[CompiledModel.Seen] = Position + 1;
        }
    }
}
