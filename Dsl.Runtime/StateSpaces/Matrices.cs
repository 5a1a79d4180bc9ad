using System;

namespace Dsl.StateSpaces;

/// <summary>Small dense matrices in doubles.</summary>
internal static class Matrices
{
    /// <summary>Replaces X by A⁻¹X; A is used up.</summary>
    /// <exception cref="ArgumentException">A has no inverse.</exception>
    public static void Solve(double[,] a, double[,] x)
    {
        (int n, int columns) = (a.GetLength(0), x.GetLength(1));
        for (int column = 0; column < n; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < n; row++)
            {
                pivot = Math.Abs(a[row, column]) > Math.Abs(a[pivot, column]) ? row : pivot;
            }

            if (a[pivot, column] == 0)
            {
                throw new ArgumentException("The matrix has no inverse.", nameof(a));
            }

            Swap(a, pivot, column);
            Swap(x, pivot, column);
            for (int row = 0; row < n; row++)
            {
                double factor = row == column ? 0 : a[row, column] / a[column, column];
                if (factor != 0)
                {
                    Subtract(a, row, column, factor);
                    Subtract(x, row, column, factor);
                }
            }
        }

        for (int row = 0; row < n; row++)
        {
            for (int j = 0; j < columns; j++)
            {
                x[row, j] /= a[row, row];
            }
        }
    }

    /// <summary>e to a matrix: by a series of its 2⁻ᵏ-th part, squared k times.</summary>
    public static double[,] Exp(double[,] a)
    {
        int n = a.GetLength(0);
        double size = 0;
        foreach (double x in a)
        {
            size += Math.Abs(x);
        }

        int squarings = Math.Max(0, (int)Math.Ceiling(Math.Log2(Math.Max(size, 1e-300))) + 1);
        double scale = Math.Pow(2, -squarings);
        var sum = new double[n, n];
        var term = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            sum[i, i] = term[i, i] = 1;
        }

        // The scaled matrix is at most 1/2: 20 terms are exact.
        const int Terms = 20;
        for (int power = 1; power <= Terms; power++)
        {
            term = Product(term, a, scale / power);
            for (int i = 0; i < n * n; i++)
            {
                sum[i / n, i % n] += term[i / n, i % n];
            }
        }

        for (int i = 0; i < squarings; i++)
        {
            sum = Product(sum, sum, 1);
        }

        return sum;
    }

    private static double[,] Product(double[,] a, double[,] b, double scale)
    {
        int n = a.GetLength(0);
        var product = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
            {
                double factor = scale * a[i, k];
                for (int j = 0; j < n; j++)
                {
                    product[i, j] += factor * b[k, j];
                }
            }
        }

        return product;
    }

    private static void Swap(double[,] a, int first, int second)
    {
        for (int j = 0; j < a.GetLength(1); j++)
        {
            (a[first, j], a[second, j]) = (a[second, j], a[first, j]);
        }
    }

    private static void Subtract(double[,] a, int row, int other, double factor)
    {
        for (int j = 0; j < a.GetLength(1); j++)
        {
            a[row, j] -= factor * a[other, j];
        }
    }
}
