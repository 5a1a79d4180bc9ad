using Dsl.Host;
using Dsl.Plans;
using Dsl.Sessions;
using Xunit;

namespace Dsl.Runtime.Tests.Sessions;

/// <summary>When a program's code is compiled ahead of its first run.</summary>
public sealed class RehearsalTests
{
    [Fact]
    public void The_first_session_with_two_threads_rehearses_a_program()
    {
        LoadedProgram program = Loaded();
        using var alone = new HostEngine(1);
        using var two = new HostEngine(2);
        Assert.False(Rehearsal.Pays(program, alone, 1000));
        Assert.True(Rehearsal.Pays(program, two, 1000));
        Assert.False(Rehearsal.Pays(program, two, 1000));
    }

    [Fact]
    public void Large_sessions_and_lengths_are_not_rehearsed()
    {
        using var two = new HostEngine(2);
        Assert.False(Rehearsal.Pays(Loaded(), two, 1L << 30));
        var lengths = new TensorPlan("lengths", "lengths", [3], [1]) { Integers = true, LengthsOf = "n" };
        Assert.False(Rehearsal.Pays(Loaded(lengths), two, 1000));
        Assert.True(Rehearsal.Pays(Loaded(lengths with { LengthsOf = null }), two, 1000));
    }

    private static LoadedProgram Loaded(params TensorPlan[] inputs) =>
        new(new Program("Train", [], inputs, [], [], []), new SizeValues([]));
}
