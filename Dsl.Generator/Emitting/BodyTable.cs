using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Linq;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>
/// The distinct bodies of a model: text that is equal up to the names of locals is one struct, shared by the kernels
/// and programs that use it. So repeated blocks, and layers that are alike, have one body. It keeps the names of its
/// first user.
/// </summary>
internal sealed class BodyTable
{
    private static readonly Regex s_declaration = new(@"\b[FM] (?<name>@?\w+) =|(?<name>@?\w+)(?= = s\.A[0-9])");
    private static readonly Regex s_word = new(@"@?\b[A-Za-z_]\w*");

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Name, Body Body)> _all = new();
    private readonly Dictionary<string, SortedSet<string>> _users = new(StringComparer.Ordinal);

    /// <summary>In order of first use.</summary>
    public IReadOnlyList<(string Name, Body Body)> All => _all;

    /// <summary>The struct's name for the body of a kernel.</summary>
    public string NameOf(PlannedKernel kernel)
    {
        Body body = kernel.Body!;
        string key = Key(body);
        if (!_names.TryGetValue(key, out string? name))
        {
            string stem = KernelContext.TypeName(KernelContext.Local(kernel.Name)) + "Body";
            name = stem;
            for (int i = 2; _users.ContainsKey(name); i++)
            {
                name = stem + i.ToString(CultureInfo.InvariantCulture);
            }

            _names[key] = name;
            _all.Add((name, body));
            _users[name] = new SortedSet<string>(StringComparer.Ordinal);
        }

        _users[name].Add($"{kernel.Skeleton} of {kernel.Name}: {kernel.Summary.Replace("->", "to").Replace("<", "&lt;")}.");
        return name;
    }

    /// <summary>The text with its locals numbered in the order of their declarations.</summary>
    private static string Key(Body body)
    {
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match declaration in s_declaration.Matches(body.Members))
        {
            string local = declaration.Groups["name"].Value;
            if (!numbers.ContainsKey(local))
            {
                numbers.Add(local, "#" + numbers.Count.ToString(CultureInfo.InvariantCulture));
            }
        }

        return body.Interface + "\n" + s_word.Replace(
            body.Members, word => numbers.TryGetValue(word.Value, out string? number) ? number : word.Value);
    }

    /// <summary>What uses a body, for its comment.</summary>
    public string UsersOf(string name) => _users[name].First();
}
