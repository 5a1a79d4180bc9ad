using Dsl.Generator.Graphs;

namespace Dsl.Generator.Lowering;

/// <summary>Complex numbers as two nodes of one shape.</summary>
internal readonly record struct ComplexValue(Value Re, Value Im)
{
    public static ComplexValue operator *(ComplexValue a, ComplexValue b) =>
        new((a.Re * b.Re) - (a.Im * b.Im), (a.Re * b.Im) + (a.Im * b.Re));

    public static ComplexValue operator *(ComplexValue a, Value b) => new(a.Re * b, a.Im * b);

    public static ComplexValue operator *(ComplexValue a, double b) => new(a.Re * b, a.Im * b);

    public static ComplexValue operator -(ComplexValue a, ComplexValue b) => new(a.Re - b.Re, a.Im - b.Im);

    public static ComplexValue operator +(ComplexValue a, double b) => a with { Re = a.Re + b };

    public static ComplexValue operator -(ComplexValue a) => new(-a.Re, -a.Im);

    public static ComplexValue operator /(ComplexValue a, ComplexValue b)
    {
        Value size = (b.Re * b.Re) + (b.Im * b.Im);
        return new(((a.Re * b.Re) + (a.Im * b.Im)) / size, ((a.Im * b.Re) - (a.Re * b.Im)) / size);
    }

    public static ComplexValue operator /(Value a, ComplexValue b)
    {
        Value scale = a / ((b.Re * b.Re) + (b.Im * b.Im));
        return new(b.Re * scale, -(b.Im * scale));
    }

    /// <summary>The same with the other imaginary part.</summary>
    public ComplexValue Conjugate => new(Re, -Im);

    /// <summary>e to it.</summary>
    public ComplexValue Exp()
    {
        Value size = Re.Apply("exp");
        return new(size * Im.Apply("cos"), size * Im.Apply("sin"));
    }

    /// <summary>e to it, less 1, exact where that is small.</summary>
    public ComplexValue ExpM1()
    {
        Value half = (Im * 0.5).Apply("sin");
        Value cosLess1 = half * half * -2;
        Value size = Re.Apply("expm1");
        return new((size * (cosLess1 + 1)) + cosLess1, (size + 1) * Im.Apply("sin"));
    }
}
