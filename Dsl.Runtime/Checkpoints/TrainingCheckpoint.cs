using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Checkpoints;

/// <summary>
/// A checkpoint that training continues from: the parameters as in <see cref="Checkpoint"/>, every array of the
/// optimiser as
/// <c>optimizer.&lt;state&gt;.&lt;parameter&gt;</c>, all in logical layout, and the position as metadata.
/// </summary>
internal static class TrainingCheckpoint
{
    /// <summary>Saves a session and its position.</summary>
    public static void Save(string path, ITrainingSession session, TrainingPosition position)
    {
        var writer = new SafeTensorsWriter();
        position.Write(writer.Metadata);
        Checkpoint.Add(writer, session.Parameters);
        foreach ((int state, string name) in session.Optimizer.SavedStates)
        {
            foreach (int parameter in Learned(session.Parameters))
            {
                writer.Add(
                    StateName(name, session.Parameters[parameter].Name),
                    session.Parameters[parameter].Shape.ToArray(),
                    values => session.ReadParameterLayout(session.StateBase(state), parameter, values));
            }
        }

        writer.Save(path);
    }

    /// <summary>Loads what <see cref="Save"/> saved.</summary>
    /// <param name="path">The file.</param>
    /// <param name="session">What is replaced, once everything has been checked and read.</param>
    /// <param name="check">Throws when the position does not fit the training that is to continue.</param>
    /// <exception cref="CheckpointException">The file does not fit; nothing was changed.</exception>
    public static TrainingPosition Load(string path, ITrainingSession session, Action<TrainingPosition> check)
    {
        using var file = new SafeTensorsReader(path);
        TrainingPosition position;
        try
        {
            position = TrainingPosition.Read(file.Metadata);
            check(position);
        }
        catch (CheckpointException e)
        {
            throw new CheckpointException($"'{path}' cannot be continued from. {e.Message} Nothing was changed.", e);
        }

        ParameterSet parameters = session.Parameters;
        (int Index, string Name)[] states = session.Optimizer.SavedStates.ToArray();
        Checkpoint.Check(path, file, Expected(parameters, states), static _ => false);
        float[][] values = Checkpoint.ReadAll(file, parameters.Select(static p => (p.Name, p.Length)));
        int[] learned = Learned(parameters);
        float[][][] arrays = states
            .Select(s => Checkpoint.ReadAll(
                file, learned.Select(i => (StateName(s.Name, parameters[i].Name), parameters[i].Length))))
            .ToArray();

        Checkpoint.Replace(parameters, parameters, values);
        session.PackParameters();
        for (int s = 0; s < states.Length; s++)
        {
            for (int i = 0; i < learned.Length; i++)
            {
                session.WriteParameterLayout(session.StateBase(states[s].Index), learned[i], arrays[s][i]);
            }
        }

        session.Optimizer.Restore(position.Step, position.Skipped);
        return position;
    }

    private static IEnumerable<(string Name, int[] Shape)> Expected(
        ParameterSet parameters, (int Index, string Name)[] states) =>
        Checkpoint.Expected(parameters).Concat(
            states.SelectMany(s => Learned(parameters)
                .Select(i => (StateName(s.Name, parameters[i].Name), parameters[i].Shape.ToArray()))));

    /// <summary>The positions of the parameters that learn: an optimiser has no arrays for states.</summary>
    private static int[] Learned(ParameterSet parameters) =>
        [.. Enumerable.Range(0, parameters.Count).Where(i => parameters[i].Learns)];

    private static string StateName(string state, string parameter) =>
        $"{Checkpoint.OptimizerPrefix}{state}.{parameter}";
}
