using System.Threading.Tasks;
using Dsl;
using Dsl.Sessions;
using Xunit;

namespace Models.Tests;

/// <summary>The code of a step is compiled on zeros, which no launch may mind, beside a session that does not notice.</summary>
public sealed class RehearsalTests
{
    public static TheoryData<string> Models
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (object[] name in AllModels.Names)
            {
                names.Add((string)name[0]);
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_rehearsal_runs_to_its_end_and_leaves_the_session_as_it_was(string name)
    {
        IModel model = AllModels.Make(name);
        using ModelSession session = TrainingRun.Session(model, threads: 1);
        LoadedProgram program = session.Loaded(EntryPoint.Train) ?? session.Loaded(EntryPoint.Forward)!;
        if (!Rehearsal.Fits(program))
        {
            return;
        }

        float[] before = Memory(session);
        await session.Rehearse(program).Completion;
        Assert.Equal(before, Memory(session));
    }

    private static float[] Memory(ModelSession session)
    {
        float[] all = new float[session.MemoryLength];
        session.Engine.Read(0, all);
        return all;
    }
}
