using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;

namespace Dsl.Profiling;

/// <summary>Which layer of the user's class the launches of a program came from, and whether they belong to the forward
/// or to the backward pass. The build fuses across layers; names and buffers say what a launch is mostly of.</summary>
internal sealed class LaunchOrigins
{
    private readonly Program _program;
    private readonly HashSet<string> _parameters;
    private readonly HashSet<Kernel> _forward;

    /// <summary>Layers, blocks, inputs and locals, as the class has them, by their name in lower camel case.</summary>
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <param name="program">The program.</param>
    /// <param name="parameters">The names of the model's parameters, states included.</param>
    public LaunchOrigins(Program program, IEnumerable<string> parameters)
    {
        _program = program;
        _parameters = new HashSet<string>(parameters, StringComparer.Ordinal);
        foreach (string parameter in _parameters)
        {
            for (string name = Owner(parameter); name.Length > 0; name = Before(name))
            {
                _names[Camel(name)] = name;
            }
        }

        foreach (TensorPlan output in program.Outputs)
        {
            _names.TryAdd(output.Buffer, program.Name == "Forward" ? "Forward" : "Loss");
        }

        // In their order, so that what is named after another value is not taken for a new one.
        Kernel[] forward = Forward(program, _parameters);
        _forward = [.. forward];
        foreach (string name in program.Inputs.Select(static i => i.Name).Concat(forward.Select(static k => k.Name)))
        {
            if (Known(name) is null && KnownDerivative(name) is null)
            {
                string first = name.Split('.')[0];
                _names[Camel(first)] = first;
            }
        }
    }

    /// <summary>
    /// Where a launch came from. A product belongs to the layer whose weights it multiplies; what names parameters of
    /// one layer alone, their transposes or their gradients, to that layer; anything else to the layer, the block, the
    /// input or the local that it is named after.
    /// </summary>
    /// <param name="kernel">A kernel of the program.</param>
    /// <param name="isProduct">Whether buffer 0 or 1 are multiplied.</param>
    public (string Layer, StepPhase Phase) Of(Kernel kernel, bool isProduct)
    {
        bool forward = _program.Name != "Train" || (_forward.Contains(kernel) && !IsGradient(kernel.Name));
        return (LayerOf(kernel, isProduct), forward ? StepPhase.Forward : StepPhase.Backward);
    }

    private string LayerOf(Kernel kernel, bool isProduct)
    {
        string?[] owners = [.. kernel.Buffers.Select(OwnerOf)];
        string? weights = isProduct ? owners.Take(2).FirstOrDefault(static o => o is not null) : null;
        string[] all = [.. owners.OfType<string>().Distinct()];
        return weights ?? (all.Length == 1 ? all[0] : null) ?? Named(kernel.Name);
    }

    /// <summary>The layer, block, input or local whose name a launch's name begins with; without one the first part of
    /// the name.</summary>
    private string Named(string name) => Known(name) ?? KnownDerivative(name) ?? name.Split('.')[0];

    /// <summary>The derivative with respect to <c>Deep</c> is called <c>dDeep</c>, to a local <c>up</c>
    /// <c>dup</c>.</summary>
    private string? KnownDerivative(string name) =>
        name[0] == 'd' && name.Length > 1 ? Known(name[1..]) : null;

    private string? Known(string name)
    {
        for (string prefix = Camel(name); prefix.Length > 0; prefix = Before(prefix))
        {
            // A number behind a name tells launches apart that would have the same.
            for (string part = prefix; part.Length > 0; part = part[..^1])
            {
                if (_names.TryGetValue(part, out string? known))
                {
                    return known;
                }

                if (!char.IsDigit(part[^1]))
                {
                    break;
                }
            }
        }

        return null;
    }

    private bool IsGradient(string name) =>
        name.Length > 1 && name[0] == 'd' && char.IsUpper(name[1]) && Known(name) is null;

    /// <summary>The layer of a parameter that a buffer is, or is made of: <c>Deep.Weight.Transposed</c>.</summary>
    private string? OwnerOf(string buffer)
    {
        for (string name = buffer; name.Length > 0; name = Before(name))
        {
            if (_parameters.Contains(name))
            {
                return Owner(name);
            }
        }

        return null;
    }

    /// <summary>The kernels that the results and the next values of states depend on.</summary>
    private static Kernel[] Forward(Program program, HashSet<string> parameters)
    {
        // Parts of a join are written one by one and read together; slices are read only.
        Dictionary<string, string> joins = program.Parts
            .Where(static p => !p.Name.Contains(".Slice", StringComparison.Ordinal))
            .ToDictionary(static p => p.Name, static p => p.Buffer, StringComparer.Ordinal);
        string Whole(string buffer) => joins.GetValueOrDefault(buffer, buffer);
        var written = new HashSet<string>(program.Inputs.Select(static i => i.Buffer), StringComparer.Ordinal);
        var writes = new List<(Kernel Kernel, string[] Buffers)>();
        foreach (Kernel kernel in program.Kernels)
        {
            // A buffer is written by the first kernel that names it or a part of it; zeros are around it before that.
            string[] named = [.. kernel.Buffers.Where(b => !parameters.Contains(b))];
            writes.Add((kernel, kernel is HaloKernel ? named : [.. named.Where(b => !written.Contains(b))]));
            if (kernel is not HaloKernel)
            {
                written.UnionWith(named);
                written.UnionWith(named.Select(Whole));
            }
        }

        string next = CompiledModel.NextOf("");
        var needed = new HashSet<string>(
            program.Outputs.Select(o => Whole(o.Buffer)).Concat(program.Kernels.SelectMany(static k => k.Buffers)
                .Where(b => b.EndsWith(next, StringComparison.Ordinal))),
            StringComparer.Ordinal);
        var forward = new HashSet<Kernel>();
        foreach ((Kernel kernel, string[] buffers) in Enumerable.Reverse(writes))
        {
            if (buffers.Any(b => needed.Contains(Whole(b))))
            {
                forward.Add(kernel);
                needed.UnionWith(kernel.Buffers.Select(Whole));
            }
        }

        return [.. program.Kernels.Where(forward.Contains)];
    }

    private static string Owner(string parameter) => Before(parameter) is { Length: > 0 } layer ? layer : parameter;

    /// <summary>A dotted name without its last part; empty when it has one part.</summary>
    private static string Before(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
