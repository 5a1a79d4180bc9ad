using System;
using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>A margin as numbers: what host and accelerator compute with. A public struct of numbers, because it travels to the
/// accelerator as a kernel argument.</summary>
public struct MarginNumbers
{
    /// <summary>The least length of a vector; below, it counts as zeros.</summary>
    internal const float Smallest = 1e-12f;

    /// <summary>How near to 1 a cosine is taken where its slope is infinite.</summary>
    private const float Edge = 1e-7f;

    internal int Form;
    internal int Boundary;
    internal int IsStraight;
    internal int KeepsLength;
    internal int KeepsRows;
    internal int Multiple;
    internal float Scale;
    internal float Factor;
    internal float Angle;
    internal float Cosine;
    internal float CosineOfAngle;
    internal float SineOfAngle;

    /// <summary>The cosine from which on an added angle would turn back.</summary>
    internal float Turn;

    /// <summary>What is taken from a cosine there.</summary>
    internal float Drop;

    /// <summary>Cosines of the borders between the parts of ψ.</summary>
    internal float Border1;
    internal float Border2;
    internal float Border3;
    internal float Border4;

    internal static MarginNumbers Of(ClassLogitsShape shape)
    {
        double angle = shape.Angle;
        int multiple = (int)shape.Factor;
        return new MarginNumbers
        {
            Form = (int)shape.Form,
            Boundary = (int)shape.Boundary,
            IsStraight = shape.StraightThrough ? 1 : 0,
            KeepsLength = shape.Scale == 0 ? 1 : 0,
            KeepsRows = shape.NormalizesRows ? 0 : 1,
            Multiple = multiple,
            Scale = shape.Scale,
            Factor = shape.Factor,
            Angle = shape.Angle,
            Cosine = shape.Cosine,
            CosineOfAngle = (float)Math.Cos(angle),
            SineOfAngle = (float)Math.Sin(angle),
            Turn = (float)Math.Cos(Math.PI - angle),
            Drop = (float)(angle * Math.Sin(angle)),
            Border1 = Border(1),
            Border2 = Border(2),
            Border3 = Border(3),
            Border4 = Border(4),
        };

        // -2 is below every cosine: there is no such part.
        float Border(int i) => i < multiple ? (float)Math.Cos(i * Math.PI / multiple) : -2f;
    }

    /// <summary>Whether logits are products as they are: neither norms nor a margin.</summary>
    internal readonly bool IsPlain => Form == (int)MarginForm.None && KeepsLength != 0 && KeepsRows != 0;

    /// <summary>What the cosine of an embedding with its own class becomes, and how fast it changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly (F Value, F Slope) Of<F, I, M>(F c, float lambda)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F one = F.Splat(1f);
        F value = c;
        F slope = one;
        if (Form == (int)MarginForm.Cosine)
        {
            value = c - F.Splat(Cosine);
        }
        else if (Form == (int)MarginForm.Psi)
        {
            (value, slope) = Psi<F, I, M>(c, lambda);
        }
        else if (Form != (int)MarginForm.None)
        {
            F inside = F.Max(F.Min(c, F.Splat(1f - Edge)), F.Splat(Edge - 1f));
            F sine = F.Sqrt(one - (inside * inside));
            if (Form == (int)MarginForm.Angle)
            {
                value = (inside * F.Splat(CosineOfAngle)) - (sine * F.Splat(SineOfAngle));
                slope = F.Splat(CosineOfAngle) + (inside / sine * F.Splat(SineOfAngle));
                bool easy = Boundary == (int)MarginBoundary.Easy;
                if (Boundary != (int)MarginBoundary.None)
                {
                    M plain = F.LessOrEqual(inside, F.Splat(easy ? 0f : Turn));
                    value = F.Select(plain, inside - F.Splat(easy ? 0f : Drop), value);
                    slope = F.Select(plain, one, slope);
                }
            }
            else
            {
                F angle = (Acos<F, I, M>(inside) * F.Splat(Factor)) + F.Splat(Angle);
                value = Lanes.Cos<F, I, M>(angle);
                slope = Lanes.Sin<F, I, M>(angle) / sine * F.Splat(Factor);
            }

            value -= F.Splat(Cosine);
        }

        return (value, IsStraight != 0 ? one : slope);
    }

    /// <summary>(λ·c + ψ(θ))/(1 + λ) by Chebyshev polynomials: cos mθ = T_m(c), its slope m·U_{m-1}(c).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (F Value, F Slope) Psi<F, I, M>(F c, float lambda)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F one = F.Splat(1f);
        F zero = F.Splat(0f);
        F before = one;
        F t = c;
        F beforeSecond = zero;
        F u = one;
        for (int i = 1; i < Multiple; i++)
        {
            F next = (c * t) + (c * t) - before;
            (before, t) = (t, next);
            next = (c * u) + (c * u) - beforeSecond;
            (beforeSecond, u) = (u, next);
        }

        F part = F.Select(F.LessOrEqual(c, F.Splat(Border1)), one, zero);
        part += F.Select(F.LessOrEqual(c, F.Splat(Border2)), one, zero);
        part += F.Select(F.LessOrEqual(c, F.Splat(Border3)), one, zero);
        part += F.Select(F.LessOrEqual(c, F.Splat(Border4)), one, zero);
        F half = part * F.Splat(0.5f);
        F odd = part - F.Floor(half) - F.Floor(half);
        F sign = one - odd - odd;
        F share = F.Splat(1f / (1f + lambda));
        return (
            ((c * F.Splat(lambda)) + (sign * t) - part - part) * share,
            (F.Splat(lambda) + (sign * u * F.Splat(Multiple))) * share);
    }

    /// <summary>The angle of a cosine: Cephes' polynomial for the arc sine up to a half, of a half angle beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Acos<F, I, M>(F c)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F size = F.Abs(c);
        F half = F.Splat(0.5f);
        M far = F.Less(half, size);
        F z = F.Select(far, half - (half * size), c * c);
        F s = F.Select(far, F.Sqrt(z), c);
        F p = F.Splat(4.2163199048e-2f);
        p = (p * z) + F.Splat(2.4181311049e-2f);
        p = (p * z) + F.Splat(4.5470025998e-2f);
        p = (p * z) + F.Splat(7.4953002686e-2f);
        p = (p * z) + F.Splat(1.6666752422e-1f);
        p = (p * z * s) + s;
        F twice = p + p;
        F beyond = F.Select(F.Less(c, F.Splat(0f)), F.Splat(MathF.PI) - twice, twice);
        return F.Select(far, beyond, F.Splat(MathF.PI / 2f) - p);
    }
}
