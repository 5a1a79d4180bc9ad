using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>
/// Size arguments are <see cref="object"/> to C#, so it takes anything. Ints and texts are sizes; what the text says is
/// read later.
/// </summary>
internal static class SizeArguments
{
    /// <summary>Whether every argument of an attribute has a value.</summary>
    public static bool AreKnown(AttributeData attribute) =>
        attribute.AttributeConstructor is not null
        && attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(static a => a.Value)).All(IsKnown);

    private static bool IsKnown(TypedConstant value) => value.Kind == TypedConstantKind.Array
        ? value.IsNull || value.Values.All(IsKnown)
        : value.Kind != TypedConstantKind.Error;

    /// <summary>The arguments of an attribute that are neither: where, and as written.</summary>
    public static IEnumerable<(Location Location, string Text)> Wrong(AttributeData attribute)
    {
        var parameters = attribute.AttributeConstructor?.Parameters
            ?? System.Collections.Immutable.ImmutableArray<IParameterSymbol>.Empty;
        bool isUse = LayerReader.IsUse(attribute);
        var written = (
            attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments.ToArray()
            ?? System.Array.Empty<AttributeArgumentSyntax>();
        for (int i = 0; i < attribute.ConstructorArguments.Length && i < parameters.Length; i++)
        {
            TypedConstant value = attribute.ConstructorArguments[i];
            // What a block takes, its constructor says.
            bool isList = !isUse && parameters[i].Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Object };
            if (isList && value.IsNull)
            {
                yield return At(written.FirstOrDefault(), attribute);
            }
            else if (isList)
            {
                for (int k = 0; k < value.Values.Length; k++)
                {
                    if (!IsSize(value.Values[k]))
                    {
                        yield return At(written.Skip(i + k).FirstOrDefault(), attribute);
                    }
                }
            }
            else if (parameters[i].Type.SpecialType == SpecialType.System_Object && !IsSize(value))
            {
                string name = parameters[i].Name;
                yield return At(
                    written.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name)
                        ?? written.Where(static a => a.NameEquals is null).Skip(i).FirstOrDefault(),
                    attribute);
            }
        }

        foreach (KeyValuePair<string, TypedConstant> named in attribute.NamedArguments)
        {
            IPropertySymbol? property = attribute.AttributeClass?.GetMembers(named.Key).OfType<IPropertySymbol>()
                .FirstOrDefault(static p => p.Type.SpecialType == SpecialType.System_Object);
            bool mayBeNone = property?.NullableAnnotation == NullableAnnotation.Annotated && named.Value.IsNull;
            if (property is not null && !mayBeNone && !IsSize(named.Value) && !IsNumber(attribute, named))
            {
                yield return At(written.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == named.Key),
                    attribute);
            }
        }
    }

    /// <summary><c>8f</c> and <c>8.5</c> are nearest to 8.</summary>
    public static IEnumerable<Offer> Offers(Location location, string text)
    {
        string digits = text.TrimEnd('f', 'F', 'd', 'D', 'm', 'M');
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number >= 1 && number <= int.MaxValue)
        {
            yield return new Offer(RemedyVerbs.Replace, location, ((int)number).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>An argument that does not compile is the compiler's to report.</summary>
    private static bool IsSize(TypedConstant value) =>
        value.Kind == TypedConstantKind.Error
        || value.Value is string or int or long or short or byte or sbyte or ushort or uint or char;

    /// <summary>An argument that need not be whole: <c>Scale</c>.</summary>
    private static bool IsNumber(AttributeData attribute, KeyValuePair<string, TypedConstant> named) =>
        named.Value.Value is float or double
        && LayerTable.Find(LayerReader.KindOf(attribute))?.Arguments
            .Any(a => a.Name == named.Key && a.Kind == ArgumentKind.Number) == true;

    private static (Location Location, string Text) At(AttributeArgumentSyntax? argument, AttributeData attribute)
    {
        SyntaxNode? syntax = argument?.Expression ?? attribute.ApplicationSyntaxReference?.GetSyntax();
        return (syntax?.GetLocation() ?? Location.None, syntax is null ? "" : UnreadableException.Excerpt(syntax));
    }
}
