using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Dsl;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Plans;
using ILGPU;

namespace Models.Tests;

/// <summary>
/// The models that run on accelerators: a driver that compiles for CPUs takes longer over all of them than anyone waits. Together
/// these load every kernel for every form of launch that any model has, and the others have nothing of their own but
/// bodies; DSL_ALL_CASES=1 runs those, too.
/// </summary>
internal static class GpuModels
{
    /// <summary>The samples of a run.</summary>
    public const int Batch = 5;

    /// <summary>Their names, for theories.</summary>
    public static IEnumerable<object[]> Names =>
        Environment.GetEnvironmentVariable("DSL_ALL_CASES") == "1" ? AllModels.Names : Chosen.Select(static n => new object[] { n });

    private static IReadOnlyList<string> Chosen => [.. Cover(AllModels.Names.Select(static row => (string)row[0])
        .ToDictionary(static name => name, static name => new HashSet<string>(Features(name))))];

    /// <summary>What a model asks of an accelerator in a step of training: for each launch the kernels that are loaded for it, and
    /// the form of its extents.</summary>
    public static IEnumerable<string> Features(string name)
    {
        Program train = AllModels.Compiled(name).Train!;
        SizeValues sizes = AllModels.Sizes(train, Batch);
        foreach (Kernel kernel in train.Kernels)
        {
            Launch launch = kernel.Prepare();
            launch.Resize(sizes);
            var kernels = new NamesOnly();
            new GpuLoader(kernels).Load(launch).LoadAll();
            string form = string.Join(' ', Form(kernel));
            foreach (string loaded in kernels.Names)
            {
                yield return $"{loaded} {form}";
            }
        }
    }

    /// <summary>Greedily: the model with the most that is missing, the first by name of several; then without those that later
    /// ones have made needless.</summary>
    public static IEnumerable<string> Cover(Dictionary<string, HashSet<string>> features)
    {
        var missing = new HashSet<string>(features.Values.SelectMany(static f => f));
        var chosen = new List<string>();
        while (missing.Count > 0)
        {
            string best = features.Keys.Order(StringComparer.Ordinal)
                .MaxBy(name => features[name].Count(missing.Contains))!;
            missing.ExceptWith(features[best]);
            chosen.Add(best);
        }

        for (int i = chosen.Count - 1; i >= 0; i--)
        {
            string candidate = chosen[i];
            if (features[candidate].All(f => chosen.Any(c => c != candidate && features[c].Contains(f))))
            {
                chosen.RemoveAt(i);
            }
        }

        return chosen.Order(StringComparer.Ordinal);
    }

    /// <summary>What a shape says by words and flags, and the strides that are 1.</summary>
    private static IEnumerable<string> Form(Kernel kernel)
    {
        object? shape = kernel.GetType().GetProperty("Shape", BindingFlags.Public | BindingFlags.Instance)?.GetValue(kernel);
        return shape is null ? [] : shape.GetType().GetProperties()
            .Where(static p => p.GetIndexParameters().Length == 0)
            .Select(p => (p.Name, Value: p.GetValue(shape)))
            .Where(static p => p.Value is true or Enum || (p.Value is Size size && size.Equals(Size.One)))
            .Select(static p => $"{p.Name}={p.Value}")
            .Order(StringComparer.Ordinal);
    }

    /// <summary>Compiles nothing.</summary>
    private sealed class NamesOnly : GpuKernels
    {
        public HashSet<string> Names { get; } = [];

        internal override GpuKernel<TGeometry> Load<TGeometry>(Action<ArrayView<float>, Slots, TGeometry> kernel)
        {
            Names.Add($"{kernel.Method.DeclaringType!.Name}.{kernel.Method.Name}");
            return new GpuKernel<TGeometry>();
        }
    }
}
