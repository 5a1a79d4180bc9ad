using System;

namespace Dsl.Generator.Ops;

/// <summary>Scalar functions in double precision that netstandard2.0 lacks.</summary>
internal static class ScalarFunctions
{
    public static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x;

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>ln(1 + eˣ) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x)));

    /// <summary>eˣ - 1 without cancellation near 0 (Kahan: the rounding of e^x is undone by its own
    /// logarithm).</summary>
    public static double ExpM1(double x)
    {
        double u = Math.Exp(x);
        double difference = u - 1;
        return difference == 0 ? x : difference == -1 || double.IsInfinity(u) ? difference : difference * x / Math.Log(u);
    }

    /// <summary>ln(1 + x) without cancellation near 0 (Kahan, as above).</summary>
    public static double Log1P(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) ? u : Math.Log(u) * x / (u - 1);
    }

    /// <summary>The error function: 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are all of one
    /// sign.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
        {
            return Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17 && n < 400; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
