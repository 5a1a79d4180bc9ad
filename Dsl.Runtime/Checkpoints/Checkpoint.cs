using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Sessions;

namespace Dsl.Checkpoints;

/// <summary>Saves a model's parameters and loads them again: one F32 tensor for each, under its name, in logical
/// layout.</summary>
public static class Checkpoint
{
    /// <summary>What the names of a training checkpoint's other tensors begin with; <see cref="Load(string, ParameterSet)"/> leaves them
    /// out.</summary>
    internal const string OptimizerPrefix = "optimizer.";

    private const int ListedProblems = 12;

    /// <summary>Saves the parameters. Whatever happens, the path holds either the old file or the whole new
    /// one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(string path, ParameterSet parameters)
    {
        var writer = new SafeTensorsWriter();
        Add(writer, parameters);
        writer.Save(path);
    }

    /// <summary>Loads the parameters from a file that holds exactly these tensors (F32, F16, BF16, or F64, which is
    /// rounded); what a training checkpoint also holds is left out.</summary>
    /// <exception cref="CheckpointException">Something is missing, extra, misshapen, of another type or broken. The
    /// message lists it,
    /// and no parameter was changed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void Load(string path, ParameterSet parameters)
    {
        using var file = new SafeTensorsReader(path);
        Check(
            path,
            file,
            Expected(parameters),
            static name => name.StartsWith(OptimizerPrefix, StringComparison.Ordinal));
        float[][] values = ReadAll(file, parameters.Select(static p => (p.Name, p.Length)));
        Replace(parameters, parameters, values);
    }

    /// <summary>Loads some of the parameters, or from a file that has other names for them: layers that were trained in another
    /// model. What else the file holds is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parameters">What is loaded into.</param>
    /// <param name="nameInFile">The name that the file has for a parameter; null: it keeps its values.</param>
    /// <returns>How many parameters were loaded.</returns>
    /// <example><code>Checkpoint.Load(path, model.Parameters, name => name.StartsWith("Head.") ? null : name)</code></example>
    /// <exception cref="CheckpointException">Something is missing, misshapen, of another type or broken, or nothing is asked for. The
    /// message lists it, and no parameter was changed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static int Load(string path, ParameterSet parameters, Func<string, string?> nameInFile)
    {
        ArgumentNullException.ThrowIfNull(nameInFile);
        (Parameter Parameter, string Name)[] asked = [.. parameters
            .Select(p => (p, nameInFile(p.Name)!)).Where(static p => p.Item2 is not null)];
        if (asked.Length == 0)
        {
            throw new CheckpointException($"No parameter was asked for of '{path}'. Nothing was changed.");
        }

        using var file = new SafeTensorsReader(path);
        Check(path, file, asked.Select(static a => (a.Name, a.Parameter.Shape.ToArray())), static _ => true);
        float[][] values = ReadAll(file, asked.Select(static a => (a.Name, a.Parameter.Length)));

        // Those that are left out keep what a session may have learned.
        parameters.Fetch?.Invoke();
        Replace(parameters, asked.Select(static a => a.Parameter), values);
        return asked.Length;
    }

    /// <summary>Saves what training goes on from without a <see cref="Trainer"/>: the parameters, the arrays of the session's
    /// optimiser and its number of steps.</summary>
    /// <exception cref="InvalidOperationException">The session has no optimiser, or micro-batches wait for their step.</exception>
    /// <exception cref="IOException">It cannot be written; an older file is still whole.</exception>
    public static void Save(string path, ModelSession session)
    {
        var memory = new SessionMemory(session);
        Optimizer optimizer = memory.Optimizer;
        if (optimizer.MicroBatches > 0)
        {
            throw new InvalidOperationException("Micro-batches were accumulated: take the step first, a checkpoint holds no sum of them.");
        }

        TrainingCheckpoint.Save(path, memory, new TrainingPosition
        {
            Optimizer = optimizer.GetType().Name,
            Step = optimizer.Step,
            Skipped = optimizer.Skipped,
            Seed = session.Seed,
            Epoch = 0,
            Batch = 0,
            Shuffle = false,
            BatchSize = 0,
            Accumulate = 0,
            Samples = 0,
        });
    }

    /// <summary>Loads what <see cref="Save(string, ModelSession)"/> or a trainer saved into a session with such an optimiser: its
    /// next steps are those that would have come.</summary>
    /// <exception cref="CheckpointException">The file is broken, or is of another model or optimiser. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The session has no optimiser.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void Load(string path, ModelSession session)
    {
        var memory = new SessionMemory(session);
        string here = memory.Optimizer.GetType().Name;
        TrainingPosition position = TrainingCheckpoint.Load(path, memory, found =>
        {
            if (found.Optimizer != here)
            {
                throw new CheckpointException($"The optimiser was {found.Optimizer} and is {here}.");
            }

            if (found.Step < 0 || found.Skipped < 0)
            {
                throw new CheckpointException(FormattableString.Invariant($"There is no step {found.Step}, {found.Skipped} left out."));
            }
        });
        session.Seed = position.Seed;
    }

    internal static void Add(SafeTensorsWriter writer, ParameterSet parameters)
    {
        // Once for all: every fetch takes all parameters out of the session.
        parameters.Fetch?.Invoke();
        foreach (Parameter parameter in parameters)
        {
            writer.Add(parameter.Name, parameter.Shape.ToArray(), values => parameter.Raw.CopyTo(values));
        }
    }

    internal static IEnumerable<(string Name, int[] Shape)> Expected(ParameterSet parameters) =>
        parameters.Select(static p => (p.Name, p.Shape.ToArray()));

    /// <summary>Reads before anything is changed, so that a disk that fails half-way leaves everything as it
    /// was.</summary>
    internal static float[][] ReadAll(SafeTensorsReader file, IEnumerable<(string Name, int Length)> tensors) =>
        tensors.Select(t =>
        {
            var values = new float[t.Length];
            file.Read(t.Name, values);
            return values;
        }).ToArray();

    /// <summary>Replaces some parameters of a set, whose version tells sessions to take them. When all are replaced nothing has to be
    /// fetched from a session before.</summary>
    internal static void Replace(ParameterSet parameters, IEnumerable<Parameter> replaced, float[][] values)
    {
        foreach ((int i, Parameter parameter) in replaced.Index())
        {
            values[i].CopyTo(parameter.Overwritten);
        }

        parameters.Version++;
    }

    /// <summary>Compares a file with what is expected and reports all differences at once.</summary>
    internal static void Check(
        string path,
        SafeTensorsReader file,
        IEnumerable<(string Name, int[] Shape)> expected,
        Func<string, bool> leaveOut)
    {
        var problems = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, int[] shape) in expected)
        {
            names.Add(name);
            string wanted = "[" + string.Join(", ", shape) + "]";
            TensorEntry? found = file.Find(name);
            if (found is null)
            {
                problems.Add($"'{name}' {wanted} is missing");
            }
            else if (!TensorEntry.FloatTypes.Contains(found.DType))
            {
                problems.Add($"'{name}' is {found.DType}, expected {string.Join(" or ", TensorEntry.FloatTypes)}");
            }
            else if (!found.Shape.SequenceEqual(shape.Select(static e => (long)e)))
            {
                problems.Add($"'{name}' is {found.ShapeText}, expected {wanted}");
            }
        }

        problems.AddRange(file.Tensors.Where(t => !names.Contains(t.Name) && !leaveOut(t.Name))
            .Select(static t => $"'{t.Name}' {t.ShapeText} is not known"));
        if (problems.Count > 0)
        {
            string more = problems.Count > ListedProblems ? $"; and {problems.Count - ListedProblems} more" : "";
            string list = string.Join("; ", problems.Take(ListedProblems));
            throw new CheckpointException($"'{path}' does not fit: {list}{more}. Nothing was changed.");
        }
    }
}
