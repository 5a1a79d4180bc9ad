using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>The session class with its entry points.</summary>
internal static partial class SurfaceEmitter
{
    private const string Options = "global::Dsl.Sessions.SessionOptions";

    // global::Dsl.Sessions.ModelSession global::Dsl.IModel.NewSession(global::Dsl.Sessions.SessionOptions options) =>
    //     new Session(this, options);
    //
    // public Session CreateSession(global::Dsl.Device? device = null, …) =>
    //     new(this, new global::Dsl.Sessions.SessionOptions { … });
    //
    // public Session CreateSession(global::Dsl.Sessions.SessionOptions options) => new(this, options);
    //
    // public sealed class Session : global::Dsl.Sessions.ModelSession { … }
    private static void EmitSession(SurfaceWriter text, ModelSpec spec)
    {
        string name = SymbolText.Escape(spec.Name);
        text.Line();
        text.Line($"global::Dsl.Sessions.ModelSession global::Dsl.IModel.NewSession({Options} options) =>");
        text.Deeper("new Session(this, options);");
        text.Line();
        text.Line("/// <summary>Makes the model ready to run: one device, one block of memory. Dispose the session to free it.</summary>");
        text.Line("/// <param name=\"device\">Where to run; the host when null.</param>");
        text.Line("/// <param name=\"maximum\">The largest value of every symbolic size; those of the example when null.</param>");
        text.Line("/// <param name=\"optimizer\">Needed to train; null to evaluate only.</param>");
        text.Line("public Session CreateSession(");
        text.Deeper("global::Dsl.Device? device = null,");
        text.Deeper("global::Dsl.Sizes? maximum = null,");
        text.Deeper("global::Dsl.Optimizer? optimizer = null) =>");
        text.Deeper($"new(this, new {Options} {{ Device = device, Sizes = maximum ?? [], Optimizer = optimizer }});");
        text.Line();
        text.Line("/// <summary>Makes the model ready to run.</summary>");
        text.Line("/// <param name=\"options\">Where, how large, whether it trains, and what else there is to say.</param>");
        text.Line($"public Session CreateSession({Options} options) => new(this, options);");
        text.Line();
        text.Line($"/// <summary>A {spec.Name} that is ready to run.</summary>");
        text.Block("public sealed class Session : global::Dsl.Sessions.ModelSession", () =>
        {
            text.Block(
                $"internal Session({name} model, {Options} options)\n    : base(model, options)", static () => { });
            foreach (FunctionSpec function in spec.Functions)
            {
                if (function.Name == "Forward")
                {
                    EmitForward(text, function);
                    if (spec.InputGradients)
                    {
                        EmitSensitivity(text, function);
                    }

                    if (spec.Steps.Length > 0)
                    {
                        EmitStep(text, function, spec.Steps);
                    }
                }
                else if (function.Name == "Loss")
                {
                    EmitLoss(text, function, "Loss", "The loss of one batch, without learning from it.");
                    EmitLoss(text, function, "Train", "One step of training on one batch; the loss before the step.");
                }
            }
        });
    }

    // public void Forward(global::System.ReadOnlySpan<float> image, global::System.Span<float> result)
    // {
    //     using Turn turn = Enter();
    //     Begin(global::Dsl.Sessions.EntryPoint.Forward);
    //     Write(0, image);
    //     Run();
    //     Read(0, result);     // and one for each element of a tuple, under its name
    // }
    private static void EmitForward(SurfaceWriter text, FunctionSpec function)
    {
        text.Line();
        text.Line("/// <summary>Runs the model on one batch.</summary>");
        EmitOutputs(text, function, "Forward", function.ResultDims, Symbols(function));
    }

    /// <summary>The entry point that gives what the function returns: documentation of its parameters, and its body.</summary>
    private static void EmitOutputs(
        SurfaceWriter text, FunctionSpec function, string entryPoint, IEnumerable<string> resultDims, CallSize[] sizes)
    {
        string[] results = Results(function);
        EmitInputDocumentation(text, function);
        string shape = function.HasResultShape ? $": [{Dims(resultDims)}], row by row" : "";
        for (int i = 0; i < results.Length; i++)
        {
            string what = results.Length == 1 ? "the outputs" : function.Results[i].Name;
            text.Line($"/// <param name=\"{results[i]}\">Receives {what}{shape}.</param>");
        }

        EmitSizeDocumentation(text, function, sizes);
        string spans = string.Join(
            ", ", results.Select(static r => $"global::System.Span<float> {SymbolText.Escape(r)}"));
        text.Block($"public void {entryPoint}({Signature(function, spans, sizes)})", () =>
        {
            EmitRun(text, function, entryPoint, sizes);
            for (int i = 0; i < results.Length; i++)
            {
                text.Line($"Read({i}, {SymbolText.Escape(results[i])});");
            }
        });
    }

    /// <summary>The names of the parameters that receive what a function returns.</summary>
    private static string[] Results(FunctionSpec function) => function.Results
        .Select(static r => r.Name.Length == 0 ? "result" : char.ToLowerInvariant(r.Name[0]) + r.Name.Substring(1))
        .Select(name => Unused(function, name, "Result")).ToArray();

    // public void Sensitivity(
    //     ReadOnlySpan<float> image, ReadOnlySpan<float> weight, Span<float> imageGradient)   // types in full, one line
    // {
    //     using Turn turn = Enter();
    //     Begin(global::Dsl.Sessions.EntryPoint.Sensitivity);
    //     Write(0, image);
    //     Write(1, weight);
    //     Run();
    //     Read(0, imageGradient);
    // }
    private static void EmitSensitivity(SurfaceWriter text, FunctionSpec function)
    {
        InputSpec[] sources = function.Inputs.Where(static i => !i.Integers).ToArray();
        string weight = Unused(function, "weight");
        string Gradient(InputSpec input) => Unused(function, input.Name + "Gradient");
        text.Line();
        text.Line(
            "/// <summary>The gradients of Σ weight·result with respect to the inputs: what the outputs that are weighted "
            + "depend on, and how strongly.</summary>");
        EmitInputDocumentation(text, function);
        string what = function.Results.Count > 1 ? $"the first result, {function.Results[0].Name}" : "the result";
        string shape = function.HasResultShape ? $": [{Dims(function.ResultDims)}], row by row" : "";
        text.Line($"/// <param name=\"{weight}\">The weight of every element of {what}{shape}.</param>");
        foreach (InputSpec input in sources)
        {
            text.Line(
                $"/// <param name=\"{Gradient(input)}\">Receives the gradient of {input.Name}: "
                + $"[{Dims(input.Dims)}], row by row.</param>");
        }

        EmitSizeDocumentation(text, function, Symbols(function));
        string more = $"global::System.ReadOnlySpan<float> {weight}"
            + string.Concat(sources.Select(i => $", global::System.Span<float> {SymbolText.Escape(Gradient(i))}"));
        text.Block($"public void Sensitivity({Signature(function, more, Symbols(function))})", () =>
        {
            EmitRun(text, function, "Sensitivity", Symbols(function), weight);
            for (int i = 0; i < sources.Length; i++)
            {
                text.Line($"Read({i}, {SymbolText.Escape(Gradient(sources[i]))});");
            }
        });
    }

    // public float Train(global::System.ReadOnlySpan<float> image, global::System.ReadOnlySpan<int> digit)
    // {
    //     using Turn turn = Enter();
    //     Begin(global::Dsl.Sessions.EntryPoint.Train);
    //     Write(0, image);
    //     Write(1, digit);
    //     Run();
    //     return ReadScalar();   // Train: return Learn(); before it Read(1, state); and so on, where Loss returns more
    // }
    private static void EmitLoss(SurfaceWriter text, FunctionSpec function, string entryPoint, string summary)
    {
        text.Line();
        text.Line($"/// <summary>{summary}</summary>");
        EmitInputDocumentation(text, function);
        string[] results = Results(function);
        for (int i = 1; i < results.Length; i++)
        {
            text.Line($"/// <param name=\"{results[i]}\">Receives {function.Results[i].Name}.</param>");
        }

        EmitSizeDocumentation(text, function, Symbols(function));
        string? more = results.Length == 1 ? null
            : string.Join(", ", results.Skip(1).Select(static r => $"global::System.Span<float> {SymbolText.Escape(r)}"));
        text.Block($"public float {entryPoint}({Signature(function, more, Symbols(function))})", () =>
        {
            EmitRun(text, function, entryPoint, Symbols(function));
            for (int i = 1; i < results.Length; i++)
            {
                text.Line($"Read({i}, {SymbolText.Escape(results[i])});");
            }

            text.Line(entryPoint == "Train" ? "return Learn();" : "return ReadScalar();");
        });
    }

    private static void EmitRun(
        SurfaceWriter text, FunctionSpec function, string entryPoint, CallSize[] sizes, string? weight = null)
    {
        string given = string.Concat(sizes.Select(s => $", ({Literal(s.Name)}, {Value(function, s)})"));
        text.Line($"using Turn {Unused(function, "turn")} = Enter();");
        text.Line($"Begin(global::Dsl.Sessions.EntryPoint.{entryPoint}{given});");
        for (int i = 0; i < function.Inputs.Count; i++)
        {
            text.Line($"Write({i}, {SymbolText.Escape(function.Inputs[i].Name)});");
        }

        if (weight is not null)
        {
            text.Line($"Write({function.Inputs.Count}, {weight});");
        }

        text.Line("Run();");
    }

    private static void EmitInputDocumentation(SurfaceWriter text, FunctionSpec function)
    {
        foreach (InputSpec input in function.Inputs)
        {
            text.Line($"/// <param name=\"{input.Name}\">[{Dims(input.Dims)}], row by row.</param>");
        }
    }

    private static void EmitSizeDocumentation(SurfaceWriter text, FunctionSpec function, CallSize[] sizes)
    {
        foreach (CallSize size in sizes)
        {
            string what = size.Multiple == 1
                ? $"The size {size.Name} of this call."
                : $"The {size.Shown} of this call: a multiple of {size.Multiple}.";
            text.Line($"/// <param name=\"{Parameter(function, size)}\">{what}</param>");
        }
    }

    private static string Signature(FunctionSpec function, string? result, CallSize[] sizes) => string.Join(", ", function.Inputs
        .Select(static i => $"global::System.ReadOnlySpan<{(i.Integers ? "int" : "float")}> {SymbolText.Escape(i.Name)}")
        .Concat(result is null ? Array.Empty<string>() : new[] { result })
        .Concat(sizes.Select(s => $"int {SymbolText.Escape(Parameter(function, s))}")));

    /// <summary>A symbol that a call gives.</summary>
    /// <param name="Name">The symbol.</param>
    /// <param name="Shown">What the call's parameter is: the symbol, or <c>height</c> where an input declares
    /// <c>8*h</c>.</param>
    /// <param name="Multiple">What divides the parameter: 8.</param>
    private sealed record CallSize(string Name, string Shown, int Multiple);

    /// <summary><c>h</c>, or <c>SizeOf(height, "height", 8)</c>.</summary>
    private static string Value(FunctionSpec function, CallSize size) => size.Multiple == 1
        ? SymbolText.Escape(Parameter(function, size))
        : $"SizeOf({SymbolText.Escape(Parameter(function, size))}, {Literal(size.Shown)}, {size.Multiple})";

    /// <summary>The symbols that a call has to give, in order of appearance: none when there is only one, which
    /// follows from the length of an input.</summary>
    private static CallSize[] Symbols(FunctionSpec function)
    {
        var symbols = function.Inputs.SelectMany(static i => i.Dims).SelectMany(SymbolsOf)
            .Distinct(StringComparer.Ordinal).ToArray();
        return symbols.Length > 1 ? symbols.Select(s => Shown(function, s)).ToArray() : Array.Empty<CallSize>();
    }

    /// <summary>A height of <c>8*h</c> is given as a height, unless it is <c>h</c> itself somewhere.</summary>
    private static CallSize Shown(FunctionSpec function, string symbol)
    {
        var dims = function.Inputs.SelectMany(static i => i.Dims.Select((d, axis) =>
            (Dim: d, Axis: axis, Rank: i.Dims.Count)))
            .Where(d => SymbolsOf(d.Dim).Contains(symbol)).ToArray();
        (string dim, int axis, int rank) = dims[0];
        string? word = (axis, rank) switch
        {
            (2, 4) => "height",
            (3, 4) => "width",
            (2, 3) => "length",
            _ => null,
        };
        Size rest = Size.Parse(dim) / Size.Symbol(symbol);
        bool isMultiple = rest.IsConstant && rest.Constant > 1 && (rest * Size.Symbol(symbol)).Equals(Size.Parse(dim));
        return word is not null && isMultiple && dims.All(d => SymbolsOf(d.Dim).Count() == 1
            && Size.Parse(d.Dim).Equals(Size.Parse(dim)))
            ? new CallSize(symbol, word, rest.Constant)
            : new CallSize(symbol, symbol, 1);
    }

    private static IEnumerable<string> SymbolsOf(string size)
    {
        try
        {
            return Size.Parse(size).Symbols;
        }
        catch (FormatException)
        {
            // An unreadable size is a diagnostic of the lowering; the light surface does without it.
            return Array.Empty<string>();
        }
    }

    private static string Parameter(FunctionSpec function, CallSize size) => Unused(function, size.Shown);

    /// <summary>A name for a parameter of ours that none of the user's has.</summary>
    private static string Unused(FunctionSpec function, string name, string otherwise = "Size") =>
        function.Inputs.Any(i => i.Name == name) ? Unused(function, name + otherwise, otherwise) : name;

    private static string Dims(IEnumerable<string> dims) => string.Join(", ", dims);
}
