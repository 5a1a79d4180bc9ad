using System;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>Constants as text, and arithmetic on them: what loop counters and conditions need.</summary>
internal static class Constants
{
    /// <summary>Invariant text; an enum as its member's name.</summary>
    public static string Text(object? value, ITypeSymbol? type) => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        _ when type is INamedTypeSymbol { TypeKind: TypeKind.Enum } e => Member(e, value),
        float f => f.ToString("R", CultureInfo.InvariantCulture),
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>A value of an attribute; arrays as comma lists.</summary>
    public static string Text(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Array when constant.IsNull => "null",
        TypedConstantKind.Array => string.Join(", ", constant.Values.Select(Text)),
        TypedConstantKind.Type =>
            (constant.Value as ITypeSymbol)?.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) ?? "null",
        TypedConstantKind.Error => "",
        _ => Text(constant.Value, constant.Type),
    };

    public static KnownValue Known(object? value, ITypeSymbol? type = null) => new(value, Text(value, type));

    /// <summary>The result of an operator on constants, or null when it has none.</summary>
    public static object? Fold(BinaryOperatorKind kind, object? a, object? b) => (a, b) switch
    {
        (bool x, bool y) => FoldBools(kind, x, y),
        (string x, string y) => kind switch
        {
            BinaryOperatorKind.Add => x + y,
            BinaryOperatorKind.Equals => x == y,
            BinaryOperatorKind.NotEquals => x != y,
            _ => null,
        },
        (IConvertible x, IConvertible y) when IsReal(x) || IsReal(y) => FoldReals(kind, x, y),
        (IConvertible x, IConvertible y) when IsInteger(x) && IsInteger(y) => FoldIntegers(kind, x, y),
        _ => null,
    };

    /// <summary>The negative of a number, the negation of a bool, or null.</summary>
    public static object? Fold(UnaryOperatorKind kind, object? value) => (kind, value) switch
    {
        (UnaryOperatorKind.Minus, int i) => -i,
        (UnaryOperatorKind.Minus, long l) => -l,
        (UnaryOperatorKind.Minus, float f) => -f,
        (UnaryOperatorKind.Minus, double d) => -d,
        (UnaryOperatorKind.Plus, IConvertible n) when IsReal(n) || IsInteger(n) => n,
        (UnaryOperatorKind.Not, bool b) => !b,
        _ => null,
    };

    /// <summary>A number as another type; anything else unchanged.</summary>
    public static object? Convert(object? value, ITypeSymbol? type) =>
        value is not IConvertible number || value is bool or string ? value : type?.SpecialType switch
        {
            SpecialType.System_Int32 => checked((int)Truncate(number)),
            SpecialType.System_Int64 => checked((long)Truncate(number)),
            SpecialType.System_Single => number.ToSingle(CultureInfo.InvariantCulture),
            SpecialType.System_Double => number.ToDouble(CultureInfo.InvariantCulture),
            _ => value,
        };

    private static decimal Truncate(IConvertible number) =>
        decimal.Truncate(number.ToDecimal(CultureInfo.InvariantCulture));

    private static bool IsReal(IConvertible value) => value is float or double;

    private static bool IsInteger(IConvertible value) =>
        value is int or long or byte or sbyte or short or ushort or uint;

    private static string Member(INamedTypeSymbol type, object value) =>
        type.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value))?.Name
        ?? System.Convert.ToString(value, CultureInfo.InvariantCulture);

    private static object? FoldBools(BinaryOperatorKind kind, bool a, bool b) => kind switch
    {
        BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => a && b,
        BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => a || b,
        BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => a != b,
        BinaryOperatorKind.Equals => a == b,
        _ => null,
    };

    private static object? FoldReals(BinaryOperatorKind kind, IConvertible left, IConvertible right)
    {
        bool isDouble = left is double || right is double;
        double a = left.ToDouble(CultureInfo.InvariantCulture);
        double b = right.ToDouble(CultureInfo.InvariantCulture);
        double? number = kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide => a / b,
            BinaryOperatorKind.Remainder => a % b,
            _ => null,
        };
        return number is double n ? isDouble ? n : (object)(float)n : Compare(kind, a.CompareTo(b));
    }

    private static object? FoldIntegers(BinaryOperatorKind kind, IConvertible left, IConvertible right)
    {
        long a = left.ToInt64(CultureInfo.InvariantCulture);
        long b = right.ToInt64(CultureInfo.InvariantCulture);
        if (b == 0 && kind is (BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder))
        {
            return null;
        }

        long? number = kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide => a / b,
            BinaryOperatorKind.Remainder => a % b,
            BinaryOperatorKind.LeftShift => a << (int)b,
            BinaryOperatorKind.RightShift => a >> (int)b,
            _ => null,
        };
        bool isLong = left is long or uint || right is long or uint;
        return number is long n ? isLong ? n : (object)unchecked((int)n) : Compare(kind, a.CompareTo(b));
    }

    private static object? Compare(BinaryOperatorKind kind, int order) => kind switch
    {
        BinaryOperatorKind.LessThan => order < 0,
        BinaryOperatorKind.LessThanOrEqual => order <= 0,
        BinaryOperatorKind.GreaterThan => order > 0,
        BinaryOperatorKind.GreaterThanOrEqual => order >= 0,
        BinaryOperatorKind.Equals => order == 0,
        BinaryOperatorKind.NotEquals => order != 0,
        _ => null,
    };
}
