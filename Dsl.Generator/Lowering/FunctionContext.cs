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

    /// <summary>An operand of floats.</summary>
    public Node Tensor(string name, int position) => Tensor(name, position, DType.Float);

    /// <summary>An operand of ints.</summary>
    public Node Ints(string name, int position) => Tensor(name, position, DType.Int);

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
        var axes = Literals(position).Select(text => ReadInt(text, name)).ToArray();
        if (axes.Length == 0)
        {
            return Enumerable.Range(0, x.Rank).ToArray();
        }

        foreach (int axis in axes)
        {
            if (axis < -x.Rank || axis >= x.Rank)
            {
                throw OutOfRange(name, axis.ToString(CultureInfo.InvariantCulture), AxisRange(x))
                    .Offer(axes.Length == 1 ? Pass(name, Nearest(axis, x)) : null);
            }
        }

        var ascending = axes.Select(a => (a + x.Rank) % x.Rank).OrderBy(static a => a).ToArray();
        return ascending.Distinct().Count() == ascending.Length
            ? ascending
            : throw OutOfRange(name, string.Join(", ", axes), "distinct axes");
    }

    /// <summary>The sizes in all literals from a position on.</summary>
    public Size[] Sizes(string name, int position) => Literals(position)
        .Select(text => SizeReading.Read(text, _lowering.Symbols, $"argument '{name}' of '{_step.Target}'", _step.Site))
        .ToArray();

    /// <summary>A shape problem with an operand.</summary>
    public ProblemException Mismatch(string name, int position, string expected, string remedy)
    {
        OperandSpec operand = Find(name, position)!;
        Node node = _lowering.Operand(_step, operand);
        return new ProblemException(
            ProblemIds.ShapeMismatch,
            _step.Site,
            _step.Target,
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

    /// <summary>The change that passes another number.</summary>
    public Remedy? Pass(string name, int value)
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
        new(ProblemIds.KernelLargerThanInput, _step.Site, _step.Target, window, image, x.Shape.Text());

    public ProblemException OutOfRange(string name, string value, string range) =>
        new(ProblemIds.ArgumentOutOfRange, _step.Site, _step.Target, name, value, range);

    private static int Nearest(int axis, Node x) => axis < 0 ? -x.Rank : x.Rank - 1;

    private static string AxisRange(Node x) => $"an axis from {-x.Rank} to {x.Rank - 1}";

    private Node Tensor(string name, int position, DType type)
    {
        OperandSpec operand = Find(name, position)
            ?? throw FunctionLowering.Internal(_step.Site, $"'{_step.Target}' lacks the operand '{name}'");
        Node node = _lowering.Operand(_step, operand);
        FunctionLowering.RequireType(type, node, _step, operand, _step.Target, _lowering.Producer(operand));
        return node;
    }

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
