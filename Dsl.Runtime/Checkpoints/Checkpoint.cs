using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Dsl.Checkpoints;

/// <summary>Saves a model's parameters and loads them again: one F32 tensor for each, under its name, in logical
/// layout.</summary>
public static class Checkpoint
{
    /// <summary>What the names of a training checkpoint's other tensors begin with; <see cref="Load"/> leaves them
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

    /// <summary>Loads the parameters from a file that holds exactly these tensors (F32, or F64, which is rounded); what
    /// a training
    /// checkpoint also holds is left out.</summary>
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
        Replace(parameters, values);
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

    internal static void Replace(ParameterSet parameters, float[][] values)
    {
        // Every value is replaced, so nothing has to be fetched from a session; the version tells it to take them.
        for (int i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(parameters[i].Overwritten);
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
            else if (found.DType is not ("F32" or "F64"))
            {
                problems.Add($"'{name}' is {found.DType}, expected F32 or F64");
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
