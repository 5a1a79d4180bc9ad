using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>A margin loss in doubles, sample by sample with all its logits.</summary>
internal sealed class MarginMeaning
{
    private readonly MarginRule _rule;
    private readonly NdArray _x;
    private readonly NdArray _w;
    private readonly NdArray _labels;
    private readonly NdArray? _bias;
    private readonly double _lambda;
    private readonly int _width;
    private readonly int _centers;
    private readonly int _classes;
    private readonly double[] _rowNorms;
    private readonly HashSet<int>? _chosen;

    /// <param name="rule">What is made of products.</param>
    /// <param name="operands">Embeddings, rows, labels and what else the rule has.</param>
    /// <param name="chosen">The classes that count; null: all.</param>
    public MarginMeaning(MarginRule rule, IReadOnlyList<NdArray> operands, int[]? chosen = null)
    {
        _chosen = chosen is null ? null : new HashSet<int>(chosen);
        (_rule, _x, _w, _labels) = (rule, operands[0], operands[1], operands[2]);
        _bias = rule.HasBias ? operands[3] : null;
        _lambda = rule.HasLambda ? operands[operands.Count - 1].Data[0] : rule.Lambda;
        _width = _x.Shape[1];
        _classes = _w.Shape[0];
        _centers = _w.Rank == 3 ? _w.Shape[1] : 1;
        _rowNorms = Enumerable.Range(0, _classes * _centers).Select(r => Norm(_w.Data, r * _width)).ToArray();
    }

    private int Samples => _x.Shape[0];

    public NdArray Losses() => PerSample(s => s.LogSum() - (s.IsLabelled ? s.Logits[s.Label] : 0));

    public NdArray LogSums() => PerSample(static s => s.LogSum());

    /// <summary>The gradient of an operand.</summary>
    /// <param name="upstream">The derivatives with respect to the losses.</param>
    /// <param name="sums">The logarithms of sums: of more classes than these where classes are sharded.</param>
    /// <param name="operand">Which.</param>
    public NdArray Gradient(NdArray upstream, NdArray sums, MarginOperand operand)
    {
        NdArray gradient = NdArray.Zeros((operand switch
        {
            MarginOperand.Embeddings => _x,
            MarginOperand.Rows => _w,
            _ => _bias!,
        }).Shape);
        for (int i = 0; i < Samples; i++)
        {
            var sample = new Sample(this, i);
            for (int j = 0; j < _classes; j++)
            {
                if (_chosen?.Contains(j) == false)
                {
                    continue;
                }

                double g = upstream.Data[i] * (Math.Exp(sample.Logits[j] - sums.Data[i]) - (j == sample.Label ? 1 : 0));
                if (operand == MarginOperand.Bias)
                {
                    gradient.Data[j] += g;
                }
                else
                {
                    Add(gradient.Data, sample, j, g, operand);
                }
            }
        }

        return gradient;
    }

    /// <summary>z = A·B·f(c) with A = |x| or s, B = |w| or 1: what x and w get of z's gradient.</summary>
    private void Add(double[] gradient, Sample sample, int j, double g, MarginOperand operand)
    {
        int row = sample.Rows[j];
        (double x, double w) = (sample.Norm, _rowNorms[row]);
        if (_rule.Form == MarginForm.None && _rule.Scale is null && !_rule.NormalizesRows)
        {
            Along(operand == MarginOperand.Embeddings ? _w.Data : _x.Data, operand == MarginOperand.Embeddings ? row : sample.Index, g);
            return;
        }

        if (x < MarginRule.Smallest || w < MarginRule.Smallest)
        {
            return;
        }

        double c = sample.Cosine(j);
        (double f, double slope) = j == sample.Label ? _rule.Of(c, _lambda) : (c, 1);
        (double a, double b) = (_rule.Scale ?? x, _rule.NormalizesRows ? 1 : w);
        double across = g * a * b * slope / (x * w);
        if (operand == MarginOperand.Embeddings)
        {
            Along(_w.Data, row, across);
            Along(_x.Data, sample.Index, ((_rule.Scale is null ? g * b * f : 0) / x) - (across * c * w / x));
        }
        else
        {
            Along(_x.Data, sample.Index, across);
            Along(_w.Data, row, ((_rule.NormalizesRows ? 0 : g * a * f) / w) - (across * c * x / w));
        }

        void Along(double[] vector, int at, double factor)
        {
            int to = operand == MarginOperand.Embeddings ? sample.Index : row;
            for (int k = 0; k < _width; k++)
            {
                gradient[(to * _width) + k] += factor * vector[(at * _width) + k];
            }
        }
    }

    private NdArray PerSample(Func<Sample, double> value) =>
        new(Enumerable.Range(0, Samples).Select(i => value(new Sample(this, i))).ToArray(), _labels.Shape);

    private double Norm(double[] of, int at)
    {
        double sum = 0;
        for (int k = 0; k < _width; k++)
        {
            sum += of[at + k] * of[at + k];
        }

        return Math.Sqrt(sum);
    }

    /// <summary>A sample with its logits, and of each class the row that is nearest to it.</summary>
    private sealed class Sample
    {
        private readonly double[] _cosines;

        public Sample(MarginMeaning m, int index)
        {
            Index = index;
            Norm = m.Norm(m._x.Data, index * m._width);
            Label = (int)m._labels.Data[index];
            IsLabelled = Label >= 0 && Label < m._classes;
            Logits = new double[m._classes];
            Rows = new int[m._classes];
            _cosines = new double[m._classes];
            bool isPlain = m._rule.Form == MarginForm.None && m._rule.Scale is null && !m._rule.NormalizesRows;
            for (int j = 0; j < m._classes; j++)
            {
                double best = double.NegativeInfinity, dot = 0;
                for (int row = j * m._centers; row < (j + 1) * m._centers; row++)
                {
                    double product = 0;
                    for (int k = 0; k < m._width; k++)
                    {
                        product += m._x.Data[(index * m._width) + k] * m._w.Data[(row * m._width) + k];
                    }

                    double cosine = product * Inverse(Norm) * Inverse(m._rowNorms[row]);
                    if (cosine > best)
                    {
                        (best, dot, Rows[j]) = (cosine, product, row);
                    }
                }

                _cosines[j] = best;
                double length = (m._rule.Scale ?? Norm) * (m._rule.NormalizesRows ? 1 : m._rowNorms[Rows[j]]);
                double z = isPlain ? dot : length * (j == Label ? m._rule.Of(best, m._lambda).Value : best);
                Logits[j] = m._chosen?.Contains(j) == false ? double.NegativeInfinity : z + (m._bias?.Data[j] ?? 0);
            }
        }

        public int Index { get; }

        public int Label { get; }

        /// <summary>Whether the label is a class.</summary>
        public bool IsLabelled { get; }

        public double Norm { get; }

        public double[] Logits { get; }

        public int[] Rows { get; }

        public double Cosine(int j) => _cosines[j];

        public double LogSum()
        {
            double most = Logits.Max();
            return most + Math.Log(Logits.Sum(z => Math.Exp(z - most)));
        }

        private static double Inverse(double norm) => norm < MarginRule.Smallest ? 0 : 1 / norm;
    }
}
