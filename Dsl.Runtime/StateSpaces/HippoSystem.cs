using System;

namespace Dsl.StateSpaces;

/// <summary>
/// The differential equation c' = A·c + B·u that coefficients of a signal's past obey; of <see cref="HippoMeasure.LegS"/> it is c' =
/// (A·c + B·u)/t. Gu et al. 2020, arXiv:2008.07669, theorems 1 and 2 and appendix D; scaled so that B·u is what the newest
/// moment adds.
/// </summary>
public sealed class HippoSystem
{
    private HippoSystem(double[,] a, double[] b) => (A, B) = (a, b);

    /// <summary>A, [order, order].</summary>
    public double[,] A { get; }

    /// <summary>B, [order].</summary>
    public double[] B { get; }

    /// <summary>How many coefficients there are.</summary>
    public int Order => B.Length;

    /// <summary>The equation of a measure.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="order">How many coefficients; even for <see cref="HippoMeasure.FouT"/>.</param>
    /// <param name="theta">The length of the window of <see cref="HippoMeasure.LegT"/> and <see cref="HippoMeasure.FouT"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is not positive, or odd where it may not be, or the window is not
    /// positive.</exception>
    public static HippoSystem Of(HippoMeasure measure, int order, double theta = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order);
        if (!(theta > 0 && double.IsFinite(theta)))
        {
            throw new ArgumentOutOfRangeException(nameof(theta), theta, "The window must have a positive length.");
        }

        if (measure == HippoMeasure.FouT && order % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(order), order, "Cosines and sines come in pairs: the order must be even.");
        }

        var a = new double[order, order];
        var b = new double[order];
        for (int n = 0; n < order; n++)
        {
            b[n] = measure switch
            {
                HippoMeasure.LegS => Root(n),
                HippoMeasure.LegT => Root(n) / theta,
                HippoMeasure.FouT => 2 * Newest(n) / theta,
                _ => 1,
            };
            for (int k = 0; k < order; k++)
            {
                a[n, k] = measure switch
                {
                    HippoMeasure.LegS => n > k ? -Root(n) * Root(k) : n == k ? -(n + 1) : 0,
                    HippoMeasure.LegT => -Root(n) * Root(k) / theta * (n >= k || (k - n) % 2 == 0 ? 1 : -1),
                    HippoMeasure.FouT => (Turn(n, k) - (2 * Newest(n) * Newest(k))) / theta,
                    _ => n > k ? -1 : n == k ? -0.5 : 0,
                };
            }
        }

        return new HippoSystem(a, b);
    }

    /// <summary>The recurrence of a step, exact for an input that stays between steps: e^(ΔA) and A⁻¹(e^(ΔA) - I)B.</summary>
    /// <param name="step">Δ.</param>
    public (double[,] A, double[] B) ZeroOrderHold(double step)
    {
        // Of [[A, B], [0, 0]], so that A need not have an inverse.
        int n = Order;
        var both = new double[n + 1, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                both[i, j] = step * A[i, j];
            }

            both[i, n] = step * B[i];
        }

        double[,] power = Matrices.Exp(both);
        var (a, b) = (new double[n, n], new double[n]);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                a[i, j] = power[i, j];
            }

            b[i] = power[i, n];
        }

        return (a, b);
    }

    /// <summary>The recurrence of a step by the trapezoidal rule: (I - ΔA/2)⁻¹(I + ΔA/2) and (I - ΔA/2)⁻¹ΔB.</summary>
    /// <param name="step">Δ.</param>
    public (double[,] A, double[] B) Bilinear(double step) => Step(step, now: 0.5);

    /// <summary>The recurrence of a step by the rate before it: I + ΔA and ΔB.</summary>
    /// <param name="step">Δ.</param>
    public (double[,] A, double[] B) Euler(double step) => Step(step, now: 0);

    /// <summary>The recurrence of a step by the rate behind it: (I - ΔA)⁻¹ and (I - ΔA)⁻¹ΔB.</summary>
    /// <param name="step">Δ.</param>
    public (double[,] A, double[] B) BackwardEuler(double step) => Step(step, now: 1);

    /// <summary>The recurrence of a step as rows of A with B behind each, [order, order + 1].</summary>
    /// <param name="step">Δ.</param>
    /// <param name="rule">How it is made.</param>
    public double[] Transition(double step, Discretization rule)
    {
        (double[,] a, double[] b) = rule == Discretization.Bilinear ? Bilinear(step) : ZeroOrderHold(step);
        var rows = new double[Order * (Order + 1)];
        for (int i = 0; i < Order; i++)
        {
            for (int j = 0; j < Order; j++)
            {
                rows[(i * (Order + 1)) + j] = a[i, j];
            }

            rows[(i * (Order + 1)) + Order] = b[i];
        }

        return rows;
    }

    /// <summary>What a part <paramref name="now"/> of the rate behind a step and the rest of the rate before it give.</summary>
    private (double[,] A, double[] B) Step(double step, double now)
    {
        int n = Order;
        var (left, right) = (new double[n, n], new double[n, n + 1]);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double own = i == j ? 1 : 0;
                left[i, j] = own - (now * step * A[i, j]);
                right[i, j] = own + ((1 - now) * step * A[i, j]);
            }

            right[i, n] = step * B[i];
        }

        Matrices.Solve(left, right);
        var (a, b) = (new double[n, n], new double[n]);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                a[i, j] = right[i, j];
            }

            b[i] = right[i, n];
        }

        return (a, b);
    }

    private static double Root(int n) => Math.Sqrt((2 * n) + 1);

    /// <summary>The basis of sines and cosines at the newest moment: 1, 0, √2, 0, √2, 0 …</summary>
    private static double Newest(int n) => n == 0 ? 1 : n % 2 == 0 ? Math.Sqrt(2) : 0;

    /// <summary>Cosine and sine of each frequency turn into each other.</summary>
    private static double Turn(int n, int k) => n / 2 == k / 2 && n != k ? Math.Sign(n - k) * 2 * Math.PI * (n / 2) : 0;
}
