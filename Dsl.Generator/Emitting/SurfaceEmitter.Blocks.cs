using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>The generated half of a block, and the layers that are blocks.</summary>
internal static partial class SurfaceEmitter
{
    // [global::Dsl.BlockSpec(1, """
    //     spec 1
    //     block Demo.DoubleConv …
    //     """)]
    // public sealed partial class DoubleConv : global::Dsl.IBlock
    // {
    //     public global::Dsl.ParameterScope Parameters { get; init; } = global::Dsl.ParameterScope.None;
    //
    //     global::System.Collections.Generic.IReadOnlyList<object> global::Dsl.IBlock.Arguments => [width, middle];
    //
    //     private partial global::Dsl.Tensor A(global::Dsl.Tensor x) => …;
    // }
    public static string Emit(ReadBlock read)
    {
        BlockSpec block = read.Spec;
        var text = new SurfaceWriter();
        EmitHeader(text, read.Namespace, new[] { block.ShortName + (read.IsComplete ? "" : ": built with errors") });
        if (read.IsComplete)
        {
            string carried = SpecText.PrintCarried(block, read.Used).TrimEnd('\n');
            string quotes = new('"', Math.Max(3, LongestRun(carried, '"') + 1));
            text.Line($"[global::Dsl.BlockSpec({SpecText.Version}, {quotes}");
            text.Deeper(carried + "\n" + quotes + ")]");
        }

        text.Block($"{read.Declaration} {SymbolText.Escape(block.ShortName)} : global::Dsl.IBlock", () =>
        {
            text.Line("/// <summary>The learned numbers of this use of the block; none unless a model makes it.</summary>");
            text.Line("public global::Dsl.ParameterScope Parameters { get; init; } = global::Dsl.ParameterScope.None;").Line();
            text.Line("global::System.Collections.Generic.IReadOnlyList<object> global::Dsl.IBlock.Arguments =>");
            text.Deeper($"[{string.Join(", ", block.Parameters.Select(static p => SymbolText.Escape(p.Name)))}];");
            foreach (LayerSpec layer in block.Layers)
            {
                text.Line();
                EmitLayer(text, layer, null, read.Used, read.IsComplete);
            }

            foreach (string stub in read.Stubs)
            {
                text.Line().Line(stub + " =>").Deeper(
                    Throw($"Block '{block.ShortName}' was built with errors: see the DSL diagnostics.") + ";");
            }
        });
        return text.ToString();
    }

    // private partial global::Dsl.Tensor Down(global::Dsl.Tensor x) =>
    //     new global::Demo.DoubleConv(64, 32) { Parameters = Parameters.Scope("Down") }.Forward(x);
    //
    // private partial global::Dsl.Tensor Trunk(global::Dsl.Tensor x)
    // {
    //     for (int index = 0; index < 12; index++)
    //     {
    //         x = new global::Demo.Residual(64) { Parameters = Parameters.Scope("Trunk", index) }.Forward(x);
    //     }
    //
    //     return x;
    // }
    private static void EmitUse(SurfaceWriter text, string header, LayerSpec layer, BlockSpec block)
    {
        string[] inputs = layer.Inputs.Select(static i => SymbolText.Escape(i.Name)).ToArray();
        string index = "index";
        while (inputs.Contains(index))
        {
            index += "Of";
        }

        string scope = Literal(layer.Name) + (layer.Repeat is null ? "" : ", " + index);
        string arguments = string.Join(", ", block.Parameters.Select(p =>
            BlockArgument(p, layer.Arguments.First(a => a.Name == p.Name).Value)));
        string run = $"new global::{layer.Block}({arguments}) {{ Parameters = Parameters.Scope({scope}) }}"
            + $".Forward({string.Join(", ", inputs)})";
        if (layer.Repeat is null)
        {
            text.Line(header + " =>").Deeper(run + ";");
            return;
        }

        int results = block.Variants[0].Results.Count;
        string carried = string.Join(", ", inputs.Take(results));
        carried = results == 1 ? carried : $"({carried})";
        text.Block(header, () =>
        {
            text.Block($"for (int {index} = 0; {index} < {Constant(layer.Repeat.Value)}; {index}++)", () =>
                text.Line($"{carried} = {run};"));
            text.Line();
            text.Line($"return {carried};");
        });
    }

    private static string BlockArgument(BlockParameterSpec parameter, string value) =>
        value.Length > 0 && value[0] == ArgumentExpression.Mark ? SymbolText.Escape(value.Substring(1)) : parameter.Type switch
        {
            "int" => Constant(value),
            "bool" => value,
            "string" => Literal(value),
            _ => $"{parameter.Type}.{value}",
        };

    private static int LongestRun(string text, char c)
    {
        int longest = 0;
        int run = 0;
        foreach (char at in text)
        {
            run = at == c ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
