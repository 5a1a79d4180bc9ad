using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Dsl;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Tests;
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

    private static IReadOnlyList<string> Chosen => Cover.Of([.. AllModels.Names.Select(static row => (string)row[0])
        .Select(static name => new Candidate(
            name, Features(name).ToHashSet(), AllModels.Compiled(name).Train!.Kernels.Count))]);

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
