using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>
/// The distinct bodies of a model. Text that is equal up to the names of locals and up to whole numbers (strides,
/// windows) is one struct, shared by the kernels that use it: numbers in which they differ become <c>s.P0</c>,
/// <c>s.P1</c>, …, which each kernel brings along. So layers that are alike but for their sizes have one body. It keeps
/// the names of its first user.
/// </summary>
internal sealed class BodyTable
{
    /// <summary>The numbers that <c>Slots</c> has room for; equal to the runtime's <c>Slots.MaxNumbers</c>.</summary>
    private const int MaxNumbers = 8;

    /// <summary>A whole number that may be an argument.</summary>
    private static readonly Regex s_number = new(@"(?<![\w.])[0-9]+(?![\w.:])");

    private readonly Dictionary<Body, (string Name, ImmutableArray<int> Numbers)> _entries = new();
    private readonly List<(string Name, Body Body)> _all = new();
    private readonly Dictionary<string, SortedSet<string>> _users = new(StringComparer.Ordinal);

    private BodyTable()
    {
    }

    /// <summary>In order of first use.</summary>
    public IReadOnlyList<(string Name, Body Body)> All => _all;

    /// <summary>The bodies of kernels.</summary>
    public static BodyTable Of(IEnumerable<PlannedKernel> kernels)
    {
        PlannedKernel[] all = kernels.Where(static k => k.Body is not null).ToArray();
        var table = new BodyTable();
        foreach (IGrouping<string, Candidate> alike in all.GroupBy(static k => k.Body!)
            .Select(static users => new Candidate(users.Key, users.First())).GroupBy(static c => c.Shape))
        {
            Candidate[] group = alike.ToArray();
            if (!table.Share(group))
            {
                foreach (IGrouping<string, Candidate> same in group.GroupBy(static c => string.Join(",", c.Numbers)))
                {
                    table.Share(same.ToArray());
                }
            }
        }

        foreach (PlannedKernel kernel in all)
        {
            table._users[table._entries[kernel.Body!].Name].Add(
                $"{kernel.Skeleton} of {kernel.Name}: {kernel.Summary.Replace("->", "to").Replace("<", "&lt;")}.");
        }

        return table;
    }

    /// <summary>The struct's name for the body of a kernel, and the numbers that the kernel brings along.</summary>
    public (string Name, ImmutableArray<int> Numbers) Of(PlannedKernel kernel) => _entries[kernel.Body!];

    /// <summary>What uses a body, for its comment.</summary>
    public string UsersOf(string name) => _users[name].First();

    /// <summary>Makes one body of several that differ in numbers only; false when these are too many.</summary>
    private bool Share(Candidate[] group)
    {
        // Numbers that always change together are one argument.
        var arguments = new List<int[]>();
        var argumentAt = new int[group[0].Numbers.Length];
        for (int i = 0; i < argumentAt.Length; i++)
        {
            int[] values = group.Select(c => c.Numbers[i]).ToArray();
            argumentAt[i] = -1;
            if (values.Any(v => v != values[0]))
            {
                argumentAt[i] = arguments.FindIndex(a => a.SequenceEqual(values));
                if (argumentAt[i] < 0)
                {
                    argumentAt[i] = arguments.Count;
                    arguments.Add(values);
                }
            }
        }

        if (arguments.Count > MaxNumbers)
        {
            return false;
        }

        string name = NewName(group[0].User);
        _all.Add((name, group[0].With(argumentAt)));
        for (int user = 0; user < group.Length; user++)
        {
            _entries[group[user].Body] = (name, arguments.Select(a => a[user]).ToImmutableArray());
        }

        return true;
    }

    private string NewName(PlannedKernel user)
    {
        string stem = KernelContext.TypeName(KernelContext.Local(user.Name)) + "Body";
        string name = stem;
        for (int i = 2; _users.ContainsKey(name); i++)
        {
            name = stem + i.ToString(CultureInfo.InvariantCulture);
        }

        _users[name] = new SortedSet<string>(StringComparer.Ordinal);
        return name;
    }

    /// <summary>A body taken apart: its text without names and numbers, and its numbers.</summary>
    private sealed class Candidate
    {
        private readonly List<Match> _numbers = new();

        public Candidate(Body body, PlannedKernel user)
        {
            Body = body;
            User = user;
            foreach ((int start, int end) in Arguments(body.Members))
            {
                for (Match m = s_number.Match(body.Members, start); m.Success && m.Index < end; m = m.NextMatch())
                {
                    if (int.TryParse(m.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    {
                        _numbers.Add(m);
                    }
                }
            }

            Numbers = _numbers.Select(static m => int.Parse(m.Value, CultureInfo.InvariantCulture)).ToImmutableArray();
            Shape = body.Interface + "\n" + Nameless(Replace(static _ => "#"));
        }

        public Body Body { get; }

        public PlannedKernel User { get; }

        public string Shape { get; }

        public ImmutableArray<int> Numbers { get; }

        /// <summary>The body with arguments in the place of some numbers; -1 leaves a number.</summary>
        public Body With(int[] argumentAt) => Body with
        {
            Members = Replace(i => argumentAt[i] < 0
                ? _numbers[i].Value
                : "s.P" + argumentAt[i].ToString(CultureInfo.InvariantCulture)),
        };

        private string Replace(Func<int, string> text)
        {
            var result = new StringBuilder();
            int from = 0;
            for (int i = 0; i < _numbers.Count; i++)
            {
                result.Append(Body.Members, from, _numbers[i].Index - from).Append(text(i));
                from = _numbers[i].Index + _numbers[i].Length;
            }

            return result.Append(Body.Members, from, Body.Members.Length - from).ToString();
        }

        /// <summary>The methods that are given <c>s</c>, to read or, in <c>Move</c>, to change.</summary>
        private static IEnumerable<(int Start, int End)> Arguments(string members)
        {
            int end;
            for (int start = members.IndexOf("public static", StringComparison.Ordinal); start >= 0; start = end)
            {
                end = members.IndexOf("public static", start + 1, StringComparison.Ordinal);
                int close = end < 0 ? members.Length : end;
                int open = members.IndexOf('{', start, close - start);
                if (open >= 0 && members.IndexOf(" Slots s", start, open - start, StringComparison.Ordinal) >= 0)
                {
                    yield return (open, close);
                }
            }
        }

        /// <summary>The text with its locals numbered in the order of their declarations.</summary>
        private static string Nameless(string members)
        {
            var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string local in Locals(members))
            {
                if (!numbers.ContainsKey(local))
                {
                    numbers.Add(local, "@" + numbers.Count.ToString(CultureInfo.InvariantCulture));
                }
            }

            return Renamed(members, numbers);
        }

        /// <summary>What is declared: <c>F x =</c> and <c>M x =</c>, and names of slots, <c>x = s.A0</c>.</summary>
        private static IEnumerable<string> Locals(string members)
        {
            const string Assigned = " = ";
            for (int end = members.IndexOf(Assigned, StringComparison.Ordinal); end >= 0;
                end = members.IndexOf(Assigned, end + 1, StringComparison.Ordinal))
            {
                int start = end;
                while (start > 0 && IsPart(members[start - 1]))
                {
                    start--;
                }

                start -= start > 0 && members[start - 1] == '@' ? 1 : 0;
                bool isVector = start > 1 && members[start - 1] == ' ' && (members[start - 2] is 'F' or 'M')
                    && (start == 2 || !IsPart(members[start - 3]));
                if (end > start && (isVector
                    || string.CompareOrdinal(members, end + Assigned.Length, "s.A", 0, "s.A".Length) == 0))
                {
                    yield return members.Substring(start, end - start);
                }
            }
        }

        /// <summary>The text with some of its words replaced; an <c>@</c> before one belongs to it.</summary>
        private static string Renamed(string text, Dictionary<string, string> names)
        {
            var result = new StringBuilder(text.Length);
            for (int at = 0; at < text.Length;)
            {
                // What is between words as it is; then a word, or a number with its suffix.
                int start = at;
                while (at < text.Length && !IsPart(text[at]) && text[at] != '@')
                {
                    at++;
                }

                result.Append(text, start, at - start);
                if (at == text.Length)
                {
                    break;
                }

                start = at++;
                while (at < text.Length && IsPart(text[at]))
                {
                    at++;
                }

                string word = text.Substring(start, at - start);
                result.Append(names.TryGetValue(word, out string? name) ? name : word);
            }

            return result.ToString();
        }

        private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c == '_';
    }
}
