using System.Linq;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>The types of Dsl.Runtime that the reader knows by name.</summary>
internal static class Names
{
    public const string Model = "Dsl.ModelAttribute";
    public const string Block = "Dsl.BlockAttribute";
    public const string BlockSpec = "Dsl.BlockSpecAttribute";
    public const string Layer = "Dsl.LayerAttribute";
    public const string Use = "Dsl.UseAttribute`1";
    public const string Tied = "Dsl.TiedAttribute";
    public const string Shape = "Dsl.ShapeAttribute";
    public const string Lengths = "Dsl.LengthsAttribute";
    public const string Pointwise = "Dsl.PointwiseAttribute";
    public const string PointwiseSpec = "Dsl.PointwiseSpecAttribute";
    public const string Primitive = "Dsl.PrimitiveAttribute";
    public const string Recompute = "Dsl.RecomputeAttribute";
    public const string Reversible = "Dsl.ReversibleAttribute";
    public const string Tensor = "Dsl.Tensor";
    public const string IntTensor = "Dsl.IntTensor";
    public const string Functions = "Dsl.Functions";
    /// <summary>The property of <see cref="Functions"/>.</summary>
    public const string Training = "Training";

    public const string Activation = "Dsl.Activation";

    /// <summary>Whether a type is the one of a full metadata name; compared without the compilation, so that it costs
    /// little.</summary>
    public static bool Is(this ITypeSymbol? type, string fullName)
    {
        int dot = fullName.LastIndexOf('.');
        return type is INamedTypeSymbol { ContainingType: null } named
            && string.CompareOrdinal(named.MetadataName, 0, fullName, dot + 1, int.MaxValue) == 0
            && named.ContainingNamespace.ToDisplayString() == fullName.Substring(0, dot);
    }

    public static bool IsTensor(this ITypeSymbol? type) => type.Is(Tensor) || type.Is(IntTensor);

    public static bool DerivesFrom(this INamedTypeSymbol? type, string fullName)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Is(fullName))
            {
                return true;
            }
        }

        return false;
    }

    public static AttributeData? Attribute(this ISymbol symbol, string fullName) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass.Is(fullName));

    public static bool Has(this ISymbol symbol, string fullName) => symbol.Attribute(fullName) is not null;
}
