using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Tests.Layers;

/// <summary>Writes model specs by hand: what the reader would read. Sites count up from 1, so tests can name
/// them.</summary>
internal sealed class ModelSource
{
    private readonly List<LayerSpec> _layers = [];
    private readonly List<FunctionSpec> _functions = [];
    private readonly List<PointwiseSpec> _pointwise = [];
    private int _site;

    /// <summary>The site given last.</summary>
    public int LastSite => _site;

    public ModelSource Layer(string name, string kind, params (string Name, object Value)[] arguments)
    {
        int site = ++_site;
        _layers.Add(new LayerSpec(
            name,
            kind,
            "private partial global::Dsl.Tensor",
            new[] { new InputSpec("x", false, false, default, ++_site) }.ToEquatable(),
            arguments.Select(a => new ArgumentSpec(a.Name, Text(a.Value), ++_site)).ToEquatable(),
            "",
            site));
        return this;
    }

    public ModelSource Function(string name, string? result, Action<FunctionSource> write)
    {
        var source = new FunctionSource(() => ++_site);
        write(source);
        _functions.Add(new FunctionSpec(
            name,
            source.Inputs.ToEquatable(),
            source.Steps.ToEquatable(),
            new[] { new ResultSpec("", source.Inputs.Count + source.Steps.Count - 1) }.ToEquatable(),
            result is not null,
            (result is null ? [] : Split(result)).ToEquatable(),
            ++_site));
        return this;
    }

    public ModelSource Pointwise(string name, string parameters, PointwiseExpression body)
    {
        _pointwise.Add(new PointwiseSpec(name, parameters.Split(',').ToEquatable(), body));
        return this;
    }

    public ModelSpec Build() => new(
        "Demo", "Net", "public sealed partial class", "", _layers.ToEquatable(), _functions.ToEquatable(), _pointwise.ToEquatable(), 0);

    public static PointwiseExpression Op(string op, params PointwiseExpression[] operands) => new(op, "", operands.ToEquatable());

    public static PointwiseExpression Arg(string name) => new("arg", name, default);

    public static PointwiseExpression Const(double value) =>
        new("const", value.ToString(CultureInfo.InvariantCulture), default);

    internal static string[] Split(string dims) =>
        dims.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal static string Text(object value) => value switch
    {
        bool b => b ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

/// <summary>The steps of one function; every method returns the number of the value it defines.</summary>
internal sealed class FunctionSource(Func<int> nextSite)
{
    public List<InputSpec> Inputs { get; } = [];

    public List<StepSpec> Steps { get; } = [];

    public int Input(string name, string dims) => AddInput(name, dims, false);

    public int Labels(string name, string dims) => AddInput(name, dims, true);

    public int Layer(string name, int x) => Add(StepKind.Layer, name, "", [new OperandSpec("x", x, "")]);

    public int Call(string name, int x, params (string Name, object Value)[] literals) => Add(
        StepKind.Function,
        name,
        "",
        [new OperandSpec("x", x, ""), .. literals.Select(l => new OperandSpec(l.Name, -1, ModelSource.Text(l.Value)))]);

    public int Call(string name, params (string Name, int Value)[] operands) =>
        Add(StepKind.Function, name, "", [.. operands.Select(static o => new OperandSpec(o.Name, o.Value, ""))]);

    public int Operator(string name, params object[] operands) => Add(
        StepKind.Operator,
        name,
        "",
        [.. operands.Select(o => o is int value ? new OperandSpec("", value, "") : new OperandSpec("", -1, ModelSource.Text(o)))]);

    public int Map(string name, params int[] operands) =>
        Add(StepKind.Map, name, "", [.. operands.Select(o => new OperandSpec("x", o, ""))]);

    public int Add(StepKind kind, string target, string label, OperandSpec[] operands)
    {
        Steps.Add(new StepSpec(kind, target, operands.ToEquatable(), label, nextSite()));
        return Inputs.Count + Steps.Count - 1;
    }

    private int AddInput(string name, string dims, bool integers)
    {
        Inputs.Add(new InputSpec(name, integers, true, ModelSource.Split(dims).ToEquatable(), nextSite()));
        return Inputs.Count - 1;
    }
}

/// <summary>Models that several tests use.</summary>
internal static class Samples
{
    /// <summary>The digit classifier of the README: two convolutions, two perceptrons, a composite
    /// activation.</summary>
    public static ModelSpec DigitNet(int size = 28, int first = 32, int second = 64, int hidden = 128) => new ModelSource()
        .Layer("Stem", "Conv", ("channels", first), ("kernel", 3), ("Padding", 1), ("Activation", "Relu"))
        .Layer("Deep", "Conv", ("channels", second), ("kernel", 3), ("Padding", 1), ("Activation", "Relu"))
        .Layer("Hidden", "Perceptron", ("units", hidden))
        .Layer("Classify", "Perceptron", ("units", 10))
        .Pointwise("Swish", "x", ModelSource.Op("mul", ModelSource.Arg("x"), ModelSource.Op("sigmoid", ModelSource.Arg("x"))))
        .Function("Forward", "b, 10", f => Scores(f, f.Input("image", $"b, 1, {size}, {size}")))
        .Function("Loss", null, f =>
        {
            int image = f.Input("image", $"b, 1, {size}, {size}");
            int digit = f.Labels("digit", "b");
            f.Call("CrossEntropy", ("logits", Scores(f, image)), ("labels", digit));
        })
        .Build();

    private static int Scores(FunctionSource f, int image)
    {
        int stem = f.Call("MaxPool", f.Layer("Stem", image), ("size", 2), ("stride", 0), ("padding", 0));
        int deep = f.Call("MaxPool", f.Layer("Deep", stem), ("size", 2), ("stride", 0), ("padding", 0));
        return f.Layer("Classify", f.Map("Swish", f.Layer("Hidden", f.Call("Flatten", deep, ("from", 1)))));
    }
}
