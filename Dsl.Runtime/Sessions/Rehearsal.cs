using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Dsl.Host;
using Dsl.Kernels;

namespace Dsl.Sessions;

/// <summary>
/// Has the code of a program compiled while its session is still being made, and beside its first run: another thread runs the
/// first and the last slice of every launch on zeros in memory of its own. It begins with the last launch, because the run
/// itself begins with the first. Nothing of it is kept, and once a program has run, the rest is left out.
/// </summary>
internal sealed class Rehearsal
{
    /// <summary>Of larger sessions a slice takes longer than the compiler does.</summary>
    private const long MostElements = 64 << 20;

    private readonly LoadedProgram _program;
    private volatile bool _isOver;

    /// <summary>Begins.</summary>
    /// <param name="program">What will be run first.</param>
    /// <param name="memory">Elements of the session's memory.</param>
    /// <param name="load">Loads a copy of the program for another engine, its arena at an element of that engine's memory.</param>
    public Rehearsal(LoadedProgram program, long memory, Action<LoadedProgram, Engine, long> load)
    {
        _program = program;
        Completion = Task.Run(() => Run(memory, load));
    }

    /// <summary>Of what a launch throws here nobody hears: it throws it again when it is run.</summary>
    public Task Completion { get; }

    /// <summary>Whether this is the first session that loads the program and there is something to win: code that is compiled when it
    /// is first called, a second thread, inputs for which zeros will do.</summary>
    /// <param name="program">What will be run first.</param>
    /// <param name="engine">What will run it.</param>
    /// <param name="memory">Elements of the session's memory.</param>
    public static bool Pays(LoadedProgram program, Engine engine, long memory) =>
        RuntimeFeature.IsDynamicCodeCompiled && engine is HostEngine { Threads: > 1 } && memory <= MostElements && Fits(program)
        && program.Program.TakeRehearsal();

    /// <summary>Whether zeros will do for its inputs, and it needs no other ranks.</summary>
    public static bool Fits(LoadedProgram program) =>
        program.Ranks == 0 && program.Program.Inputs.All(static i => i.LengthsOf is null);

    /// <summary>The program has run.</summary>
    public void End() => _isOver = true;

    private void Run(long memory, Action<LoadedProgram, Engine, long> load)
    {
        // Numbers are never taken for the indices that another buffer would have had at the same place.
        var copy = new LoadedProgram(_program.Program, _program.Maximum, sharesMemory: false, _program.Needed);
        using var engine = new HostEngine(1);
        engine.Allocate(memory + copy.ArenaLength);
        load(copy, engine, memory);
        foreach (Launch launch in copy.Launches.Reverse())
        {
            if (_isOver)
            {
                return;
            }

            engine.RunEnds(launch);
        }
    }
}
