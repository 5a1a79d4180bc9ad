using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>The distinct bodies of a model: equal text is one struct, shared by the kernels and programs that use it.</summary>
internal sealed class BodyTable
{
    private readonly Dictionary<Body, string> _names = new();
    private readonly List<(string Name, Body Body)> _all = new();
    private readonly Dictionary<string, SortedSet<string>> _users = new(StringComparer.Ordinal);

    /// <summary>In order of first use.</summary>
    public IReadOnlyList<(string Name, Body Body)> All => _all;

    /// <summary>The struct's name for the body of a kernel.</summary>
    public string NameOf(PlannedKernel kernel)
    {
        Body body = kernel.Body!;
        if (!_names.TryGetValue(body, out string? name))
        {
            string stem = KernelContext.TypeName(kernel.Name) + "Body";
            name = stem;
            for (int i = 2; _users.ContainsKey(name); i++)
            {
                name = stem + i.ToString(CultureInfo.InvariantCulture);
            }

            _names[body] = name;
            _all.Add((name, body));
            _users[name] = new SortedSet<string>(StringComparer.Ordinal);
        }

        _users[name].Add($"{kernel.Skeleton} of {kernel.Name}: {kernel.Summary.Replace("->", "to").Replace("<", "&lt;")}.");
        return name;
    }

    /// <summary>What uses a body, for its comment.</summary>
    public string UsersOf(string name) => _users[name].First();
}
