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
    private readonly string _producer;
    private readonly List<ParameterSpec> _parameters = new();

    public LayerContext(FunctionLowering lowering, LayerSpec spec, ILayer layer, StepSpec step, string producer)
    {
        _lowering = lowering;
        _spec = spec;
        _layer = layer;
        _step = step;
        _producer = producer;
    }

    public Graph Graph => _lowering.Graph;

    public string Name => _spec.Name;

    /// <summary>The call.</summary>
    public int Site => _step.Site;

    /// <summary>The parameters that were declared, in order.</summary>
    public IReadOnlyList<ParameterSpec> Parameters => _parameters;

    /// <summary>The initialiser of He et al. with a = √5: uniform in ±1/√fanIn.</summary>
    public static string KaimingUniform(int fanIn) => $"KaimingUniform({fanIn.ToString(CultureInfo.InvariantCulture)})";

    /// <summary>Declares a learned tensor.</summary>
    public Node Parameter(string suffix, string initializer, bool decays, params int[] dims)
    {
        string name = $"{_spec.Name}.{suffix}";
        if (dims.Aggregate(1.0, static (product, d) => product * d) > int.MaxValue)
        {
            throw OutOfRange(suffix, string.Join("x", dims), $"at most {int.MaxValue} numbers");
        }

        _parameters.Add(new ParameterSpec(name, dims.ToEquatable(), initializer, decays));
        return Graph.Parameter(name, dims);
    }

    /// <summary>A size argument: a constant within the schema's range.</summary>
    public int Size(string name)
    {
        LayerArgument argument = Schema(name);
        string text = Text(argument);
        Size size = SizeReading.Read(
            text, _lowering.Symbols, $"argument '{name}' of '{_spec.Name}'", SiteOf(name),
            sizes => int.TryParse(sizes[0], out int first) ? Write(name, first) : null);
        string value = size.ToString();
        return size.IsConstant
            && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int constant)
            && constant >= argument.Minimum
                ? constant
                : throw OutOfRange(name, value, $"a constant of at least {argument.Minimum}")
                    .Offer(size.IsConstant ? Write(name, argument.Minimum) : null);
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
        new(ProblemIds.ShapeMismatch, Site, _spec.Name, expected, _producer, x.Shape.Text(), remedy);

    /// <summary>The change that makes the layer's input an image, or null.</summary>
    public Remedy? Image() => _lowering.Offers.Image(_step.Operands[0], _lowering.ValueOf);

    /// <summary>The change that writes another number where an argument is given, or adds the argument.</summary>
    public Remedy Write(string name, int value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return Given(name) is { } given
            ? new Remedy(RemedyVerbs.Replace, given.Site, text)
            : new Remedy(RemedyVerbs.SetArgument, _spec.Site, $"{_spec.Kind} {name} {text}");
    }

    public ProblemException OutOfRange(string name, string value, string range) =>
        new(ProblemIds.ArgumentOutOfRange, SiteOf(name), _spec.Name, name, value, range);

    private LayerArgument Schema(string name) => _layer.Arguments.First(a => a.Name == name);

    private ArgumentSpec? Given(string name) =>
        _spec.Arguments.FirstOrDefault(a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase));

    private string Text(LayerArgument argument) =>
        Given(argument.Name)?.Value
            ?? argument.Default
            ?? throw FunctionLowering.Internal(_spec.Site, $"'{_spec.Name}' lacks the argument '{argument.Name}'");
}
