using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Plans;
using Dsl.Sessions;
using Xunit;

namespace Models.Tests;

/// <summary>Every model that can be trained in a moment learns the samples it is shown.</summary>
public sealed class LearningTests
{
    public static IEnumerable<object[]> Models => AllModels.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Steps_lower_the_loss(string name)
    {
        IModel model = AllModels.Make(name);
        model.Parameters.Initialize(1);
        using ModelSession session = TrainingRun.Session(model, threads: 2);
        float[][] floats = TrainingRun.Floats(session);

        // Dropout makes single losses noise.
        int[][] ints = TrainingRun.Ints(session, uneven: true);
        (string Name, int Value)[] sizes = TrainingRun.Sizes(session);
        var losses = new List<float>();
        for (int i = 0; i < 16; i++)
        {
            losses.Add(TrainingRun.Step(session, sizes, floats, ints));
        }

        Assert.All(losses, static loss => Assert.True(float.IsFinite(loss)));
        Assert.True(losses.Skip(12).Average() < losses.Take(4).Average(), $"{name}: {string.Join(" ", losses)}");
    }
}
