using System;
using System.Collections.Generic;

namespace Dsl.StateSpaces;

/// <summary>
/// Remembers a signal while it comes in, by coefficients of an orthogonal basis, and tells what it was: online function approximation
/// (Gu et al. 2020, arXiv:2008.07669). The memory does not grow with time.
/// </summary>
/// <remarks><see cref="HippoMeasure.LegS"/> knows no unit of time: the same signal at another speed has the same
/// coefficients. Its steps take as many operations as there are coefficients, those of the others the square of
/// that.</remarks>
public sealed class HippoMemory
{
    private readonly double[] _coefficients;
    private readonly double[] _next;
    private readonly double[,]? _a;
    private readonly double[]? _b;

    /// <summary>An empty memory.</summary>
    /// <param name="measure">How much each moment counts.</param>
    /// <param name="order">How many coefficients; even for <see cref="HippoMeasure.FouT"/>.</param>
    /// <param name="step">Time between two values.</param>
    /// <param name="theta">The length of the window of <see cref="HippoMeasure.LegT"/> and <see cref="HippoMeasure.FouT"/>, in units of
    /// time.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or an order odd where it may not be.</exception>
    public HippoMemory(HippoMeasure measure, int order, double step, double theta = 1)
    {
        if (!(step > 0 && double.IsFinite(step)))
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "A step must be positive.");
        }

        var system = HippoSystem.Of(measure, order, theta);
        (Measure, TimeStep, Theta) = (measure, step, theta);
        _coefficients = new double[order];
        _next = new double[order];
        if (measure != HippoMeasure.LegS)
        {
            (_a, _b) = system.Bilinear(step);
        }
    }

    /// <summary>How much each moment counts.</summary>
    public HippoMeasure Measure { get; }

    /// <summary>Time between two values.</summary>
    public double TimeStep { get; }

    /// <summary>The length of the window.</summary>
    public double Theta { get; }

    /// <summary>How many values came in.</summary>
    public long Count { get; private set; }

    /// <summary>The coefficients.</summary>
    public IReadOnlyList<double> Coefficients => _coefficients;

    /// <summary>Takes in the next value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite; nothing has changed.</exception>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value must be finite.");
        }

        Count++;
        if (_a is null)
        {
            AddScaled(value);
            return;
        }

        for (int n = 0; n < _next.Length; n++)
        {
            double sum = _b![n] * value;
            for (int k = 0; k < _next.Length; k++)
            {
                sum += _a[n, k] * _coefficients[k];
            }

            _next[n] = sum;
        }

        _next.CopyTo(_coefficients, 0);
    }

    /// <summary>What the signal was, as far as the coefficients tell.</summary>
    /// <param name="age">How long ago: from 0 to all the time since the beginning of <see cref="HippoMeasure.LegS"/>, to the window's length
    /// where there is one.</param>
    public double Reconstruct(double age)
    {
        double sum = 0;
        double span = Measure == HippoMeasure.LegS ? Count * TimeStep : Theta;
        double place = Measure switch
        {
            HippoMeasure.LagT or HippoMeasure.FouT => age,
            _ => 1 - (2 * age / span),
        };
        (double before, double basis) = (0, 1);
        for (int n = 0; n < _coefficients.Length; n++)
        {
            sum += _coefficients[n] * Measure switch
            {
                HippoMeasure.FouT => n == 0 ? 1 : n == 1 ? 0
                    : Math.Sqrt(2) * (n % 2 == 0 ? Math.Cos(Angle(n)) : Math.Sin(Angle(n))),
                HippoMeasure.LagT => basis * Math.Exp(-age / 2),
                _ => basis * Math.Sqrt((2 * n) + 1),
            };

            // The next polynomial, of Legendre or Laguerre, from the last two.
            (before, basis) = (basis, Measure == HippoMeasure.LagT
                ? ((((2 * n) + 1 - place) * basis) - (n * before)) / (n + 1)
                : ((((2 * n) + 1) * place * basis) - (n * before)) / (n + 1));
        }

        return sum;

        double Angle(int n) => 2 * Math.PI * (n / 2) * age / Theta;
    }

    /// <summary>c ← (I - A/2k)⁻¹((I + A/2k)c + B/k·u) with the k-th value. A is a triangle of products √(2n+1)·√(2k+1), so sums over
    /// what comes before a coefficient are all there is.</summary>
    private void AddScaled(double value)
    {
        double half = 0.5 / Count;
        double oldSum = 0, newSum = 0;
        for (int n = 0; n < _coefficients.Length; n++)
        {
            double root = Math.Sqrt((2 * n) + 1);
            double old = _coefficients[n];
            double right = old - (half * (((n + 1) * old) + (root * oldSum))) + (2 * half * root * value);
            double now = (right - (half * root * newSum)) / (1 + (half * (n + 1)));
            oldSum += root * old;
            newSum += root * now;
            _coefficients[n] = now;
        }
    }
}
