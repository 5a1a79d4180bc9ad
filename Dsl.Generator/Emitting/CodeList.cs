using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Dsl.Generator.Emitting;

/// <summary>A list of C# expressions: a collection expression where it stands, or, when something in it repeats, a call
/// of a method that builds it with loops.</summary>
internal sealed class CodeList
{
    private readonly string _type;
    private readonly string _method;
    private readonly IReadOnlyList<string> _items;
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

    /// <summary>Whether something repeats.</summary>
    public bool Repeats => _statements is not null;

    /// <summary>The list as an argument on a line of its own.</summary>
    public string Argument(string indent)
    {
        if (Repeats)
        {
            return $"{indent}{_method}()";
        }

        string inner = indent + "    ";
        return $"{indent}[\n{string.Concat(_items.Select(i => $"{inner}{i.Replace("\n", "\n" + inner)},\n"))}{indent}]";
    }

    /// <summary>
    /// The method, or nothing:
    /// <c>private static Kernel[] TrainKernels() { var items = new List&lt;Kernel&gt;(); …; return items.ToArray();
    /// }</c>
    /// </summary>
    /// <param name="indent">What stands before the method.</param>
    public string Method(string indent)
    {
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
