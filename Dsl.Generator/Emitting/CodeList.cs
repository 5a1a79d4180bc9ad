using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl.Generator.Emitting;

/// <summary>A list of C# expressions: a collection expression where it stands; when something in it repeats, a call
/// of a method that builds it with loops; when it is long, calls of a method for each part.</summary>
internal sealed class CodeList
{
    /// <summary>Items of one method: a method of more than some 30 KB is compiled without optimisation, and read by nobody.</summary>
    private const int MostItems = 100;

    private readonly string _type;
    private readonly string _method;
    private readonly List<string> _items;
    private readonly IReadOnlyList<string>? _statements;

    /// <param name="type">What the items are.</param>
    /// <param name="method">The method's name, when one is needed.</param>
    /// <param name="items">One expression each; line breaks are followed by four spaces for every level inside.</param>
    public CodeList(string type, string method, IEnumerable<string> items)
    {
        _type = type;
        _method = method;
        _items = items.ToList();
        _statements = Repetition.Statements(_items);
    }

    /// <summary>Whether there are methods: something repeats, or there is much of it.</summary>
    public bool HasMethods => Repeats || IsLong;

    private bool Repeats => _statements is not null;

    private bool IsLong => !Repeats && _items.Count > MostItems;

    /// <summary>The list as an argument on a line of its own.</summary>
    public string Argument(string indent) => Repeats ? $"{indent}{_method}()"
        : IsLong ? $"{indent}[{string.Join(", ", Parts.Select(static p => $".. {p.Name}()"))}]"
        : indent + Expression(_items, indent);

    /// <summary>The methods of a long list with what is in each.</summary>
    private IEnumerable<(string Name, IEnumerable<string> Items)> Parts =>
        Enumerable.Range(0, (_items.Count + MostItems - 1) / MostItems).Select(part => (
            _method + (part + 1).ToString(CultureInfo.InvariantCulture),
            _items.Skip(part * MostItems).Take(MostItems)));

    private static string Expression(IEnumerable<string> items, string indent)
    {
        string inner = indent + "    ";
        return $"[\n{string.Concat(items.Select(i => $"{inner}{i.Replace("\n", "\n" + inner)},\n"))}{indent}]";
    }

    /// <summary>
    /// The methods, or nothing:
    /// <c>private static Kernel[] TrainKernels() { var items = new List&lt;Kernel&gt;(); …; return items.ToArray();
    /// }</c>, or <c>private static Kernel[] TrainKernels1() =&gt; […];</c> and so on.
    /// </summary>
    /// <param name="indent">What stands before the method.</param>
    public string Method(string indent)
    {
        if (IsLong)
        {
            return string.Concat(Parts.Select(p =>
                $"\n{indent}private static {_type}[] {p.Name}() =>\n{indent}{Expression(p.Items, indent)};\n"));
        }

        if (_statements is null)
        {
            return "";
        }

        string inner = indent + "    ";
        var text = new StringBuilder();
        text.Append($"\n{indent}private static {_type}[] {_method}()\n{indent}{{\n");
        text.Append($"{inner}var items = new global::System.Collections.Generic.List<{_type}>();\n");
        foreach (string statement in _statements)
        {
            string next = statement.Length > 0 && statement[0] == ' ' ? inner + "    " : inner;
            text.Append($"{inner}{statement.Replace("\n", "\n" + next)}\n");
        }

        return text.Append($"{inner}return items.ToArray();\n{indent}}}\n").ToString();
    }
}
