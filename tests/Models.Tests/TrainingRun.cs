using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Plans;
using Dsl.Sessions;

namespace Models.Tests;

/// <summary>A few steps of training on fixed inputs.</summary>
internal static class TrainingRun
{
    /// <summary>Samples of a step.</summary>
    public const int Batch = 6;

    /// <summary>A session that trains with Adam.</summary>
    public static ModelSession Session(IModel model, int threads) => model.NewSession(new SessionOptions
    {
        Device = Device.Host(threads),
        Sizes = AllModels.AtMost(model.Compiled.Train!, Batch),
        Optimizer = new Adam(1e-3f),
    });

    /// <summary>The float inputs of a step.</summary>
    public static float[][] Floats(ModelSession session) => Inputs(session, integers: false)
        .Select(static (t, n) => Enumerable.Range(0, t.Length).Select(i => ((i + n) * 7919 % 1000) / 1000f).ToArray()).ToArray();

    /// <summary>The int inputs of a step.</summary>
    public static int[][] Ints(ModelSession session) => Inputs(session, integers: true)
        .Select(static t => Enumerable.Range(0, t.Length).Select(i => i % Math.Max(1, t.Limit)).ToArray()).ToArray();

    /// <summary>The sizes of a step.</summary>
    public static (string Name, int Value)[] Sizes(ModelSession session) =>
        AllModels.Given(session.Model.Compiled.Train!, Batch);

    private static (int Length, int Limit)[] Inputs(ModelSession session, bool integers)
    {
        Program train = session.Model.Compiled.Train!;
        SizeValues sizes = AllModels.Sizes(train, Batch);
        return train.Inputs.Where(i => i.Integers == integers)
            .Select(i => ((int)i.Shape.Aggregate(1L, (product, dim) => product * dim.Evaluate(sizes)), i.Limit)).ToArray();
    }

    /// <summary>One step: inputs, gradients, loss, update. The loss before it.</summary>
    public static float Step(
        ModelSession session, (string Name, int Value)[] sizes, float[][] floats, int[][] ints)
    {
        Program train = session.Model.Compiled.Train!;
        session.Begin(EntryPoint.Train, sizes);
        int f = 0;
        int n = 0;
        for (int i = 0; i < train.Inputs.Count; i++)
        {
            if (train.Inputs[i].Integers)
            {
                session.Write(i, ints[n++]);
            }
            else
            {
                session.Write(i, floats[f++]);
            }
        }

        session.Run();
        float loss = session.ReadScalar();
        session.Optimizer!.Update(session);
        return loss;
    }
}
