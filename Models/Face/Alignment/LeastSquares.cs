using System;

namespace Models.Face.Alignment;

/// <summary>Dense linear algebra of a size that landmarks have.</summary>
internal static class LeastSquares
{
    /// <summary>Turns a symmetric matrix, of which the lower half is read, into L with L·Lᵀ = matrix (Cholesky). False
    /// when it is not positive definite beyond rounding.</summary>
    public static bool TryFactor(Span<double> matrix, int size)
    {
        for (int j = 0; j < size; j++)
        {
            Span<double> pivotRow = matrix.Slice(j * size, size);
            double left = pivotRow[j] - Dot(pivotRow[..j], pivotRow[..j]);
            if (!(left > 1e-12 * pivotRow[j]) || !(pivotRow[j] > 0))
            {
                return false;
            }

            pivotRow[j] = Math.Sqrt(left);
            for (int i = j + 1; i < size; i++)
            {
                Span<double> row = matrix.Slice(i * size, size);
                row[j] = (row[j] - Dot(row[..j], pivotRow[..j])) / pivotRow[j];
            }
        }

        return true;
    }

    /// <summary>Solves L·x = values in place.</summary>
    public static void SolveLower(ReadOnlySpan<double> factor, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<double> row = factor.Slice(i * values.Length, values.Length);
            values[i] = (values[i] - Dot(row[..i], values[..i])) / row[i];
        }
    }

    /// <summary>Finds what minimises |A·x - b|. False when the columns of A depend on each other.</summary>
    /// <param name="columns">The columns of A, then b, of <paramref name="rows"/> numbers each; destroyed.</param>
    /// <param name="rows">Length of a column.</param>
    /// <param name="x">As many numbers as A has columns.</param>
    public static bool TrySolve(Span<double> columns, int rows, Span<double> x)
    {
        int unknowns = x.Length;
        var diagonal = new double[unknowns];
        for (int k = 0; k < unknowns; k++)
        {
            Span<double> column = columns.Slice(k * rows, rows);
            double before = Norm(column);
            double norm = Norm(column[k..]);
            if (!(norm > 1e-13 * before))
            {
                return false;
            }

            // Householder: v in place of the column, R's diagonal beside it.
            diagonal[k] = column[k] > 0 ? -norm : norm;
            column[k] -= diagonal[k];
            double half = -diagonal[k] * column[k];
            for (int c = k + 1; c <= unknowns; c++)
            {
                Span<double> other = columns.Slice(c * rows, rows)[k..];
                double share = Dot(column[k..], other) / half;
                for (int i = 0; i < other.Length; i++)
                {
                    other[i] -= share * column[k + i];
                }
            }
        }

        Span<double> right = columns.Slice(unknowns * rows, rows);
        for (int k = unknowns - 1; k >= 0; k--)
        {
            double sum = right[k];
            for (int c = k + 1; c < unknowns; c++)
            {
                sum -= columns[(c * rows) + k] * x[c];
            }

            x[k] = sum / diagonal[k];
        }

        return true;
    }

    /// <summary>How many directions columns have, by taking the longest and removing its direction from the
    /// others.</summary>
    /// <param name="columns">Columns one after the other; destroyed.</param>
    /// <param name="rows">Length of a column.</param>
    /// <param name="tolerance">A column this much shorter than the longest at first is none.</param>
    public static int Rank(Span<double> columns, int rows, double tolerance)
    {
        int count = columns.Length / rows;
        double first = 0;
        for (int rank = 0; rank < count; rank++)
        {
            (int longest, double norm) = (-1, 0);
            for (int c = 0; c < count; c++)
            {
                double length = Norm(columns.Slice(c * rows, rows));
                (longest, norm) = length > norm ? (c, length) : (longest, norm);
            }

            first = rank == 0 ? norm : first;
            if (!(norm > tolerance * first))
            {
                return rank;
            }

            Remove(columns, rows, longest, norm);
        }

        return count;
    }

    private static void Remove(Span<double> columns, int rows, int pivot, double norm)
    {
        Span<double> direction = columns.Slice(pivot * rows, rows);
        for (int c = 0; c < columns.Length / rows; c++)
        {
            Span<double> column = columns.Slice(c * rows, rows);
            double share = c == pivot ? 0 : Dot(direction, column) / (norm * norm);
            for (int i = 0; i < rows; i++)
            {
                column[i] -= share * direction[i];
            }
        }

        direction.Clear();
    }

    private static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(Dot(values, values));

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
