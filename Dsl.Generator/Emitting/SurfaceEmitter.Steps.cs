using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <content>The entry point that takes one position after the other.</content>
internal static partial class SurfaceEmitter
{
    // public void Step(global::System.ReadOnlySpan<int> tokens, global::System.Span<float> result)
    // {
    //     Begin(global::Dsl.Sessions.EntryPoint.Step);
    //     Write(0, tokens);
    //     Run();
    //     Read(0, result);
    // }
    private static void EmitStep(SurfaceWriter text, FunctionSpec function, string positions)
    {
        Size One(string dim) =>
            Size.Parse(dim).Substitute(name => name == positions ? Size.One : Size.Symbol(name));
        CallSize[] sizes = Symbols(function).Where(s => s.Name != positions).ToArray();
        sizes = sizes.Length > 1 ? sizes : System.Array.Empty<CallSize>();
        string result = Unused(function, "result");
        text.Line();
        text.Line("/// <summary>Runs the model on the next position of each sequence, as <c>Forward</c> would at that position."
            + " The session remembers what it needs of earlier ones; see <c>Position</c> and <c>Reset</c>.</summary>");
        foreach (InputSpec input in function.Inputs)
        {
            text.Line($"/// <param name=\"{input.Name}\">[{Dims(input.Dims.Select(d => One(d).ToString()))}], row by row.</param>");
        }

        text.Line($"/// <param name=\"{result}\">Receives the outputs at this position.</param>");
        foreach (CallSize size in sizes)
        {
            text.Line($"/// <param name=\"{Parameter(function, size)}\">The size {size.Name} of this call.</param>");
        }

        string inputs = string.Join(", ", function.Inputs.Select(static i =>
            $"global::System.ReadOnlySpan<{(i.Integers ? "int" : "float")}> {SymbolText.Escape(i.Name)}"));
        string given = string.Concat(sizes.Select(s => $", int {SymbolText.Escape(Parameter(function, s))}"));
        text.Block($"public void Step({inputs}, global::System.Span<float> {SymbolText.Escape(result)}{given})", () =>
        {
            string named = string.Concat(sizes.Select(s => $", ({Literal(s.Name)}, {Value(function, s)})"));
            text.Line($"Begin(global::Dsl.Sessions.EntryPoint.Step{named});");
            for (int i = 0; i < function.Inputs.Count; i++)
            {
                text.Line($"Write({i}, {SymbolText.Escape(function.Inputs[i].Name)});");
            }

            text.Line("Run();");
            text.Line($"Read(0, {SymbolText.Escape(result)});");
        });
    }
}
