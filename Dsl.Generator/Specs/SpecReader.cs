using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl.Generator.Specs;

/// <summary>Recursive descent over the text of <see cref="SpecText"/>. Line breaks mean nothing; a word ends at a
/// space or at one of <c>( ) , = % @ "</c>.</summary>
internal sealed class SpecReader
{
    private readonly string _text;
    private int _at;

    private SpecReader(string text) => _text = text;

    private bool AtEnd
    {
        get
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }

            return _at >= _text.Length;
        }
    }

    /// <summary>Reads what <see cref="SpecText.Print(ModelSpec)"/> wrote.</summary>
    /// <exception cref="FormatException">Another version, or not a spec; the message says where.</exception>
    public static ModelSpec ParseModel(string text) => new SpecReader(text).Model();

    /// <summary>Reads what <see cref="SpecText.Print(PointwiseSpec)"/> wrote.</summary>
    /// <exception cref="FormatException">Not a pointwise function.</exception>
    public static PointwiseSpec ParsePointwise(string text) => new SpecReader(text).Whole(static r => r.Pointwise());

    /// <summary>Reads <c>(mul x (sigmoid x))</c>.</summary>
    /// <exception cref="FormatException">Not an expression.</exception>
    public static PointwiseExpression ParseExpression(string text) =>
        new SpecReader(text).Whole(static r => r.Expression());

    /// <summary>Reads what <see cref="SpecText.PrintCarried"/> wrote: the block, then those it uses.</summary>
    /// <exception cref="FormatException">Another version, or no block; the message says where.</exception>
    public static IReadOnlyList<BlockSpec> ParseBlocks(string text) => new SpecReader(text).Whole(static r =>
    {
        r.Version();
        EquatableArray<BlockSpec> blocks = r.Many("block", r.Block);
        return blocks.Count > 0 ? blocks : throw r.Unexpected("'block'");
    });

    private T Whole<T>(Func<SpecReader, T> read)
    {
        T result = read(this);
        return AtEnd ? result : throw Unexpected("the end");
    }

    private ModelSpec Model()
    {
        Version();
        Expect("model");
        string name = Word();
        string ns = Labelled("namespace");
        string declaration = Labelled("declaration");
        string example = Labelled("example");
        bool inputGradients = TakeWord("inputgradients");
        string steps = TakeWord("steps") ? Quoted() : "";
        int site = Site();
        var layers = Many("layer", Layer);
        var functions = Many("function", Function);
        var pointwise = Many("pointwise", Pointwise);
        var blocks = Many("block", Block);
        return AtEnd
            ? new ModelSpec(ns, name, declaration, example, layers, functions, pointwise, site)
            {
                Blocks = blocks,
                InputGradients = inputGradients,
                Steps = steps,
            }
            : throw Unexpected("the end");
    }

    private void Version()
    {
        Expect("spec");
        int version = Integer();
        if (version != SpecText.Version)
        {
            throw new FormatException(
                $"The spec has version {version}; this generator reads version {SpecText.Version}.");
        }
    }

    private BlockSpec Block()
    {
        Expect("block");
        string name = Word();
        int site = Site();
        var parameters = Many("parameter", Parameter);
        var layers = Many("layer", Layer);
        var variants = Many("function", Function);
        var pointwise = Many("pointwise", Pointwise);
        return new BlockSpec(name, parameters, layers, variants, pointwise, site);
    }

    private BlockParameterSpec Parameter()
    {
        Expect("parameter");
        return new BlockParameterSpec(Word(), Word(), TakeWord("default") ? Quoted() : null);
    }

    private LayerSpec Layer()
    {
        Expect("layer");
        string name = Word();
        Expect("kind");
        string kind = Word();
        string block = TakeWord("of") ? Word() : "";
        string declaration = Labelled("declaration");
        int site = Site();
        var inputs = Many("input", Input);
        var arguments = Many("argument", Argument);
        ArgumentSpec? repeat = IsWord("repeat") ? Argument("repeat") : null;
        bool recompute = TakeWord("recompute");
        bool reversible = TakeWord("reversible");
        bool givesState = TakeWord("state");
        ArgumentSpec? tied = IsWord("tied") ? Argument("tied") : null;
        string documentation = TakeWord("documentation") ? Quoted() : "";
        return new LayerSpec(name, kind, declaration, inputs, arguments, documentation, site)
        {
            Block = block,
            Repeat = repeat,
            Recompute = recompute,
            Reversible = reversible,
            GivesState = givesState,
            Tied = tied,
        };
    }

    private ArgumentSpec Argument() => Argument("argument");

    private ArgumentSpec Argument(string word)
    {
        Expect(word);
        return new ArgumentSpec(Word(), Quoted(), Site());
    }

    private InputSpec Input()
    {
        Expect("input");
        string name = Word();
        bool integers = Word() == "int";
        bool hasShape = Shape(out EquatableArray<string> dims);
        string lengths = TakeWord("lengths") ? Quoted() : "";
        return new InputSpec(name, integers, hasShape, dims, Site()) { LengthsOf = lengths };
    }

    private FunctionSpec Function()
    {
        Expect("function");
        string name = Word();
        int site = Site();
        var conditions = Many("when", Condition);
        var inputs = Many("input", Input);
        var steps = new List<StepSpec>();
        while (Peek() == '%')
        {
            int values = 0;
            do
            {
                Value();
                values++;
            }
            while (Take(','));

            Require('=');
            steps.Add(Step() with { Values = values });
        }

        Expect("return");
        var results = new List<ResultSpec>();
        do
        {
            results.Add(new ResultSpec(Peek() == '%' ? "" : Word(), Value()));
        }
        while (Take(','));

        bool hasShape = Shape(out EquatableArray<string> dims);
        return new FunctionSpec(
            name, inputs, steps.ToEquatable(), results.ToEquatable(), hasShape, dims, site) { Conditions = conditions };
    }

    private ConditionSpec Condition()
    {
        Expect("when");
        return new ConditionSpec(Quoted(), Word() == "true");
    }

    private int Value()
    {
        Require('%');
        return Integer();
    }

    private StepSpec Step()
    {
        string kind = Word();
        if (!Enum.TryParse(kind, out StepKind parsed))
        {
            throw Unexpected("a kind of step");
        }

        string target = Word();
        var operands = List(Operand);
        string label = TakeWord("label") ? Quoted() : "";
        int region = TakeWord("region") ? Integer() : 0;
        return new StepSpec(parsed, target, operands.ToEquatable(), label, Site()) { Region = region };
    }

    private OperandSpec Operand()
    {
        string name = Peek() is '%' or '"' ? "" : Word();
        return Take('%') ? new OperandSpec(name, Integer(), "") : new OperandSpec(name, -1, Quoted());
    }

    private PointwiseSpec Pointwise()
    {
        Expect("pointwise");
        string name = Word();
        var parameters = List(Word);
        Require('=');
        return new PointwiseSpec(name, parameters.ToEquatable(), Expression());
    }

    private PointwiseExpression Expression()
    {
        if (!Take('('))
        {
            string atom = Word();
            return new PointwiseExpression(SpecText.IsNumber(atom) ? "const" : "arg", atom, default);
        }

        string op = Word();
        if (op == "const")
        {
            string text = Word();
            Require(')');
            return new PointwiseExpression(op, text, default);
        }

        var operands = new List<PointwiseExpression>();
        while (!Take(')'))
        {
            operands.Add(Expression());
        }

        return new PointwiseExpression(op, "", operands.ToEquatable());
    }

    private bool Shape(out EquatableArray<string> dims)
    {
        bool has = TakeWord("shape");
        dims = has ? List(Quoted).ToEquatable() : default;
        return has;
    }

    private EquatableArray<T> Many<T>(string word, Func<T> read)
        where T : IEquatable<T>
    {
        var items = new List<T>();
        while (IsWord(word))
        {
            items.Add(read());
        }

        return items.ToEquatable();
    }

    private List<T> List<T>(Func<T> read)
    {
        var items = new List<T>();
        Require('(');
        while (!Take(')'))
        {
            if (items.Count > 0)
            {
                Require(',');
            }

            items.Add(read());
        }

        return items;
    }

    private string Labelled(string word)
    {
        Expect(word);
        return Quoted();
    }

    /// <summary>The text of another assembly has none.</summary>
    private int Site() => Take('@') ? Integer() : -1;

    private int Integer() =>
        int.TryParse(Word(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Unexpected("an integer");

    private string Quoted()
    {
        Require('"');
        var text = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '"')
        {
            char c = _text[_at++];
            if (c == '\\' && _at < _text.Length)
            {
                c = _text[_at++];
                c = c == 'n' ? '\n' : c;
            }

            text.Append(c);
        }

        _at++;
        return text.ToString();
    }

    private string Word() => WordAt(out int end) is { Length: > 0 } word
        ? Advance(word, end)
        : throw Unexpected("a word");

    private string Advance(string word, int end)
    {
        _at = end;
        return word;
    }

    private string WordAt(out int end)
    {
        end = AtEnd ? _text.Length : _at;
        while (end < _text.Length && !char.IsWhiteSpace(_text[end]) && "(),=%@\"".IndexOf(_text[end]) < 0)
        {
            end++;
        }

        return _text.Substring(_at, end - _at);
    }

    private bool IsWord(string word) => WordAt(out _) == word;

    private bool TakeWord(string word)
    {
        bool has = WordAt(out int end) == word;
        _at = has ? end : _at;
        return has;
    }

    private void Expect(string word)
    {
        if (!TakeWord(word))
        {
            throw Unexpected($"'{word}'");
        }
    }

    private char Peek() => AtEnd ? '\0' : _text[_at];

    private bool Take(char c)
    {
        bool has = Peek() == c;
        _at += has ? 1 : 0;
        return has;
    }

    private void Require(char c)
    {
        if (!Take(c))
        {
            throw Unexpected($"'{c}'");
        }
    }

    private FormatException Unexpected(string expected) => new(
        $"The text of a spec is damaged at position {_at}: expected {expected} before "
        + $"'{_text.Substring(Math.Min(_at, _text.Length)).Split('\n')[0]}'.");
}
