using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Ops;

/// <summary>What attention means, in doubles, one query at a time.</summary>
internal sealed class AttendMeaning
{
    private readonly AttentionRule _rule;
    private readonly NdArray _queries;
    private readonly NdArray _keys;
    private readonly NdArray _values;
    private readonly NdArray? _bias;
    private readonly NdArray? _segments;
    private readonly NdArray? _lengths;
    private readonly int _keyWidth;
    private readonly int _valueWidth;
    private readonly int _first;

    /// <param name="rule">What is made of scores.</param>
    /// <param name="operands">Queries, keys, values, then bias, segments and lengths where there are some.</param>
    /// <param name="valueOf">The value of a size.</param>
    public AttendMeaning(AttentionRule rule, IReadOnlyList<NdArray> operands, Func<Size, int> valueOf)
    {
        _rule = rule;
        _first = valueOf(rule.Position);
        (_queries, _keys, _values) = (operands[0], operands[1], operands[2]);
        _bias = rule.Bias == AttentionBias.None ? null : operands[3];
        _lengths = rule.Lengths ? operands[operands.Count - 1] : null;
        _segments = rule.Segments ? operands[operands.Count - (rule.Lengths ? 2 : 1)] : null;
        _keyWidth = _queries.Shape[2] / rule.Heads;
        _valueWidth = _values.Shape[2] / rule.KeyHeads;
    }

    /// <summary>Pairs of a query and a key that are looked at, a head of features at a time; those far away that a
    /// pattern shows are a share of all.</summary>
    public static Size Pairs(AttentionRule rule, IReadOnlyList<Node> inputs)
    {
        Size queries = inputs[0].Shape[0] * inputs[0].Shape[1];
        if (rule.Pattern.IsSparse)
        {
            int stride = rule.Pattern.Stride;
            bool causal = rule.Causal || !rule.IsAtStart;
            int near = rule.Pattern.Kind == 1 ? (causal ? stride : (2 * stride) - 1)
                : causal ? (stride + 1) / 2 : stride;
            Size far = inputs[1].Shape[1] * Math.Max(1, rule.Pattern.Summary)
                / (rule.Causal && rule.IsAtStart ? 2 * stride : stride);
            return queries * (near + far);
        }

        return rule.Chunk > 0 ? queries * (rule.Causal ? (rule.Chunk + 1) / 2 : rule.Chunk)
            : rule.Window > 0 ? queries * (rule.Causal ? rule.Window : (2 * rule.Window) - 1)
            : rule.Causal && rule.IsAtStart ? queries * ((inputs[1].Shape[1] + 1) / 2)
            : queries * inputs[1].Shape[1];
    }

    public NdArray Result()
    {
        NdArray result = NdArray.Zeros(_queries.Shape[0], _queries.Shape[1], _rule.Heads * _valueWidth);
        foreach (Row row in Rows())
        {
            for (int i = 0; i < row.Keys.Length; i++)
            {
                for (int c = 0; c < _valueWidth; c++)
                {
                    result.Data[row.Result + c] += row.Weights[i] * _values.Data[ValueOf(row, i) + c];
                }
            }
        }

        return result;
    }

    public NdArray LogSums()
    {
        NdArray sums = NdArray.Zeros(_queries.Shape[0], _queries.Shape[1], _rule.Heads);
        foreach (Row row in Rows())
        {
            sums.Data[row.Index] = row.LogSum;
        }

        return sums;
    }

    public NdArray Gradient(NdArray upstream, AttendOperand operand)
    {
        NdArray of = operand switch
        {
            AttendOperand.Queries => _queries,
            AttendOperand.Keys => _keys,
            AttendOperand.Values => _values,
            _ => _bias!,
        };
        NdArray gradient = NdArray.Zeros(of.Shape);
        foreach (Row row in Rows())
        {
            double[] weighed = row.Keys.Select((_, i) => Enumerable.Range(0, _valueWidth)
                .Sum(c => upstream.Data[row.Result + c] * _values.Data[ValueOf(row, i) + c])).ToArray();
            double dot = weighed.Select((g, i) => g * row.Weights[i]).Sum();
            for (int i = 0; i < row.Keys.Length; i++)
            {
                double score = _rule.IsSoftmax ? row.Weights[i] * (weighed[i] - dot) : _rule.Slope(row.Scores[i]) * weighed[i];
                Add(gradient.Data, row, i, operand, score, upstream.Data);
            }
        }

        return gradient;
    }

    private void Add(double[] gradient, Row row, int i, AttendOperand operand, double score, double[] upstream)
    {
        int query = row.Query;
        int key = KeyOf(row, i);
        for (int c = 0; c < _keyWidth; c++)
        {
            if (operand == AttendOperand.Queries)
            {
                gradient[query + c] += score * _rule.Scale * _keys.Data[key + c];
            }
            else if (operand == AttendOperand.Keys)
            {
                gradient[key + c] += score * _rule.Scale * _queries.Data[query + c];
            }
        }

        for (int c = 0; c < _valueWidth && operand == AttendOperand.Values; c++)
        {
            gradient[ValueOf(row, i) + c] += row.Weights[i] * upstream[row.Result + c];
        }

        if (operand == AttendOperand.Bias)
        {
            gradient[BiasOf(row.Head, row.Position, row.Keys[i])] += score;
        }
    }

    private int KeyOf(Row row, int i) => (((row.Batch * _keys.Shape[1]) + row.Keys[i]) * _keys.Shape[2]) + (row.KeyHead * _keyWidth);

    private int ValueOf(Row row, int i) =>
        (((row.Batch * _values.Shape[1]) + row.Keys[i]) * _values.Shape[2]) + (row.KeyHead * _valueWidth);

    private int BiasOf(int head, int query, int key)
    {
        bool shared = _bias!.Rank == (_rule.Bias == AttentionBias.Dense ? 2 : 1);
        int length = shared ? 0 : _bias.Data.Length / _rule.Heads;
        return (head * length) + _rule.BiasAt(query, key, _queries.Shape[1], _keys.Shape[1]);
    }

    private IEnumerable<Row> Rows()
    {
        int positions = _queries.Shape[1];
        for (int index = 0; index < _queries.Shape[0] * positions * _rule.Heads; index++)
        {
            int head = index % _rule.Heads;
            int position = index / _rule.Heads % positions;
            int batch = index / _rule.Heads / positions;
            yield return RowOf(index, batch, position, head);
        }
    }

    private Row RowOf(int index, int batch, int position, int head)
    {
        int own = (_first + position) % _keys.Shape[1];
        int segment = _segments is null ? 0 : (int)_segments.Data[(batch * _keys.Shape[1]) + own];
        int there = _lengths is null ? _keys.Shape[1] : (int)_lengths.Data[batch];
        int[] keys = Enumerable.Range(0, there).Where(key => _rule.Sees(_first + position, key) && segment >= 0
            && (_segments is null || (int)_segments.Data[(batch * _keys.Shape[1]) + key] == segment)).ToArray();
        var row = new Row(index, batch, position, head)
        {
            KeyHead = head / (_rule.Heads / _rule.KeyHeads),
            Keys = keys,
            Query = index * _keyWidth,
            Result = index * _valueWidth,
        };
        row.Scores = keys.Select((key, i) => _bias is null ? 0 : _bias.Data[BiasOf(head, position, key)]).ToArray();
        for (int i = 0; i < keys.Length; i++)
        {
            for (int c = 0; c < _keyWidth; c++)
            {
                row.Scores[i] += _rule.Scale * _queries.Data[row.Query + c] * _keys.Data[KeyOf(row, i) + c];
            }
        }

        double largest = keys.Length == 0 ? 0 : row.Scores.Max();
        double sum = row.Scores.Sum(s => Math.Exp(s - largest));
        row.LogSum = keys.Length == 0 ? double.PositiveInfinity : largest + Math.Log(sum);
        row.Weights = row.Scores.Select(s => _rule.IsSoftmax ? Math.Exp(s - largest) / sum : _rule.Weight(s)).ToArray();
        return row;
    }

    /// <summary>A query of a head, with the keys it sees.</summary>
    private sealed record Row(int Index, int Batch, int Position, int Head)
    {
        public int KeyHead { get; init; }

        /// <summary>Positions of the keys.</summary>
        public int[] Keys { get; init; } = Array.Empty<int>();

        /// <summary>Where its features begin.</summary>
        public int Query { get; init; }

        /// <summary>Where its result begins.</summary>
        public int Result { get; init; }

        public double[] Scores { get; set; } = Array.Empty<double>();

        public double[] Weights { get; set; } = Array.Empty<double>();

        public double LogSum { get; set; }
    }
}
