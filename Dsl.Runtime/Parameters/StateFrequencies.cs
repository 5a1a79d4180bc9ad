using System;
using System.Linq;

namespace Dsl;

/// <summary>The imaginary parts that states of a diagonal state space begin with.</summary>
internal static class StateFrequencies
{
    /// <summary>Those of one channel, one of each conjugate pair.</summary>
    /// <param name="spectrum">Which.</param>
    /// <param name="pairs">Half of the states.</param>
    public static double[] Of(StateSpectrum spectrum, int pairs)
    {
        var frequencies = new double[pairs];
        double states = 2.0 * pairs;
        for (int n = 0; n < pairs; n++)
        {
            frequencies[n] = spectrum == StateSpectrum.Inverse
                ? states / Math.PI * ((states / ((2 * n) + 1)) - 1) : Math.PI * n;
        }

        return spectrum == StateSpectrum.LegS ? LegS(2 * pairs).Frequencies : frequencies;
    }

    /// <summary>The eigenvalues iω of the skew part of HiPPO-LegS, S = A + PPᵀ + I/2 with P = √(n + 1/2), ascending,
    /// and |v*B| of their eigenvectors v with B = √(2n + 1). Those of SᵀS are ω², each of them twice.</summary>
    public static (double[] Frequencies, double[] Inputs) LegS(int states)
    {
        // For n > k S is -√(2n + 1)·√(2k + 1)/2.
        double Skew(int n, int k) => Math.Sign(k - n) * Math.Sqrt(((2.0 * n) + 1) * ((2.0 * k) + 1)) / 2;
        var squares = new double[states, states];
        for (int i = 0; i < states; i++)
        {
            for (int j = 0; j < states; j++)
            {
                for (int n = 0; n < states; n++)
                {
                    squares[i, j] += Skew(n, i) * Skew(n, j);
                }
            }
        }

        double[,] vectors = Diagonalize(squares);
        int[] order = [.. Enumerable.Range(0, states).OrderBy(i => squares[i, i])];
        var frequencies = new double[states / 2];
        var inputs = new double[states / 2];
        for (int i = 0; i < states; i++)
        {
            double along = 0;
            for (int n = 0; n < states; n++)
            {
                along += vectors[n, order[i]] * Math.Sqrt((2.0 * n) + 1);
            }

            // v is (a + ib)/√2 with a and b the two real vectors of ω².
            inputs[i / 2] += along * along / 2;
            frequencies[i / 2] += Math.Sqrt(Math.Max(0, squares[order[i], order[i]])) / 2;
        }

        return (frequencies, Array.ConvertAll(inputs, Math.Sqrt));
    }

    /// <summary>Leaves eigenvalues on the diagonal of a symmetric matrix, by Jacobi's rotations, which leave each pair
    /// of elements 0 in turn; the result has its eigenvectors as columns.</summary>
    private static double[,] Diagonalize(double[,] a)
    {
        int n = a.GetLength(0);
        var vectors = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            vectors[i, i] = 1;
        }

        const int MostSweeps = 30;
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            double off = 0, all = 0;
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    all += a[i, j] * a[i, j];
                    off += i == j ? 0 : a[i, j] * a[i, j];
                }
            }

            if (off <= 1e-30 * all)
            {
                break;
            }

            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    Rotate(a, vectors, p, q);
                }
            }
        }

        return vectors;
    }

    private static void Rotate(double[,] a, double[,] vectors, int p, int q)
    {
        if (a[p, q] == 0)
        {
            return;
        }

        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        double tangent = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        double cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        double sine = tangent * cosine;
        int n = a.GetLength(0);
        for (int i = 0; i < n; i++)
        {
            (a[i, p], a[i, q]) = ((cosine * a[i, p]) - (sine * a[i, q]), (sine * a[i, p]) + (cosine * a[i, q]));
            (vectors[i, p], vectors[i, q]) = (
                (cosine * vectors[i, p]) - (sine * vectors[i, q]), (sine * vectors[i, p]) + (cosine * vectors[i, q]));
        }

        for (int i = 0; i < n; i++)
        {
            (a[p, i], a[q, i]) = ((cosine * a[p, i]) - (sine * a[q, i]), (sine * a[p, i]) + (cosine * a[q, i]));
        }
    }
}
