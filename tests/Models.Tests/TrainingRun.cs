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
    public static float[][] Floats(ModelSession session)
    {
        SizeValues sizes = AllModels.Sizes(session.Model.Compiled.Train!, Batch);
        return [.. session.Model.Compiled.Train!.Inputs.Where(static i => !i.Integers)
            .Select((input, n) => Enumerable.Range(0, AllModels.Length(input, sizes))
                .Select(i => ((i + n) * 7919 % 1000) / 1000f).ToArray())];
    }

    /// <summary>The int inputs of a step: labels of all classes and lengths of all sizes.</summary>
    /// <param name="session">What is trained.</param>
    /// <param name="uneven">Two labels of three are 0: that much can be learned from any input.</param>
    public static int[][] Ints(ModelSession session, bool uneven = false)
    {
        SizeValues sizes = AllModels.Sizes(session.Model.Compiled.Train!, Batch);
        return [.. session.Model.Compiled.Train!.Inputs.Where(static i => i.Integers)
            .Select(input => Enumerable.Range(0, AllModels.Length(input, sizes))
                .Select(i => input.LengthsOf is { } size ? 1 + (i % sizes[size]) : Label(i % Math.Max(1, input.Limit)))
                .ToArray())];

        int Label(int label) => uneven && label % 3 != 0 ? 0 : label;
    }

    /// <summary>The sizes of a step.</summary>
    public static (string Name, int Value)[] Sizes(ModelSession session) =>
        AllModels.Given(session.Model.Compiled.Train!, Batch);

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
