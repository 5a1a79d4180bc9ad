using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>The constructor arguments of one use of a block, known.</summary>
internal sealed class BlockArguments
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Of a model: none.</summary>
    public static BlockArguments None { get; } = new();

    /// <summary>The ints, which sizes may name.</summary>
    public IEnumerable<KeyValuePair<string, int>> Ints => _values
        .Where(static v => v.Value is int).Select(static v => new KeyValuePair<string, int>(v.Key, (int)v.Value));

    /// <summary>Evaluates what a layer gives to its block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="use">The layer, with an argument for every parameter.</param>
    /// <param name="outer">The arguments of the class that has the layer.</param>
    /// <param name="names">The names that sizes may use there.</param>
    /// <param name="shown">The layer's name for messages.</param>
    /// <exception cref="ProblemException">A size is no constant, or no size.</exception>
    public static BlockArguments Of(BlockSpec block, LayerSpec use, BlockArguments outer, SizeNames names, string shown)
    {
        var arguments = new BlockArguments();
        foreach (BlockParameterSpec parameter in block.Parameters)
        {
            ArgumentSpec given = use.Arguments.First(a => a.Name == parameter.Name);
            arguments._values[parameter.Name] = parameter.Type switch
            {
                "int" => Int(given, names, shown),
                "bool" => outer.Resolve(given.Value, given.Site) == "true",
                _ => outer.Resolve(given.Value, given.Site),
            };
        }

        return arguments;
    }

    /// <summary>An int that a size text stands for.</summary>
    /// <exception cref="ProblemException">It is no constant of at least <paramref name="minimum"/>.</exception>
    public static int Int(ArgumentSpec given, SizeNames names, string shown, int minimum = int.MinValue)
    {
        Size size = SizeReading.Read(given.Value, names, $"argument '{given.Name}' of '{shown}'", given.Site);
        string text = size.ToString();
        return size.IsConstant
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= minimum
                ? value
                : throw new ProblemException(
                    ProblemIds.ArgumentOutOfRange, given.Site, shown, given.Name, text,
                    minimum == int.MinValue ? "a constant" : $"a constant of at least {minimum}")
                    .Offer(size.IsConstant && minimum > int.MinValue
                        ? new Remedy(RemedyVerbs.Replace, given.Site, minimum.ToString(CultureInfo.InvariantCulture))
                        : null);
    }

    /// <summary>Whether the arguments meet a condition.</summary>
    public bool Meet(ConditionSpec condition, int site) =>
        Evaluate(condition.Expression, site) is bool holds && holds == condition.Holds;

    /// <summary>A literal, or a list of literals, with its expressions evaluated.</summary>
    public string Resolve(string literal, int site) => literal.IndexOf(ArgumentExpression.Mark) < 0
        ? literal
        : string.Join(", ", literal.Split(',').Select(static part => part.Trim()).Select(part =>
            part.Length > 0 && part[0] == ArgumentExpression.Mark
                ? Constants.Text(Evaluate(part.Substring(1), site), null)
                : part));

    private object? Evaluate(string expression, int site)
    {
        try
        {
            return ArgumentExpression.Evaluate(expression, _values);
        }
        catch (Exception e) when (
            e is FormatException or DivideByZeroException or OverflowException or InvalidCastException)
        {
            throw new ProblemException(ProblemIds.SizeDoesNotParse, site, "a block's Forward", expression, e.Message);
        }
    }
}
