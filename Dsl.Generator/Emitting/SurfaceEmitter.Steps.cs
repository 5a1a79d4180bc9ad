using System.Linq;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <content>The entry point that takes one position after the other.</content>
internal static partial class SurfaceEmitter
{
    // public void Step(global::System.ReadOnlySpan<int> tokens, global::System.Span<float> result)
    // {
    //     using Turn turn = Enter();
    //     Begin(global::Dsl.Sessions.EntryPoint.Step);
    //     Write(0, tokens);
    //     Run();
    //     Read(0, result);     // and one for each element of a tuple, under its name
    // }
    private static void EmitStep(SurfaceWriter text, FunctionSpec function, string positions)
    {
        // An unreadable size is a diagnostic of the lowering.
        string One(string dim) => SymbolsOf(dim).Contains(positions)
            ? Size.Parse(dim).Substitute(name => name == positions ? Size.One : Size.Symbol(name)).ToString()
            : dim;
        FunctionSpec step = function with
        {
            Inputs = function.Inputs
                .Select(i => i with { Dims = i.Dims.Select(One).ToArray().ToEquatable() }).ToArray().ToEquatable(),
        };

        text.Line();
        text.Line("/// <summary>Runs the model on the next position of each sequence, as <c>Forward</c> would at that position."
            + " The session remembers what it needs of earlier ones; see <c>Position</c> and <c>Reset</c>.</summary>");
        EmitOutputs(text, step, "Step", function.ResultDims.Select(One), Symbols(step));
    }
}
