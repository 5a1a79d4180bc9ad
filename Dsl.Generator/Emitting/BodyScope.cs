using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>
/// Writes one method of a body: straight-line code over vectors for the nodes a kernel fuses. It walks back from what is
/// stored to what is loaded, so the text has exactly what is needed. Without a domain it writes nothing and only records
/// the accesses, from which the domain is then chosen.
/// </summary>
internal sealed partial class BodyScope
{
    private static readonly char[] Operators = { '+', '-', '*', '/' };

    private readonly KernelContext _context;
    private Domain? _domain;
    private readonly Dictionary<Place, string> _values = new();
    private readonly Dictionary<Node, string> _anchors = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The parameters of bodies' methods.</summary>
    private static readonly HashSet<string> s_parameters = new(StringComparer.Ordinal)
    {
        "m", "s", "sum", "state", "other", "sweep", "outer", "row", "column", "batch", "image", "channel", "y", "x", "tap",
    };

    private readonly List<string> _lines = new();
    private readonly SortedSet<int> _slots = new();
    private readonly SortedSet<int> _axes = new();

    public BodyScope(KernelContext context, Domain? domain)
    {
        _context = context;
        _domain = domain;
    }

    /// <summary>Every load and store so far.</summary>
    public List<Access> Accesses { get; } = new();

    /// <summary>Those of them that are of buffers.</summary>
    public List<(int Slot, Access Access)> Walked { get; } = new();

    /// <summary>Polynomials so far, each of which inlines some dozens of calls.</summary>
    public int Polynomials { get; private set; }

    /// <summary>What the skeleton computes, under the name it has in the text.</summary>
    public void Provide(Node anchor, string text) => _anchors[anchor] = text;

    /// <summary>A line as it stands.</summary>
    public void Line(string line) => _lines.Add(line);

    /// <summary>The method's lines, with the declarations of the slots and axes that it uses in front.</summary>
    public IEnumerable<string> Lines()
    {
        if (_slots.Count > 0)
        {
            yield return "int " + string.Join(", ", _slots.Select(i => $"{_context.SlotName(i)} = s.A{i}")) + ";";
        }

        foreach (DomainVariable variable in _domain?.Variables ?? ImmutableArray<DomainVariable>.Empty)
        {
            foreach (string line in Decompose(variable))
            {
                yield return line;
            }
        }

        foreach (string line in _lines)
        {
            yield return line;
        }
    }

    /// <summary>As <see cref="Evaluate(Node, ImmutableArray{int})"/> at a point of another domain, whose variables are
    /// in scope.</summary>
    public string Evaluate(Node node, ImmutableArray<int> at, Domain elsewhere)
    {
        Domain? here = _domain;
        _domain = elsewhere;
        string text = Evaluate(node, at);
        _domain = here;
        return text;
    }

    /// <summary>Text of the value of <paramref name="node"/> at the point whose axis i has coordinate <paramref name="at"/>[i].</summary>
    public string Evaluate(Node node, ImmutableArray<int> at)
    {
        if (_anchors.TryGetValue(node, out string? anchor))
        {
            return anchor;
        }

        if (Views.IsNumber(node))
        {
            return _domain is null ? "" : $"F.Splat({Number(node)})";
        }

        var key = new Place(node, at);
        if (_values.TryGetValue(key, out string? known))
        {
            return known;
        }

        string text = node.Op switch
        {
            BroadcastOp b => Evaluate(node.Inputs[0], b.Axes.Select(a => at[a]).ToImmutableArray()),
            TransposeOp t => Evaluate(node.Inputs[0], Inverse(t.Order, at)),
            StopGradientOp => Evaluate(node.Inputs[0], at),
            InputOp or ParameterOp or ReshapeOp or SliceOp => Load(node, at),
            RandomOp random => Declare(node, Random(node, random, at)),
            PositionOp position => Declare(node, Position(node, position, at)),
            FloatsOp => Declare(node, $"F.FromInts({Ints(node.Inputs[0], at)})"),
            OneHotOp or DiffersOp => Declare(node, $"F.Select({Mask(node, at)}, F.Splat(1f), F.Splat(0f))"),
            PointwiseOp when !_context.Loads(node) => Pointwise(node, at),
            GatherOp when !_context.Loads(node) => Gather(node, at),
            _ => Load(node, at),
        };
        return _values[key] = text;
    }

    /// <summary>Stores a materialised node: <c>m.Store(hidden + row * 128 + column, x);</c>.</summary>
    public void Store(Node node, ImmutableArray<int> at, string value, bool oneLane = false)
    {
        (string offset, Size stride, string? index) = Address(node, at);
        if (_domain is null)
        {
            return;
        }

        _lines.Add(index is not null ? $"m.Scatter({offset}, {index}, {value});"
            : oneLane || stride.Equals(Size.Zero) ? $"m.StoreScalar({offset}, {value});"
            : stride.Equals(Size.One) ? $"m.Store({offset}, {value});"
            : $"m.StoreStrided({offset}, {Text(stride)}, {value});");
    }

    /// <summary>The local that says where a node's buffer begins.</summary>
    public string At(Node node) => At(_context.Slot(node));

    /// <summary>The local that says where a buffer begins.</summary>
    public string At(string buffer) => At(_context.Slot(buffer));

    /// <summary>The local that says where an operand of the skeleton begins, by its slot.</summary>
    public string At(int slot)
    {
        _slots.Add(slot);
        return _context.SlotName(slot);
    }

    /// <summary>Stores to a buffer whose address is spelled out.</summary>
    public void StoreAt(Node node, string offset, string value, int stride = 1)
    {
        string at = $"{At(node)} + {offset}";
        _lines.Add(stride == 1 ? $"m.Store({at}, {value});" : $"m.StoreStrided({at}, {stride}, {value});");
    }

    /// <summary>A size as a C# expression over <c>s</c>.</summary>
    public string Text(Size size)
    {
        if (size.IsConstant)
        {
            return size.ToString();
        }

        string text = size.Substitute(name => Size.Symbol("s.N" + _context.SymbolIndex(name))).ToString();
        return text.IndexOfAny(Operators) < 0 ? text : $"({text.Replace("*", " * ")})";
    }

    private string Pointwise(Node node, ImmutableArray<int> at)
    {
        var op = (PointwiseOp)node.Op;
        if (op.Row == "select")
        {
            string mask = Mask(node.Inputs[0], at);
            return Declare(node, Select(mask, Evaluate(node.Inputs[1], at), Evaluate(node.Inputs[2], at)));
        }

        if (IsCondition(node))
        {
            return Declare(node, $"F.Select({Mask(node, at)}, F.Splat(1f), F.Splat(0f))");
        }

        PointwiseRow row = Ops.Pointwise.Row(op.Row);
        if (row.ConstantBody is { } constant && Views.IsNumber(node.Inputs[1]))
        {
            string operand = Evaluate(node.Inputs[0], at);
            return _domain is null ? ""
                : Declare(node, string.Format(CultureInfo.InvariantCulture, constant, operand, Number(node.Inputs[1])));
        }

        Polynomials += row.Polynomials;
        var operands = new object[node.Inputs.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = Evaluate(node.Inputs[i], at);
        }

        return _domain is null ? "" : Declare(node, string.Format(CultureInfo.InvariantCulture, row.Body, operands));
    }

    /// <summary>An int for all lanes, or one for each.</summary>
    private string Ints(Node node, ImmutableArray<int> at)
    {
        (string offset, Size stride, _) = Address(node, at);
        return stride.Equals(Size.Zero) ? $"m.ScalarInts({offset})"
            : stride.Equals(Size.One) ? $"m.LoadInts({offset})"
            : throw new UnsupportedException(
                _context.Kernel.Name, "its labels do not lie side by side", "make the classes the last axis of the logits");
    }

    /// <summary><c>Lanes.Uniform&lt;F, I, M&gt;(I.Iota(row * 128 + column), 0, s.Key0, s.Key1)</c>: positions are those
    /// of the logical tensor, however it lies.</summary>
    private string Random(Node node, RandomOp op, ImmutableArray<int> at)
    {
        var access = new Access(Layout.Dense(op.Dims.ToImmutableArray()), at);
        Accesses.Add(access);
        if (_domain is null)
        {
            return "";
        }

        (string offset, Size stride, _) = Walk(access, new List<string>(), node);
        string first = offset.Length == 0 ? "0" : offset;
        string index = Spread(first, stride);
        return $"Lanes.Uniform<F, I, M>({index}, {op.Site.ToString(CultureInfo.InvariantCulture)}, s.Key0, s.Key1)";
    }

    private static ImmutableArray<int> Inverse(EquatableArray<int> order, ImmutableArray<int> at)
    {
        var inner = new int[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            inner[order[i]] = at[i];
        }

        return inner.ToImmutableArray();
    }

    private string Load(Node node, ImmutableArray<int> at)
    {
        (string offset, Size stride, string? index) = Address(node, at);
        if (_domain is null)
        {
            return "";
        }

        string load = index is not null ? $"m.Gather({offset}, {index})"
            : stride.Equals(Size.Zero) ? $"m.Scalar({offset})"
            : stride.Equals(Size.One) ? $"m.Load({offset})"
            : $"m.Strided({offset}, {Text(stride)})";
        return Declare(node, load);
    }

    /// <summary><c>m.Load(weight + column + m.Int(ids + row) * 128)</c>: one row number for all lanes, which lie along the
    /// row.</summary>
    private string Gather(Node node, ImmutableArray<int> at)
    {
        (string ids, Size idStride, _) = Address(node.Inputs[1], at.RemoveAt(at.Length - 1));
        Node matrix = node.Inputs[0];
        (string offset, Size stride, _) = Address(matrix, ImmutableArray.Create(-1, at[at.Length - 1]));
        if (_domain is not null && !idStride.Equals(Size.Zero))
        {
            throw new UnsupportedException(
                _context.Kernel.Name, "its rows do not lie along the lanes", "use the embedding as it comes, not transposed");
        }

        string row = $"{offset} + m.Int({ids}) * {Text(_context.Layouts.Of(matrix).Strides[0])}";
        return Declare(node, stride.Equals(Size.Zero) ? $"m.Scalar({row})"
            : stride.Equals(Size.One) ? $"m.Load({row})"
            : $"m.Strided({row}, {Text(stride)})");
    }

    private string Declare(Node node, string text)
    {
        if (_domain is null)
        {
            return "";
        }

        string name = NewName(_context.ValueName(node));
        _lines.Add($"F {name} = {text};");
        return name;
    }

    /// <summary>A name that no local of the method has.</summary>
    private string NewName(string stem)
    {
        string name = stem;
        for (int i = 2; IsAxisName(name) || s_parameters.Contains(name) || !_names.Add(name) || _context.IsSlotName(name); i++)
        {
            name = stem + i.ToString(CultureInfo.InvariantCulture);
        }

        return name;
    }

    private static bool IsAxisName(string name) => name.Length > 1 && name[0] == 'i' && name.Skip(1).All(char.IsDigit);

    /// <summary>A value at a point.</summary>
    private readonly struct Place : IEquatable<Place>
    {
        private readonly Node _node;
        private readonly ImmutableArray<int> _at;

        public Place(Node node, ImmutableArray<int> at)
        {
            _node = node;
            _at = at;
        }

        public bool Equals(Place other)
        {
            bool same = _node == other._node && _at.Length == other._at.Length;
            for (int i = 0; same && i < _at.Length; i++)
            {
                same = _at[i] == other._at[i];
            }

            return same;
        }

        public override bool Equals(object? obj) => obj is Place other && Equals(other);

        public override int GetHashCode()
        {
            int hash = _node.Id;
            foreach (int coordinate in _at)
            {
                hash = unchecked((hash * 31) + coordinate);
            }

            return hash;
        }
    }

    /// <summary>A number known up to sizes, as a C# float expression.</summary>
    private string Number(Node node) => node.Op switch
    {
        ConstantOp c => Literal(c.Value),
        SizeOp size => size.Value.IsConstant ? Literal(size.Value.Constant) : $"(float){Text(size.Value)}",
        BroadcastOp or ReshapeOp => Number(node.Inputs[0]),
        PointwiseOp { Row: "neg" } => $"(-{Number(node.Inputs[0])})",
        PointwiseOp { Row: "max" } => $"Math.Max({Number(node.Inputs[0])}, {Number(node.Inputs[1])})",
        PointwiseOp { Row: "reciprocal" } => $"(1f / {Number(node.Inputs[0])})",
        PointwiseOp p => $"({Number(node.Inputs[0])} {p.Row switch { "add" => "+", "sub" => "-", "mul" => "*", _ => "/" }} {Number(node.Inputs[1])})",
        _ => throw new InvalidOperationException($"{node.Op.Name} is not a number."),
    };

    /// <summary>The shortest float literal that reads back to the nearest float.</summary>
    public static string Literal(double value)
    {
        float f = (float)value;
        return float.IsNaN(f) ? "float.NaN"
            : float.IsPositiveInfinity(f) ? "float.PositiveInfinity"
            : float.IsNegativeInfinity(f) ? "float.NegativeInfinity"
            : f.ToString("R", CultureInfo.InvariantCulture) + "f";
    }
}
