using System;
using System.Linq;

namespace Dsl.Eager;

/// <summary>Attention among positions that hash alike, executed as it stands. Sums in double.</summary>
internal sealed class EagerLsh
{
    private const double SelfScore = -5e4;
    private const double SmallestLength = 1e-12;

    private readonly Tensor _queries;
    private readonly Tensor _values;
    private readonly Tensor _rotations;
    private readonly int _heads;
    private readonly int _bucketSize;
    private readonly bool _causal;
    private readonly bool _allowDuplicates;
    private readonly int _positions;
    private readonly int _width;
    private readonly int _valueWidth;

    public EagerLsh(
        Tensor queries, Tensor values, Tensor rotations, int heads, int bucketSize, bool causal, bool allowDuplicates)
    {
        bool fits = queries.Rank == 3 && values.Rank == 3 && rotations.Rank == 3
            && queries.Shape[2] == rotations.Shape[0] * heads && values.Shape[2] % heads == 0
            && queries.Shape[0] == values.Shape[0] && queries.Shape[1] == values.Shape[1];
        if (!fits)
        {
            throw new ArgumentException(
                $"Queries {Shapes.Print(queries.Extents)}, values {Shapes.Print(values.Extents)} and rotations "
                + $"{Shapes.Print(rotations.Extents)} do not fit {heads} heads.", nameof(queries));
        }

        (_queries, _values, _rotations) = (queries, values, rotations);
        (_heads, _bucketSize, _causal, _allowDuplicates) = (heads, bucketSize, causal, allowDuplicates);
        (_positions, _width, _valueWidth) = (queries.Shape[1], queries.Shape[2] / heads, values.Shape[2] / heads);
    }

    public Tensor Attend()
    {
        int rounds = _rotations.Shape[1];
        double[] result = new double[_values.Length];
        for (int unit = 0; unit < _queries.Shape[0] * _heads; unit++)
        {
            (int b, int head) = Math.DivRem(unit, _heads);
            var logs = new double[rounds, _positions];
            var sums = new double[rounds, _positions, _valueWidth];
            int[][] orders =
            [
                .. Enumerable.Range(0, rounds).Select(round => Enumerable.Range(0, _positions)
                    .OrderBy(i => Bucket(b, i, head, round)).ToArray()),
            ];
            for (int round = 0; round < rounds; round++)
            {
                Round(b, head, round, orders, logs, sums);
            }

            for (int i = 0; i < _positions; i++)
            {
                double[] weights = [.. Enumerable.Range(0, rounds).Select(r => logs[r, i])];
                double largest = weights.Max();
                weights = [.. weights.Select(l => Math.Exp(l - largest))];
                double total = weights.Sum();
                for (int c = 0; c < _valueWidth; c++)
                {
                    result[ValueAt(b, i, head) + c] =
                        Enumerable.Range(0, rounds).Sum(r => weights[r] * sums[r, i, c]) / total;
                }
            }
        }

        return new Tensor(Array.ConvertAll(result, static x => (float)x), [.. _values.Extents]);
    }

    private int Chunks => (_positions + _bucketSize - 1) / _bucketSize;

    private void Round(int b, int head, int round, int[][] orders, double[,] logs, double[,,] sums)
    {
        int[] order = orders[round];
        for (int place = 0; place < _positions; place++)
        {
            int i = order[place];
            int chunk = place / _bucketSize;
            int[] keys =
            [
                .. new[] { chunk, (chunk + Chunks - 1) % Chunks }
                    .SelectMany(c => Enumerable.Range(c * _bucketSize, _bucketSize))
                    .Where(p => p < _positions).Select(p => order[p]).Where(j => !_causal || j <= i),
            ];
            double[] scores = [.. keys.Select(j => i == j ? SelfScore : Score(b, head, i, j) - Correction(orders, i, j))];
            double largest = scores.Max();
            double total = scores.Sum(s => Math.Exp(s - largest));
            logs[round, i] = largest + Math.Log(total);
            for (int k = 0; k < keys.Length; k++)
            {
                double weight = Math.Exp(scores[k] - largest) / total;
                for (int c = 0; c < _valueWidth; c++)
                {
                    sums[round, i, c] += weight * _values.Values[ValueAt(b, keys[k], head) + c];
                }
            }
        }
    }

    /// <summary>The logarithm of how often a position sees another in all rounds.</summary>
    private double Correction(int[][] orders, int i, int j)
    {
        int Chunk(int[] order, int item) => Array.IndexOf(order, item) / _bucketSize;
        return _allowDuplicates ? 0 : Math.Log(orders.Sum(order =>
        {
            (int query, int key) = (Chunk(order, i), Chunk(order, j));
            return (key == query ? 1 : 0) + ((key + 1) % Chunks == query ? 1 : 0);
        }));
    }

    /// <summary>The index of the first largest of [x·R, -x·R].</summary>
    private int Bucket(int b, int i, int head, int round)
    {
        (int rounds, int half) = (_rotations.Shape[1], _rotations.Shape[2]);
        (int best, double largest) = (0, double.NegativeInfinity);
        for (int bucket = 0; bucket < 2 * half; bucket++)
        {
            double along = 0;
            for (int c = 0; c < _width; c++)
            {
                along += (double)_queries.Values[QueryAt(b, i, head) + c]
                    * _rotations.Values[(((c * rounds) + round) * half) + (bucket % half)];
            }

            along = bucket < half ? along : -along;
            (best, largest) = along > largest ? (bucket, along) : (best, largest);
        }

        return best;
    }

    private double Score(int b, int head, int i, int j)
    {
        (double product, double squares) = (0, 0);
        for (int c = 0; c < _width; c++)
        {
            double key = _queries.Values[QueryAt(b, j, head) + c];
            product += _queries.Values[QueryAt(b, i, head) + c] * key;
            squares += key * key;
        }

        return product / Math.Sqrt(Math.Max(squares, SmallestLength * SmallestLength)) / Math.Sqrt(_width);
    }

    private int QueryAt(int b, int i, int head) => ((((b * _positions) + i) * _heads) + head) * _width;

    private int ValueAt(int b, int i, int head) => ((((b * _positions) + i) * _heads) + head) * _valueWidth;
}
