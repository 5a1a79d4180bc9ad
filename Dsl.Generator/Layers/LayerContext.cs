using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>One call of a layer: its arguments, read against the schema, and its parameters.</summary>
internal sealed class LayerContext
{
    private readonly FunctionLowering _lowering;
    private readonly LayerSpec _spec;
    private readonly ILayer _layer;
    private readonly StepSpec _step;
    private readonly List<ParameterSpec> _parameters = new();

    public LayerContext(FunctionLowering lowering, LayerSpec spec, ILayer layer, StepSpec step, IReadOnlyList<Node> inputs)
    {
        _lowering = lowering;
        _spec = spec;
        _layer = layer;
        _step = step;
        Inputs = inputs;
    }

    public Graph Graph => _lowering.Graph;

    /// <summary>The layer, with the layers that lead to it: <c>Trunk.3.Norm</c>.</summary>
    public string Name => _lowering.Shown(_spec.Name);

    /// <summary>What it is called with.</summary>
    public IReadOnlyList<Node> Inputs { get; }

    /// <summary>The call.</summary>
    public int Site => _step.Site;

    /// <summary>The parameters that were declared, in order.</summary>
    public IReadOnlyList<ParameterSpec> Parameters => _parameters;

    /// <summary>The shape of the weight that <c>[Tied]</c> takes from another layer; null when it takes none.</summary>
    public EquatableArray<int>? TiedShape { get; private set; }

    /// <summary>An input of floats.</summary>
    /// <exception cref="ProblemException">It is one of ints.</exception>
    public Node Tensor(int position) => Input(position, DType.Float);

    /// <summary>An input of ints.</summary>
    /// <exception cref="ProblemException">It is one of floats.</exception>
    public Node Ints(int position) => Input(position, DType.Int);

    /// <summary>The initialiser of He et al. with a = √5: uniform in ±1/√fanIn.</summary>
    public static string KaimingUniform(int fanIn) => $"KaimingUniform({fanIn.ToString(CultureInfo.InvariantCulture)})";

    /// <summary>Declares a learned tensor.</summary>
    public Node Parameter(string suffix, string initializer, bool decays, params int[] dims)
    {
        if (_spec.Tied is { } tied && tied.Name == suffix)
        {
            TiedShape = dims.ToEquatable();
            string other = _lowering.Shown($"{tied.Value}.{suffix}");
            Node shared = Graph.Parameter(other, dims);
            return shared.SameShape(dims.Select(static d => Dsl.Size.Of(d)))
                ? shared
                : throw new ProblemException(
                    ProblemIds.TieDoesNotFit, tied.Site, Name, string.Join(", ", dims),
                    $"'{other}' has the shape '{shared.Shape.Text()}'");
        }

        string name = $"{Name}.{suffix}";
        _parameters.Add(new ParameterSpec(name, dims.ToEquatable(), initializer, decays));
        return Graph.Parameter(name, dims);
    }

    /// <summary>A size argument: a constant within the schema's range.</summary>
    public int Size(string name)
    {
        LayerArgument argument = Schema(name);
        string text = Text(argument);
        Size size = SizeReading.Read(text, _lowering.Symbols, $"argument '{name}' of '{Name}'", SiteOf(name));
        string value = size.ToString();
        return size.IsConstant
            && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int constant)
            && constant >= argument.Minimum
                ? constant
                : throw OutOfRange(name, value, $"a constant of at least {argument.Minimum}");
    }

    /// <summary>Whether an argument says <c>same</c>.</summary>
    public bool IsSame(string name) => string.Equals(Text(Schema(name)), "same", StringComparison.OrdinalIgnoreCase);

    public bool Bool(string name) => bool.TryParse(Text(Schema(name)), out bool value) && value;

    /// <summary>Applies the layer's activation.</summary>
    public Node Activate(Node y)
    {
        string activation = Text(Schema("Activation"));
        return activation == "None"
            ? y
            : _lowering.Functions.Apply(Graph, activation, new[] { y }, SiteOf("Activation"));
    }

    /// <summary>Adds a vector along an axis.</summary>
    public Node AddAlong(Node y, int axis, Node vector) =>
        Graph.Pointwise("add", y, Graph.Broadcast(vector, y.Shape, new[] { axis }));

    /// <summary>The site of an argument; of the layer when the argument is a default.</summary>
    public int SiteOf(string name) => Given(name)?.Site ?? _spec.Site;

    public ProblemException Mismatch(Node x, string expected, string remedy) =>
        new(ProblemIds.ShapeMismatch, Site, Name, expected, Producer(x), x.Shape.Text(), remedy);

    public ProblemException OutOfRange(string name, string value, string range) =>
        new(ProblemIds.ArgumentOutOfRange, SiteOf(name), Name, name, value, range);

    private Node Input(int position, DType type)
    {
        OperandSpec operand = _step.Operands[position];
        FunctionLowering.RequireType(type, Inputs[position], _step, operand, Name, _lowering.Producer(operand));
        return Inputs[position];
    }

    private string Producer(Node x)
    {
        for (int i = 0; i < Inputs.Count; i++)
        {
            if (ReferenceEquals(Inputs[i], x))
            {
                return _lowering.Producer(_step.Operands[i]);
            }
        }

        return x.Label;
    }

    private LayerArgument Schema(string name) => _layer.Arguments.First(a => a.Name == name);

    private ArgumentSpec? Given(string name) =>
        _spec.Arguments.FirstOrDefault(a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase));

    private string Text(LayerArgument argument) =>
        Given(argument.Name)?.Value
            ?? argument.Default
            ?? throw FunctionLowering.Internal(_spec.Site, $"'{_spec.Name}' lacks the argument '{argument.Name}'");
}
