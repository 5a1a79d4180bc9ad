using System;

namespace Dsl.Eager;

/// <summary>Functions that the platform lacks or computes with cancellation, in double.</summary>
internal static class SpecialFunctions
{
    /// <summary>eˣ - 1. Kahan: the rounding errors of u = eˣ and of log u cancel in the quotient (u - 1)/log
    /// u.</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        return u == 1 ? x : u - 1 == -1 || double.IsPositiveInfinity(u) ? u - 1 : (u - 1) * x / Math.Log(u);
    }

    /// <summary>log(1 + x), by the same cancellation of errors.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * x / (u - 1);
    }

    /// <summary>The error function by its series 2/√π·exp(-x²)·Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, all of whose terms have the same
    /// sign.</summary>
    public static double Erf(double x)
    {
        // Beyond 6 the result is 1 to the last bit of a double.
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
