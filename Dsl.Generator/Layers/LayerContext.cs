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
    /// <summary>Axes of a sequence [b, n, c]: what a carrying layer takes beside anything else is no state.</summary>
    private const int SequenceRank = 3;

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
        Node? state = layer is ICarryingLayer && inputs[0].Rank == SequenceRank
            ? inputs.Skip(1).FirstOrDefault(i =>
                i.DType == DType.Float && (layer is not IAttendingLayer attends || attends.IsState(this, i))) : null;
        Carried = state is not null || GivesState ? new CarriedState(this, state) : null;
    }

    public Graph Graph => _lowering.Graph;

    /// <summary>The layer, with the layers that lead to it: <c>Trunk.3.Norm</c>.</summary>
    public string Name => _lowering.Shown(_spec.Name);

    /// <summary>Whether the call wants the state behind the last position, too.</summary>
    public bool GivesState => _layer is ICarryingLayer && _step.Values > 1;

    /// <summary>What it is: <c>Flash</c>.</summary>
    public string Kind => _spec.Kind;

    /// <summary>What it is called with.</summary>
    public IReadOnlyList<Node> Inputs { get; }

    /// <summary>The call.</summary>
    public int Site => _step.Site;

    /// <summary>What it goes on from and leaves, of an <see cref="ICarryingLayer"/>; null where nobody gives it a state or wants
    /// one.</summary>
    public CarriedState? Carried { get; }

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

    /// <summary>Declares a learned tensor that acts through every position of a recurrence: it does not decay, and its learning
    /// rate is bounded.</summary>
    public Node SlowParameter(string suffix, string initializer, params int[] dims)
    {
        Node parameter = Parameter(suffix, initializer, decays: false, dims);
        int last = _parameters.Count - 1;
        if (last >= 0 && _parameters[last].Name == $"{Name}.{suffix}")
        {
            _parameters[last] = _parameters[last] with { LearnsSlowly = true };
        }

        return parameter;
    }

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
                    $"'{other}' has the shape '{shared.Shape.Text()}'")
                    .Offer(new Remedy(RemedyVerbs.Remove, tied.Site, ""));
        }

        RequireFits(suffix, dims);
        string name = $"{Name}.{suffix}";
        _parameters.Add(new ParameterSpec(name, dims.ToEquatable(), initializer, decays));
        return Graph.Parameter(name, dims);
    }

    /// <summary>Whether a step of training is lowered: layers may do something else then.</summary>
    public bool IsTraining => _lowering.Program.IsTraining;

    /// <summary>Declares a tensor that is kept from step to step without being learned. Where the layer is called a
    /// second time in one step, it is what the first call has made of it.</summary>
    public Node State(string suffix, string initializer, params int[] dims)
    {
        RequireFits(suffix, dims);
        string name = $"{Name}.{suffix}";
        _parameters.Add(new ParameterSpec(name, dims.ToEquatable(), initializer, Decays: false) { Learns = false });
        return _lowering.Program.State(name, dims);
    }

    /// <summary>Says that a learned tensor is the part of one rank.</summary>
    /// <param name="suffix">The tensor.</param>
    /// <param name="ranks">How many ranks there are.</param>
    public void Shard(string suffix, int ranks)
    {
        int at = _parameters.FindIndex(p => p.Name == $"{Name}.{suffix}");
        _parameters[at] = _parameters[at] with { Shards = ranks };
    }

    /// <summary>Says what falls with the steps that a state counts.</summary>
    /// <param name="suffix">The state.</param>
    /// <param name="annealing">The arguments of the runtime's <c>MarginAnnealing</c>.</param>
    public void Anneal(string suffix, string annealing)
    {
        int at = _parameters.FindIndex(p => p.Name == $"{Name}.{suffix}");
        _parameters[at] = _parameters[at] with { Annealing = annealing };
    }

    /// <summary>Gives a state the value that it has after the step.</summary>
    public void Next(string suffix, Node value) => _lowering.Program.SetState($"{Name}.{suffix}", value);

    /// <summary>The number of the next draw of random numbers, in the order in which a step draws.</summary>
    public int NextDraw() => _lowering.Program.NextDraw();

    /// <summary>Drops elements, in training.</summary>
    public Node Dropout(Node x, double rate) => _lowering.Program.Dropout(x, rate);

    /// <summary>A number argument.</summary>
    public double Number(string name, Func<double, bool> isAllowed, string range)
    {
        string text = Text(Schema(name));
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return isNumber && isAllowed(value)
            ? value
            : throw OutOfRange(name, text, range).Offer(Numbers.Allowed(value, Schema(name).Default, isAllowed)
                is { } allowed ? Write(name, allowed) : null);
    }

    /// <summary>A size argument: a constant within the schema's range.</summary>
    public int Size(string name) => Read(Schema(name), Text(Schema(name)));

    /// <summary>An argument of one size or several with commas between, each within the schema's range.</summary>
    public int[] Sizes(string name, int most = int.MaxValue)
    {
        string text = Text(Schema(name));
        string[] sizes = text.Split(',');
        return sizes.Length <= most
            ? sizes.Map(size => Read(Schema(name), size.Trim()))
            : throw OutOfRange(name, text, $"at most {most} sizes");
    }

    /// <summary>An argument that is a positive decimal number.</summary>
    public Ratio Ratio(string name)
    {
        string text = Text(Schema(name));
        return Dsl.Ratio.TryParse(text, out Ratio number)
            ? number
            : throw OutOfRange(name, text, ImageFunctions.ScaleRange);
    }

    /// <summary>Whether an argument is there that has no value by default.</summary>
    public bool IsGiven(string name) => Given(name) is { Value: not "null" };

    private void RequireFits(string suffix, int[] dims)
    {
        if (dims.Aggregate(1.0, static (product, d) => product * d) > int.MaxValue)
        {
            throw OutOfRange(suffix, string.Join("x", dims), $"at most {int.MaxValue} numbers");
        }
    }

    private int Read(LayerArgument argument, string text)
    {
        string name = argument.Name;
        Size size = SizeReading.Read(
            text, _lowering.Symbols, $"argument '{name}' of '{Name}'", SiteOf(name),
            sizes => int.TryParse(sizes[0], out int first) ? Write(name, first)
                : sizes.Length == 1 && _lowering.Symbols.Block is not null ? Write(name, $"\"{sizes[0]}\"") : null);
        string value = size.ToString();
        return size.IsConstant
            && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int constant)
            && constant >= argument.Minimum
                ? constant
                : throw OutOfRange(name, value, $"a constant of at least {argument.Minimum}")
                    .Offer(int.TryParse(text, out _) ? Write(name, argument.Minimum) : null);
    }

    /// <summary>Whether an argument is a word: <c>same</c>.</summary>
    public bool IsWord(string name, string word) => string.Equals(Text(Schema(name)), word,
        StringComparison.OrdinalIgnoreCase);

    /// <summary>The argument <c>Epsilon</c>: what keeps a divisor from 0.</summary>
    public double Epsilon(double smallest = 0) => Number(
        "Epsilon",
        e => e > 0 && e >= smallest && e <= double.MaxValue,
        smallest > 0 ? $"a number of at least {smallest.ToString("R", CultureInfo.InvariantCulture)}" : "a positive number");

    /// <summary>An axis argument, counted from the front.</summary>
    public int Axis(string name, Node x)
    {
        string text = Text(Schema(name));
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int axis)
            && axis >= -x.Rank && axis < x.Rank
                ? (axis + x.Rank) % x.Rank
                : throw OutOfRange(name, text, $"an axis from {-x.Rank} to {x.Rank - 1}")
                    .Offer(text.StartsWith("-", StringComparison.Ordinal)
                        ? Write(name, -x.Rank)
                        : Write(name, x.Rank - 1));
    }

    /// <summary>The extent of an axis along which the layer has parameters.</summary>
    public int Extent(Node x, int axis) => axis >= 0 && axis < x.Rank && x.Shape[axis].IsConstant
        ? x.Shape[axis].Constant
        : throw Mismatch(
            x,
            axis >= 0 && axis < x.Rank
                ? $"'{string.Join(", ", x.Shape.Select((d, i) => i == axis ? "c" : d.ToString()))}' with a constant c"
                : $"'b, c, ...' with a constant extent on axis {axis}",
            "give that axis of the input a constant extent: it has parameters");

    public bool Bool(string name) => bool.TryParse(Text(Schema(name)), out bool value) && value;

    /// <summary>The member that an argument names.</summary>
    public string Choice(string name) => Text(Schema(name));

    /// <summary>Requires images with a constant number of channels, which it gives.</summary>
    public int RequireImages(Node x) => x.Rank == 4 && x.Shape[1].IsConstant
        ? x.Shape[1].Constant
        : throw Mismatch(
            x,
            "images 'b, c, h, w' with a constant c",
            "give the layer a tensor of rank 4 with a constant second extent").Offer(Image());

    /// <summary>Requires that groups divide channels.</summary>
    /// <param name="groups">The value of the argument <c>Groups</c>.</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="side">Where: <c>input</c> or <c>output</c>.</param>
    /// <param name="others">What the groups have to divide, too.</param>
    public void RequireDivides(int groups, int channels, string side, int others = 0)
    {
        if (channels % groups != 0)
        {
            throw new ProblemException(
                ProblemIds.GroupsDoNotDivide,
                SiteOf("Groups"),
                Name,
                groups.ToString(CultureInfo.InvariantCulture),
                channels.ToString(CultureInfo.InvariantCulture),
                side).Offer(Write(
                    "Groups", Enumerable.Range(1, groups).Last(g => channels % g == 0 && others % g == 0)));
        }
    }

    /// <summary>Requires that an argument divides a number.</summary>
    public void RequireDivisor(string name, int divisor, int whole)
    {
        if (whole % divisor != 0)
        {
            throw OutOfRange(name, divisor.ToString(CultureInfo.InvariantCulture), $"a divisor of {whole.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>Requires that an argument counts features that can be turned in pairs.</summary>
    public void RequirePairs(string name, int width)
    {
        if (width % 2 != 0)
        {
            throw OutOfRange(name, width.ToString(CultureInfo.InvariantCulture), "an even number: features are turned in pairs");
        }
    }

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

    /// <summary>Multiplies by a vector along an axis.</summary>
    public Node ScaleAlong(Node y, int axis, Node vector) =>
        Graph.Pointwise("mul", y, Graph.Broadcast(vector, y.Shape, new[] { axis }));

    /// <summary>The site of an argument; of the layer when the argument is a default.</summary>
    public int SiteOf(string name) => Given(name)?.Site ?? _spec.Site;

    public ProblemException Mismatch(Node x, string expected, string remedy) =>
        new(ProblemIds.ShapeMismatch, Site, Name, expected, Producer(x), x.Shape.Text(), remedy);

    /// <summary>The change that makes the layer's input an image, or null.</summary>
    public Remedy? Image() => _lowering.Offers.Image(_step.Operands[0], _lowering.ValueOf);

    /// <summary>Changes after which an input has another shape.</summary>
    public Remedy[] Make(IReadOnlyList<Size> wanted, int input = 0) =>
        _lowering.Offers.Make(_step.Operands[input], Inputs[input].Shape, wanted).ToArray();

    /// <summary>The change that leaves an argument out.</summary>
    public Remedy Omit(string name) => new(RemedyVerbs.RemoveArgument, SiteOf(name), "");

    /// <summary>The change that writes another number where an argument is given, or adds the argument.</summary>
    public Remedy Write(string name, int value) => Write(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The change that writes a value where an argument is given, or adds the argument.</summary>
    public Remedy Write(string name, string text) => Given(name) is { } given
        ? new Remedy(RemedyVerbs.Replace, given.Site, text)
        : new Remedy(RemedyVerbs.SetArgument, _spec.Site, $"{_spec.Kind} {name} {text}");

    /// <summary>Requires a layer with a state to be causal.</summary>
    /// <exception cref="ProblemException">It looks at later positions, too.</exception>
    public void RequireCausalState()
    {
        if (Carried is not null && !Bool("Causal"))
        {
            throw OutOfRange("Causal", "false", "true: a state has what lies before, and nothing behind").Offer(Write("Causal", "true"));
        }
    }

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
