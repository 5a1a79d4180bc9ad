using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>What is wrong with a <c>[Pointwise]</c> function, and what to write in place of what it cannot
/// say.</summary>
internal static class PointwiseAdvice
{
    private const string Remedy = "declare it 'static float' over floats";

    /// <summary>Methods of MathF without a row, in terms of those that have one; <c>{0}</c> is the argument.</summary>
    private static readonly Dictionary<string, string> s_instead = new(StringComparer.Ordinal)
    {
        ["Ceiling"] = "-MathF.Floor(-{0})",
        ["Round"] = "MathF.Floor({0} + 0.5f)",
        ["Truncate"] = "(MathF.Sign({0}) * MathF.Floor(MathF.Abs({0})))",
        ["Cbrt"] = "(MathF.Sign({0}) * MathF.Pow(MathF.Abs({0}), 1f / 3))",
        ["Tan"] = "(MathF.Sin({0}) / MathF.Cos({0}))",
        ["Sinh"] = "(0.5f * (MathF.Exp({0}) - MathF.Exp(-{0})))",
        ["Cosh"] = "(0.5f * (MathF.Exp({0}) + MathF.Exp(-{0})))",
        ["Asinh"] = "MathF.Log({0} + MathF.Sqrt({0} * {0} + 1))",
        ["Atanh"] = "(0.5f * MathF.Log((1 + {0}) / (1 - {0})))",
        ["Log2"] = "(MathF.Log({0}) * 1.442695f)",
        ["Log10"] = "(MathF.Log({0}) * 0.4342945f)",
        ["Clamp"] = "MathF.Max({1}, MathF.Min({2}, {0}))",
    };

    /// <summary>What is wrong with the declaration, or null.</summary>
    public static Complaint? OfSignature(IMethodSymbol method)
    {
        Location name = method.Locations[0];
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not MethodDeclarationSyntax syntax
            || (PointwiseCatalog.IsScalar(method) && method.IsStatic))
        {
            return null;
        }

        if (!method.IsStatic)
        {
            return new Complaint(Remedy, name, new Offer(RemedyVerbs.AddModifier, name, "static"));
        }

        if (syntax.TypeParameterList is { } generic)
        {
            return new Complaint(Remedy, generic.GetLocation());
        }

        if (method.ReturnType.SpecialType != SpecialType.System_Single)
        {
            return Retype(syntax.ReturnType, method.ReturnType);
        }

        if (method.Parameters.IsEmpty)
        {
            Location at = syntax.ParameterList.GetLocation();
            return new Complaint(Remedy, at, new Offer(RemedyVerbs.Replace, at, "(float x)"));
        }

        int wrong = method.Parameters.TakeWhile(static p =>
            p.RefKind == RefKind.None && p.Type.SpecialType == SpecialType.System_Single).Count();
        ParameterSyntax parameter = syntax.ParameterList.Parameters[wrong];
        if (parameter.Modifiers.Count > 0)
        {
            Location at = parameter.Modifiers[0].GetLocation();
            return new Complaint(Remedy, at,
                new Offer(RemedyVerbs.RemoveModifier, at, parameter.Modifiers[0].ValueText));
        }

        return parameter.Type is { } type ? Retype(type, method.Parameters[wrong].Type) : new Complaint(Remedy, name);
    }

    /// <summary>The remedy for an expression.</summary>
    public static string ForExpression(IOperation operation) => operation switch
    {
        IFieldReferenceOperation => "a field can change while the model runs: make it a const, or a parameter",
        IConversionOperation { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } =>
            "ints have no derivative: write MathF.Floor",
        IInvocationOperation => "mark it with [Pointwise]",
        _ => "use +, -, *, /, comparisons, ?:, MathF and functions of Dsl.Functions over floats",
    };

    /// <summary>What can be changed for an expression, or null.</summary>
    public static Offer? OfferFor(IOperation operation) => operation switch
    {
        IFieldReferenceOperation field => Advice.Constant(field.Field),
        IConversionOperation { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } cast
            when cast.Operand.Type?.SpecialType == SpecialType.System_Single =>
            Replace(cast.Syntax, $"MathF.Floor({Unwrapped(cast.Operand.Syntax)})"),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Remainder } rest => Replace(
            rest.Syntax,
            $"({Atom(rest.LeftOperand.Syntax)} - {Atom(rest.RightOperand.Syntax)} * MathF.Floor("
            + $"{Atom(rest.LeftOperand.Syntax)} / {Atom(rest.RightOperand.Syntax)}))"),
        IInvocationOperation call when PointwiseCatalog.IsMath(call.TargetMethod) => Instead(call),
        IInvocationOperation call => Advice.MarkPointwise(call.TargetMethod),
        _ => null,
    };

    /// <summary><c>1 / 2</c> in a constant: 0 to C#, and not what was meant. Null when every division is
    /// exact.</summary>
    public static (IOperation Division, Offer Offer)? CutOff(IOperation constant)
    {
        IBinaryOperation? division = constant.DescendantsAndSelf().OfType<IBinaryOperation>().FirstOrDefault(static b =>
            b.OperatorKind == BinaryOperatorKind.Divide
            && b.LeftOperand.ConstantValue.Value is int left && b.RightOperand.ConstantValue.Value is int right
            && right != 0 && left % right != 0);
        return division?.LeftOperand.Syntax is LiteralExpressionSyntax literal
            ? (division, new Offer(RemedyVerbs.Replace, literal.GetLocation(), literal + "f"))
            : null;
    }

    private static Complaint Retype(TypeSyntax syntax, ITypeSymbol type)
    {
        Location at = syntax.GetLocation();
        bool isNumber = type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;
        return isNumber || type.IsTensor()
            ? new Complaint(Remedy, at, new Offer(RemedyVerbs.Replace, at, "float"))
            : new Complaint(Remedy, at);
    }

    private static Offer? Instead(IInvocationOperation call)
    {
        if (!s_instead.TryGetValue(call.TargetMethod.Name, out string? text)
            || call.Arguments.Length != (call.TargetMethod.Name == "Clamp" ? 3 : 1))
        {
            return null;
        }

        for (int i = 0; i < call.Arguments.Length; i++)
        {
            text = text.Replace("{" + i + "}", Atom(call.Arguments[i].Value.Syntax));
        }

        return Replace(call.Syntax, text);
    }

    private static Offer Replace(SyntaxNode node, string text) => new(RemedyVerbs.Replace, node.GetLocation(), text);

    private static string Atom(SyntaxNode node) =>
        node is IdentifierNameSyntax or LiteralExpressionSyntax
            or InvocationExpressionSyntax or ParenthesizedExpressionSyntax
            ? node.ToString()
            : $"({node})";

    private static string Unwrapped(SyntaxNode node) =>
        node is ParenthesizedExpressionSyntax inner ? inner.Expression.ToString() : node.ToString();
}
