using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>A call of a function of <c>Dsl.Functions</c>: operands by name (or position, where names are
/// missing).</summary>
internal sealed class FunctionContext
{
    private readonly FunctionLowering _lowering;
    private readonly StepSpec _step;

    public FunctionContext(FunctionLowering lowering, StepSpec step)
    {
        _lowering = lowering;
        _step = step;
    }

    public Graph Graph => _lowering.Graph;

    /// <summary>The function as messages name it.</summary>
    private string Name => _lowering.Shown(_step.Target);

    /// <summary>An operand of floats.</summary>
    public Node Tensor(string name, int position) => Tensor(name, position, DType.Float);

    /// <summary>An operand of ints.</summary>
    public Node Ints(string name, int position) => Tensor(name, position, DType.Int);

    /// <summary>All operands of floats under one name.</summary>
    public Node[] Tensors(string name) => Named(name).Select(Floats).ToArray();

    /// <summary>The constants in a list of ints; empty when it is not given.</summary>
    public Size[] Literals(string name) => Named(name)
        .SelectMany(static o => o.Literal.Split(',')).Select(static t => t.Trim()).Where(static t => t.Length > 0)
        .Select(t => (Size)ReadInt(t, name)).ToArray();

    /// <summary>A number.</summary>
    public double Number(string name, int position, double otherwise) =>
        Find(name, position) is { Literal.Length: > 0 } operand
        && double.TryParse(operand.Literal, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : otherwise;

    /// <summary>An int of at least <paramref name="minimum"/>.</summary>
    public int Int(string name, int position, int otherwise, int minimum, int maximum = int.MaxValue)
    {
        if (Find(name, position) is not { } operand || operand.Literal.Length == 0)
        {
            return otherwise;
        }

        int value = ReadInt(operand.Literal, name);
        int bound = Math.Min(Math.Max(value, minimum), maximum);
        string range = maximum == int.MaxValue
            ? $"a constant of at least {minimum}"
            : $"a constant from {minimum} to {maximum}";
        return value >= minimum && value <= maximum
            ? value
            : throw OutOfRange(name, operand.Literal, range).Offer(Pass(name, bound));
    }

    /// <summary>Whether an operand is a tensor of ints.</summary>
    public bool IsInts(string name, int position) =>
        Find(name, position) is { Value: >= 0 } operand && _lowering.Operand(_step, operand).DType == DType.Int;

    /// <summary>A number of at least <paramref name="minimum"/>.</summary>
    public double Number(string name, int position, double otherwise, double minimum)
    {
        if (Find(name, position) is not { } operand || operand.Literal.Length == 0)
        {
            return otherwise;
        }

        return double.TryParse(operand.Literal, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= minimum && !double.IsInfinity(value)
                ? value
                : throw OutOfRange(
                    name,
                    operand.Literal,
                    $"a constant of at least {minimum.ToString("R", CultureInfo.InvariantCulture)}");
    }

    /// <summary>Whether an optional operand was given.</summary>
    public bool Has(string name, int position) =>
        Find(name, position) is { } operand && (operand.Value >= 0 || operand.Literal is not ("" or "null"));

    /// <summary>A number within a range.</summary>
    public double Number(string name, int position, Func<double, bool> isAllowed, string range)
    {
        string text = Find(name, position)?.Literal ?? "";
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return isNumber && isAllowed(value)
            ? value
            : throw OutOfRange(name, text.Length > 0 ? text : "a tensor", range).Offer(
                text.Length > 0 && Numbers.Allowed(value, null, isAllowed) is { } allowed
                    ? Pass(name, allowed + "f")
                    : null);
    }

    /// <summary>Drops elements, in training.</summary>
    public Node Dropout(Node x, double rate) => _lowering.Program.Dropout(x, rate);

    /// <summary>Two ints, rows first, or one that stands for both: <c>2</c>, <c>2, 3</c>.</summary>
    public (int Y, int X) Pair(
        string name,
        int position,
        (int Y, int X) otherwise,
        int minimum,
        int maximumY = int.MaxValue,
        int maximumX = int.MaxValue)
    {
        string text = Text(name, position, "");
        if (text.Length == 0)
        {
            return otherwise;
        }

        int[] values = text.Split(',').Select(t => ReadInt(t.Trim(), name)).ToArray();
        (int y, int x) = (values[0], values[values.Length - 1]);
        if (values.Length > 2)
        {
            throw OutOfRange(name, text, "one constant or two");
        }

        int most = y > maximumY ? maximumY : maximumX;
        return y >= minimum && x >= minimum && y <= maximumY && x <= maximumX
            ? (y, x)
            : throw OutOfRange(
                name,
                text,
                most == int.MaxValue ? $"a constant of at least {minimum}" : $"a constant from {minimum} to {most}")
                .Offer(values.Length == 1
                    ? Pass(name, Math.Min(Math.Max(y, minimum), Math.Min(maximumY, maximumX)))
                    : null);
    }

    /// <summary>A literal as it stands.</summary>
    public string Text(string name, int position, string otherwise) =>
        Find(name, position) is { Literal: { Length: > 0 } text } ? text : otherwise;

    /// <summary>Whether the function has an operand of a name: overloads differ in theirs.</summary>
    public bool Has(string name) => Find(name, int.MaxValue) is not null;

    public bool Bool(string name, int position, bool otherwise) =>
        Find(name, position) is { } operand && bool.TryParse(operand.Literal, out bool value) ? value : otherwise;

    /// <summary>One axis of a tensor; negative ones count from the end.</summary>
    public int Axis(string name, int position, int otherwise, Node x)
    {
        int value = Int(name, position, otherwise, int.MinValue);
        return value >= -x.Rank && value < x.Rank
            ? (value + x.Rank) % x.Rank
            : throw OutOfRange(name, value.ToString(CultureInfo.InvariantCulture), AxisRange(x))
                .Offer(Pass(name, Nearest(value, x)));
    }

    /// <summary>The axes named by all literals from a position on, ascending; all axes when there are none.</summary>
    public int[] Axes(string name, int position, Node x)
    {
        int[] axes = Order(name, position, x);
        return axes.Length == 0 ? Enumerable.Range(0, x.Rank).ToArray() : axes.OrderBy(static a => a).ToArray();
    }

    /// <summary>The axes named by all literals from a position on, in their order.</summary>
    public int[] Order(string name, int position, Node x)
    {
        int[] axes = Integers(name, position);
        foreach (int axis in axes)
        {
            if (axis < -x.Rank || axis >= x.Rank)
            {
                throw OutOfRange(name, axis.ToString(CultureInfo.InvariantCulture), AxisRange(x))
                    .Offer(axes.Length == 1 ? Pass(name, Nearest(axis, x)) : null);
            }
        }

        int[] order = axes.Select(a => (a + x.Rank) % x.Rank).ToArray();
        return order.Distinct().Count() == order.Length
            ? order
            : throw OutOfRange(name, string.Join(", ", axes), "distinct axes");
    }

    /// <summary>The ints in all literals from a position on.</summary>
    public int[] Integers(string name, int position) => Literals(position).Select(text => ReadInt(text, name)).ToArray();

    /// <summary>A shape problem with an operand.</summary>
    public ProblemException Mismatch(string name, int position, string expected, string remedy) =>
        Mismatch(Find(name, position)!, expected, remedy);

    /// <summary>A shape problem with one of the operands under a name.</summary>
    public ProblemException MismatchOf(string name, int index, string expected, string remedy) =>
        Mismatch(Named(name).ElementAt(index), expected, remedy);

    private ProblemException Mismatch(OperandSpec operand, string expected, string remedy)
    {
        Node node = _lowering.Operand(_step, operand);
        return new ProblemException(
            ProblemIds.ShapeMismatch,
            _step.Site,
            Name,
            expected,
            _lowering.Producer(operand),
            node.Shape.Text(),
            remedy);
    }

    /// <summary>Changes after which an operand has another shape.</summary>
    public Remedy[] Make(string name, int position, IReadOnlyList<Size> wanted)
    {
        OperandSpec operand = Find(name, position)!;
        return _lowering.Offers.Make(operand, _lowering.Operand(_step, operand).Shape, wanted).ToArray();
    }

    /// <summary>The change that flattens what the perceptron behind an operand is applied to.</summary>
    public Remedy? FlattenBefore(string name, int position, int wantedRank) =>
        _lowering.Offers.FlattenBefore(Find(name, position)!.Value, wantedRank, _lowering.ValueOf);

    /// <summary>The change that declares symbols as multiples, or null.</summary>
    public Remedy? Declare(IReadOnlyDictionary<string, int>? multiples) => _lowering.Offers.Declare(multiples);

    /// <summary>The change that passes another number.</summary>
    public Remedy? Pass(string name, int value) => Pass(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The change that passes another value, as C# writes it.</summary>
    public Remedy? Pass(string name, string value)
    {
        int at = Enumerable.Range(0, _step.Operands.Count).FirstOrDefault(i => _step.Operands[i].Name == name);
        return at == 0
            ? null
            : new Remedy(RemedyVerbs.PassArgument, _step.Site,
                string.Format(CultureInfo.InvariantCulture, "{0} {1} {2}", at, name, value));
    }

    /// <summary>Requires the rank of an operand.</summary>
    public Node Rank(Node x, string name, int position, int rank, string expected) => x.Rank == rank
        ? x
        : throw Mismatch(name, position, expected, $"pass a tensor of rank {rank}")
            .Offer(rank == 4 ? _lowering.Offers.Image(Find(name, position)!, _lowering.ValueOf) : null);

    /// <summary>A problem of a window that is larger than its padded image.</summary>
    public ProblemException WindowTooLarge(string window, string image, Node x) =>
        new(ProblemIds.KernelLargerThanInput, _step.Site, Name, window, image, x.Shape.Text());

    public ProblemException OutOfRange(string name, string value, string range) =>
        new(ProblemIds.ArgumentOutOfRange, _step.Site, Name, name, value, range);

    private static int Nearest(int axis, Node x) => axis < 0 ? -x.Rank : x.Rank - 1;

    private static string AxisRange(Node x) => $"an axis from {-x.Rank} to {x.Rank - 1}";

    private Node Tensor(string name, int position, DType type)
    {
        OperandSpec operand = Find(name, position)
            ?? throw FunctionLowering.Internal(_step.Site, $"'{_step.Target}' lacks the operand '{name}'");
        return Typed(operand, type);
    }

    private Node Floats(OperandSpec operand) => Typed(operand, DType.Float);

    private Node Typed(OperandSpec operand, DType type)
    {
        Node node = _lowering.Operand(_step, operand);
        FunctionLowering.RequireType(type, node, _step, operand, Name, _lowering.Producer(operand));
        return node;
    }

    private IEnumerable<OperandSpec> Named(string name) =>
        _step.Operands.Where(o => string.Equals(o.Name, name, StringComparison.OrdinalIgnoreCase));

    private OperandSpec? Find(string name, int position) =>
        _step.Operands.FirstOrDefault(o => string.Equals(o.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? (position < _step.Operands.Count && _step.Operands[position].Name.Length == 0
                ? _step.Operands[position]
                : null);

    private IEnumerable<string> Literals(int position) => _step.Operands
        .Skip(position)
        .Where(static o => o.Value < 0)
        .SelectMany(static o => o.Literal.Split(','))
        .Select(static text => text.Trim())
        .Where(static text => text.Length > 0);

    private int ReadInt(string text, string name) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw OutOfRange(name, text, "a constant");
}
