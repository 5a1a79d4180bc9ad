using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl.Generator.Specs;

/// <summary>
/// Specs as readable text and back; <see cref="SpecReader"/> parses. The first number is the version of the form, so
/// that a spec carried by another assembly is either understood or refused, never misread.
/// </summary>
/// <example><code>
/// spec 1
/// model DigitNet namespace "Demo" declaration "public sealed partial class" example "b=128" @0
/// layer Hidden kind Perceptron declaration "private partial global::Dsl.Tensor" @1
///   input x float @2
///   argument units "128" @3
/// function Forward @4
///   input image float shape("b", "784") @5
///   %1 = Layer Hidden(x %0) label "h" @6
///   %2 = Map Swish(x %1) @7
///   return %2 shape("b", "128")
/// pointwise Swish(x) = (mul x (sigmoid x))
/// block Demo.Residual @8
///   parameter width int
/// layer A kind Conv declaration "private partial global::Dsl.Tensor" @9
///   …
/// function Forward @10
///   when "(GreaterThan width 8)" true
///   …
/// </code></example>
internal static class SpecText
{
    /// <summary>The version of the form that this build writes and reads.</summary>
    public const int Version = 1;

    /// <summary>A model as text; ends with a line feed.</summary>
    public static string Print(ModelSpec spec)
    {
        var text = new StringBuilder();
        text.Append($"spec {Number(Version)}\n");
        text.Append($"model {spec.Name} namespace {Quote(spec.Namespace)} declaration {Quote(spec.Declaration)} ");
        text.Append($"example {Quote(spec.Example)}").Append(spec.InputGradients ? " inputgradients" : "");
        text.Append(spec.Steps.Length > 0 ? $" steps {Quote(spec.Steps)}" : "");
        text.Append($"{Site(spec.Site)}\n");
        foreach (LayerSpec layer in spec.Layers)
        {
            Print(text, layer);
        }

        foreach (FunctionSpec function in spec.Functions)
        {
            Print(text, function);
        }

        foreach (PointwiseSpec pointwise in spec.Pointwise)
        {
            text.Append(Print(pointwise)).Append('\n');
        }

        foreach (BlockSpec block in spec.Blocks)
        {
            Print(text, block);
        }

        return text.ToString();
    }

    /// <summary>A block and the blocks it uses as the text that its assembly carries.</summary>
    public static string PrintCarried(BlockSpec block, IEnumerable<BlockSpec> used)
    {
        var text = new StringBuilder();
        text.Append($"spec {Number(Version)}\n");
        foreach (BlockSpec carried in new[] { block }.Concat(used))
        {
            Print(text, carried.Carried());
        }

        return text.ToString();
    }

    /// <summary><c>pointwise Swish(x) = (mul x (sigmoid x))</c>, without a line feed.</summary>
    public static string Print(PointwiseSpec spec) =>
        $"pointwise {spec.Name}({string.Join(", ", spec.Parameters)}) = {Print(spec.Body)}";

    /// <summary><c>(mul x (sigmoid x))</c>; a constant that does not look like a number as <c>(const
    /// NaN)</c>.</summary>
    public static string Print(PointwiseExpression expression) => expression.Op switch
    {
        "arg" => expression.Text,
        "const" => IsNumber(expression.Text) ? expression.Text : $"(const {expression.Text})",
        _ => $"({expression.Op} {string.Join(" ", expression.Operands.Select(Print))})",
    };

    /// <summary>Whether an atom is a constant: parameter names never start with a digit or a sign.</summary>
    internal static bool IsNumber(string atom) =>
        atom.Length > 0 && (char.IsDigit(atom[0]) || (atom.Length > 1 && atom[0] == '-' && char.IsDigit(atom[1])));

    private static void Print(StringBuilder text, BlockSpec block)
    {
        text.Append($"block {block.Name}{Site(block.Site)}\n");
        foreach (BlockParameterSpec parameter in block.Parameters)
        {
            text.Append($"  parameter {parameter.Name} {parameter.Type}");
            text.Append(parameter.Default is null ? "" : $" default {Quote(parameter.Default)}").Append('\n');
        }

        foreach (LayerSpec layer in block.Layers)
        {
            Print(text, layer);
        }

        foreach (FunctionSpec variant in block.Variants)
        {
            Print(text, variant);
        }

        foreach (PointwiseSpec pointwise in block.Pointwise)
        {
            text.Append(Print(pointwise)).Append('\n');
        }
    }

    private static void Print(StringBuilder text, LayerSpec layer)
    {
        text.Append($"layer {layer.Name} kind {layer.Kind} ");
        text.Append(layer.Block.Length > 0 ? $"of {layer.Block} " : "");
        text.Append($"declaration {Quote(layer.Declaration)}{Site(layer.Site)}\n");
        foreach (InputSpec input in layer.Inputs)
        {
            Print(text, input);
        }

        foreach (ArgumentSpec argument in layer.Arguments)
        {
            text.Append($"  argument {Print(argument)}\n");
        }

        text.Append(layer.Repeat is { } repeat ? $"  repeat {Print(repeat)}\n" : "");
        text.Append(layer.Recompute ? "  recompute\n" : "");
        text.Append(layer.Reversible ? "  reversible\n" : "");
        text.Append(layer.GivesState ? "  state\n" : "");
        text.Append(layer.Tied is { } tied ? $"  tied {Print(tied)}\n" : "");
        if (layer.Documentation.Length > 0)
        {
            text.Append($"  documentation {Quote(layer.Documentation)}\n");
        }
    }

    private static string Print(ArgumentSpec argument) =>
        $"{argument.Name} {Quote(argument.Value)}{Site(argument.Site)}";

    private static void Print(StringBuilder text, FunctionSpec function)
    {
        text.Append($"function {function.Name}{Site(function.Site)}\n");
        foreach (ConditionSpec condition in function.Conditions)
        {
            text.Append($"  when {Quote(condition.Expression)} {(condition.Holds ? "true" : "false")}\n");
        }

        foreach (InputSpec input in function.Inputs)
        {
            Print(text, input);
        }

        int value = function.Inputs.Count;
        foreach (StepSpec step in function.Steps)
        {
            var values = Enumerable.Range(value, step.Values).Select(static v => "%" + Number(v));
            text.Append($"  {string.Join(", ", values)} = {step.Kind} {step.Target}({string.Join(", ", step.Operands.Select(Print))})");
            text.Append(step.Label.Length > 0 ? $" label {Quote(step.Label)}" : "");
            text.Append(step.Region > 0 ? $" region {Number(step.Region)}" : "").Append($"{Site(step.Site)}\n");
            value += step.Values;
        }

        text.Append("  return ").Append(string.Join(", ", function.Results.Select(static r =>
            (r.Name.Length > 0 ? r.Name + " " : "") + "%" + Number(r.Value))));
        text.Append(function.HasResultShape ? " " + Shape(function.ResultDims) : "").Append('\n');
    }

    private static void Print(StringBuilder text, InputSpec input)
    {
        text.Append($"  input {input.Name} {(input.Integers ? "int" : "float")}");
        text.Append(input.HasShape ? " " + Shape(input.Dims) : "");
        text.Append(input.LengthsOf.Length > 0 ? $" lengths {Quote(input.LengthsOf)}" : "").Append($"{Site(input.Site)}\n");
    }

    private static string Print(OperandSpec operand) =>
        (operand.Name.Length > 0 ? operand.Name + " " : "")
        + (operand.Value >= 0 ? "%" + Number(operand.Value) : Quote(operand.Literal));

    private static string Shape(IEnumerable<string> dims) => $"shape({string.Join(", ", dims.Select(Quote))})";

    private static string Site(int site) => site < 0 ? "" : " @" + Number(site);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "").Replace("\n", "\\n") + "\"";
}
