using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Eager;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Attention as plain loops in double, with all its scores in memory.</summary>
internal sealed class AttendReference
{
    private readonly AttendCase _case;
    private readonly float[] _q;
    private readonly float[] _k;
    private readonly float[] _v;
    private readonly float[] _bias;
    private readonly int[] _segments;
    private readonly float[] _upstream;

    public AttendReference(AttendCase @case, int seed)
    {
        _case = @case;
        (int b, int n, int m) = (@case.Batch, @case.Queries, @case.Keys);
        _q = HostRun.Random(seed, b * n * @case.Heads * @case.KeyWidth);
        _k = HostRun.Random(seed + 1, b * m * @case.KeyHeads * @case.KeyWidth);
        _v = HostRun.Random(seed + 2, b * m * @case.KeyHeads * @case.ValueWidth);
        _bias = HostRun.Random(seed + 3, BiasLength * (@case.SharedBias ? 1 : @case.Heads));
        _upstream = HostRun.Random(seed + 4, b * n * @case.Heads * @case.ValueWidth);
        var random = new Random(seed + 5);
        _segments = [.. Enumerable.Range(0, b * m).Select(_ => random.Next(4) - 1)];
        Result = new double[_upstream.Length];
        LogSums = new double[b * n * @case.Heads];
        QueryGradient = new double[_q.Length];
        KeyGradient = new double[_k.Length];
        ValueGradient = new double[_v.Length];
        BiasGradient = new double[_bias.Length];
        Run();
    }

    public double[] Result { get; }

    public double[] LogSums { get; }

    public double[] QueryGradient { get; }

    public double[] KeyGradient { get; }

    public double[] ValueGradient { get; }

    public double[] BiasGradient { get; }

    /// <summary>By how much a score in float may be wrong, whatever the order of its sum: one rounding of the sum of its
    /// terms' magnitudes. It is the relative error of a weight, and gradients are differences of weights.</summary>
    public double ScoreRounding { get; private set; }

    public AttendShape Shape => new()
    {
        Batch = _case.Batch,
        Queries = _case.Queries,
        Keys = _case.Keys,
        Heads = _case.Heads,
        KeyHeads = _case.KeyHeads,
        KeyWidth = _case.KeyWidth,
        ValueWidth = _case.ValueWidth,
        QueryBatch = _case.Queries * _case.Heads * _case.KeyWidth,
        QueryRow = _case.Heads * _case.KeyWidth,
        KeyBatch = _case.Keys * _case.KeyHeads * _case.KeyWidth,
        KeyRow = _case.KeyHeads * _case.KeyWidth,
        ValueBatch = _case.Keys * _case.KeyHeads * _case.ValueWidth,
        ValueRow = _case.KeyHeads * _case.ValueWidth,
        ResultBatch = _case.Queries * _case.Heads * _case.ValueWidth,
        ResultRow = _case.Heads * _case.ValueWidth,
        Score = _case.Score,
        LogSums = _case.Score == AttentionScore.Softmax,
        Scale = _case.Scale,
        Causal = _case.Causal,
        Window = _case.Window,
        Chunk = _case.Chunk,
        Pattern = _case.Pattern,
        Stride = _case.Stride,
        Summary = _case.Summary,
        Bias = _case.Bias,
        BiasHead = _case.SharedBias ? 0 : BiasLength,
        Segments = _case.Segments,
        Position = _case.Position,
    };

    /// <summary>All gradients, dense.</summary>
    public AttendGradients Gradients => new(true, true, true, _case.Bias != AttendBias.None)
    {
        UpstreamBatch = _case.Queries * _case.Heads * _case.ValueWidth,
        UpstreamRow = _case.Heads * _case.ValueWidth,
        QueryBatch = Shape.QueryBatch,
        QueryRow = Shape.QueryRow,
        KeyBatch = Shape.KeyBatch,
        KeyRow = Shape.KeyRow,
        ValueBatch = Shape.ValueBatch,
        ValueRow = Shape.ValueRow,
    };

    /// <summary>Buffers of the kernel that computes the result, by name.</summary>
    public IEnumerable<(string Name, float[] Content, double[]? Expected)> Forward()
    {
        yield return ("q", _q, null);
        yield return ("k", _k, null);
        yield return ("v", _v, null);
        yield return ("o", HostRun.Missing(Result.Length), Result);
        if (_case.Score == AttentionScore.Softmax)
        {
            yield return ("logSums", HostRun.Missing(LogSums.Length), LogSums);
        }

        foreach (var more in Optional())
        {
            yield return more;
        }

        yield return ("scratch", HostRun.Missing(_case.Batch * RoundUp(_case.Keys) * _case.KeyHeads * _case.KeyWidth), null);
    }

    /// <summary>Buffers of the kernel that computes the gradients, by name.</summary>
    public IEnumerable<(string Name, float[] Content, double[]? Expected)> Backward()
    {
        yield return ("q", _q, null);
        yield return ("k", _k, null);
        yield return ("v", _v, null);
        yield return ("do", _upstream, null);
        if (_case.Score == AttentionScore.Softmax)
        {
            yield return ("o", [.. Result.Select(static x => (float)x)], null);
            yield return ("logSums", [.. LogSums.Select(static x => (float)x)], null);
        }

        foreach (var more in Optional())
        {
            yield return more;
        }

        yield return ("dq", HostRun.Missing(_q.Length), QueryGradient);
        yield return ("dk", HostRun.Missing(_k.Length), KeyGradient);
        yield return ("dv", HostRun.Missing(_v.Length), ValueGradient);
        if (_case.Bias != AttendBias.None)
        {
            yield return ("dbias", HostRun.Missing(_bias.Length), BiasGradient);
        }

        int sharing = 1 + (7 / (_case.Batch * _case.KeyHeads));
        int keys = _case.Batch * RoundUp(_case.Keys) * _case.KeyHeads;
        yield return ("scratch", HostRun.Missing(
            (keys * (_case.KeyWidth + _case.ValueWidth)) + LogSums.Length
            + (_case.Batch * _case.Heads * sharing * (((_case.Queries + 63) * RoundUp(_case.KeyWidth)) + BiasLength))), null);
    }

    private int BiasLength
    {
        get
        {
            int queries = _case.Chunk > 0 ? _case.Chunk : _case.Queries;
            int keys = _case.Chunk > 0 ? _case.Chunk : _case.Keys;
            return _case.Bias == AttendBias.Dense ? queries * keys : queries + keys - 1;
        }
    }

    private static int RoundUp(int value) => (value + 63) / 64 * 64;

    private IEnumerable<(string Name, float[] Content, double[]? Expected)> Optional()
    {
        if (_case.Bias != AttendBias.None)
        {
            yield return ("bias", _bias, null);
        }

        if (_case.Segments)
        {
            yield return ("segments", [.. _segments.Select(BitConverter.Int32BitsToSingle)], null);
        }
    }

    private bool Sees(int batch, int query, int key)
    {
        query += _case.Position;
        bool sees = !_case.Causal || key <= query;
        sees &= _case.Window == 0 || Math.Abs(key - query) < _case.Window;
        sees &= _case.Chunk == 0 || key / _case.Chunk == query / _case.Chunk;
        int l = _case.Stride;
        sees &= _case.Pattern switch
        {
            AttentionPattern.Strided => Math.Abs(query - key) < l || (query - key) % l == 0,
            AttentionPattern.Fixed => key / l == query / l || key % l >= l - _case.Summary,
            _ => true,
        };
        int of = _case.Segments ? _segments[(batch * _case.Keys) + (query % _case.Keys)] : 0;
        return sees && (!_case.Segments || (of >= 0 && _segments[(batch * _case.Keys) + key] == of));
    }

    private int BiasAt(int head, int query, int key)
    {
        int start = _case.Chunk > 0 ? query / _case.Chunk * _case.Chunk : 0;
        (int i, int j) = (query - start, key - start);
        int queries = _case.Chunk > 0 ? _case.Chunk : _case.Queries;
        int keys = _case.Chunk > 0 ? _case.Chunk : _case.Keys;
        return (_case.SharedBias ? 0 : head * BiasLength)
            + (_case.Bias == AttendBias.Dense ? (i * keys) + j : j - i + queries - 1);
    }

    private void Run()
    {
        for (int b = 0; b < _case.Batch; b++)
        {
            for (int h = 0; h < _case.Heads; h++)
            {
                for (int i = 0; i < _case.Queries; i++)
                {
                    Row(b, h, i);
                }
            }
        }
    }

    private void Row(int b, int h, int i)
    {
        (int d, int e) = (_case.KeyWidth, _case.ValueWidth);
        int keyHead = h / (_case.Heads / _case.KeyHeads);
        int q = ((((b * _case.Queries) + i) * _case.Heads) + h) * d;
        int o = ((((b * _case.Queries) + i) * _case.Heads) + h) * e;
        int K(int key) => ((((b * _case.Keys) + key) * _case.KeyHeads) + keyHead) * d;
        int V(int key) => ((((b * _case.Keys) + key) * _case.KeyHeads) + keyHead) * e;
        int[] keys = [.. Enumerable.Range(0, _case.Keys).Where(j => Sees(b, i, j))];
        double[] scores = [.. keys.Select(j => (_case.Scale * Enumerable.Range(0, d).Sum(c => (double)_q[q + c] * _k[K(j) + c]))
            + (_case.Bias == AttendBias.None ? 0 : _bias[BiasAt(h, i, j)]))];
        double magnitude = keys.Select(j => Enumerable.Range(0, d).Sum(c => Math.Abs((double)_q[q + c] * _k[K(j) + c])))
            .DefaultIfEmpty().Max();
        ScoreRounding = Math.Max(ScoreRounding, Math.ScaleB(_case.Scale * magnitude, -23));
        double top = scores.Length == 0 ? 0 : scores.Max();
        double sum = scores.Sum(s => Math.Exp(s - top));
        int statistic = (((b * _case.Queries) + i) * _case.Heads) + h;
        LogSums[statistic] = scores.Length == 0 ? double.PositiveInfinity : top + Math.Log(sum);
        double[] weights = [.. scores.Select(s => _case.Score == AttentionScore.Softmax ? Math.Exp(s - top) / sum : Weight(s))];
        double[] upstream = [.. keys.Select(j => Enumerable.Range(0, e).Sum(c => (double)_upstream[o + c] * _v[V(j) + c]))];
        double dot = weights.Zip(upstream, static (w, g) => w * g).Sum();
        for (int at = 0; at < keys.Length; at++)
        {
            int j = keys[at];
            double ds = _case.Score == AttentionScore.Softmax ? weights[at] * (upstream[at] - dot) : Slope(scores[at]) * upstream[at];
            for (int c = 0; c < e; c++)
            {
                Result[o + c] += weights[at] * _v[V(j) + c];
                ValueGradient[V(j) + c] += weights[at] * _upstream[o + c];
            }

            for (int c = 0; c < d; c++)
            {
                QueryGradient[q + c] += ds * _case.Scale * _k[K(j) + c];
                KeyGradient[K(j) + c] += ds * _case.Scale * _q[q + c];
            }

            if (_case.Bias != AttendBias.None)
            {
                BiasGradient[BiasAt(h, i, j)] += ds;
            }
        }
    }

    private double Weight(double s) => _case.Score switch
    {
        AttentionScore.ReluSquared => Math.Max(s, 0) * Math.Max(s, 0),
        AttentionScore.Laplace => 0.5 * (1 + SpecialFunctions.Erf((s - Math.Sqrt(0.5)) / Math.Sqrt(0.25 / Math.PI) / Math.Sqrt(2))),
        _ => s,
    };

    private double Slope(double s)
    {
        double x = (s - Math.Sqrt(0.5)) / Math.Sqrt(0.25 / Math.PI);
        return _case.Score switch
        {
            AttentionScore.ReluSquared => 2 * Math.Max(s, 0),
            AttentionScore.Laplace => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI) / Math.Sqrt(0.25 / Math.PI),
            _ => 1,
        };
    }
}

/// <summary>Sizes and options of an attention.</summary>
public sealed record AttendCase(
    AttentionScore Score, int Batch, int Queries, int Keys, int Heads, int KeyHeads, int KeyWidth, int ValueWidth)
{
    public bool Causal { get; init; }

    public int Window { get; init; }

    public int Chunk { get; init; }

    public AttentionPattern Pattern { get; init; }

    public int Stride { get; init; }

    public int Summary { get; init; }

    public AttendBias Bias { get; init; }

    public bool SharedBias { get; init; }

    public bool Segments { get; init; }

    public float Scale { get; init; } = 0.5f;

    public int Position { get; init; }
}
