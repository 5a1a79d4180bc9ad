using System;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A delta rule in doubles, with the whole state and its factor I - β·k·kᵀ as matrices; operands are row-major.</summary>
internal sealed class DeltaReference(int batch, int positions, int heads, int keys, int values)
{
    public required Func<int, double> Q { get; init; }

    public required Func<int, double> K { get; init; }

    public required Func<int, double> V { get; init; }

    public required Func<int, double> Strength { get; init; }

    /// <summary>Logarithms; null where nothing is forgotten.</summary>
    public Func<int, double>? Decay { get; init; }

    /// <summary>Of a state [batch, head, key, value].</summary>
    public Func<int, double> Initial { get; init; } = static _ => 0;

    private int Rows => batch * positions * heads;

    /// <summary>Extents and strides.</summary>
    public DeltaScanShape Shape => new()
    {
        Batch = batch,
        Positions = positions,
        Heads = heads,
        Keys = keys,
        Values = values,
        Decays = Decay is not null,
        QBatch = positions * heads * keys,
        QPosition = heads * keys,
        QHead = keys,
        KBatch = positions * heads * keys,
        KPosition = heads * keys,
        KHead = keys,
        VBatch = positions * heads * values,
        VPosition = heads * values,
        VHead = values,
        BBatch = positions * heads,
        BPosition = heads,
        BHead = 1,
        OBatch = positions * heads * values,
        OPosition = heads * values,
        OHead = values,
        DBatch = positions * heads,
        DPosition = heads,
        DHead = 1,
        OfQBatch = positions * heads * keys,
        OfQPosition = heads * keys,
        OfQHead = keys,
        OfKBatch = positions * heads * keys,
        OfKPosition = heads * keys,
        OfKHead = keys,
        OfVBatch = positions * heads * values,
        OfVPosition = heads * values,
        OfVHead = values,
        OfBBatch = positions * heads,
        OfBPosition = heads,
        OfBHead = 1,
        OfDBatch = positions * heads,
        OfDPosition = heads,
        OfDHead = 1,
    };

    /// <summary>Elements of scratch.</summary>
    public int Scratch => (int)DeltaScanParts.Scratch(batch * heads, positions, keys, values).Constant;

    /// <summary>Elements of q, k, v, the strengths and the decay.</summary>
    public int[] Lengths => [Rows * keys, Rows * keys, Rows * values, Rows, Rows];

    /// <summary>The names of a kernel's buffers.</summary>
    public static string[] Names(bool decays, bool hasState) =>
        ["q", "k", "v", "strength", "o", .. decays ? (string[])["decay"] : [], .. hasState ? (string[])["state"] : []];

    /// <summary>The names of the buffers of the kernel of its gradients, when all are wanted.</summary>
    public static string[] GradientNames(bool decays) =>
        [.. Names(decays, hasState: false), "ofq", "ofk", "ofv", "ofstrength", "ofdecay", "scratch"];

    /// <summary>The results, and the states at the end.</summary>
    public (double[] O, double[] Last) Run()
    {
        var o = new double[Rows * values];
        var last = new double[batch * heads * keys * values];
        for (int sequence = 0; sequence < batch * heads; sequence++)
        {
            double[][] states = States(sequence);
            for (int t = 0; t < positions; t++)
            {
                int row = Row(sequence, t);
                for (int i = 0; i < keys * values; i++)
                {
                    o[(row * values) + (i % values)] += states[t + 1][i] * Q((row * keys) + (i / values));
                }
            }

            states[positions].CopyTo(last, sequence * keys * values);
        }

        return (o, last);
    }

    /// <summary>The gradients of q, k, v and the strengths, and what that of the decay changes by at each position. Of
    /// S = a·S'·(I - β·k·kᵀ) + β·v·kᵀ, by the rules of matrix products.</summary>
    public double[][] Gradients(Func<int, double> o)
    {
        double[][] to = [.. Array.ConvertAll(Lengths, static length => new double[length])];
        for (int sequence = 0; sequence < batch * heads; sequence++)
        {
            double[][] states = States(sequence);
            var g = new double[keys * values];
            double later = 0;
            for (int t = positions - 1; t >= 0; t--)
            {
                int row = Row(sequence, t);
                double strength = Strength(row), a = Decay is null ? 1 : Math.Exp(Decay(row));
                (double[] before, double[] after) = (states[t], states[t + 1]);
                var next = new double[g.Length];
                for (int j = 0; j < keys; j++)
                {
                    for (int i = 0; i < values; i++)
                    {
                        int at = (j * values) + i;
                        g[at] += o((row * values) + i) * Q((row * keys) + j);
                        to[0][(row * keys) + j] += o((row * values) + i) * after[at];
                    }
                }

                for (int i = 0; i < values; i++)
                {
                    double said = 0, pulled = 0;
                    for (int j = 0; j < keys; j++)
                    {
                        said += a * before[(j * values) + i] * K((row * keys) + j);
                        pulled += g[(j * values) + i] * K((row * keys) + j);
                    }

                    double wrong = V((row * values) + i) - said;
                    to[2][(row * values) + i] = strength * pulled;
                    to[3][row] += pulled * wrong;
                    for (int j = 0; j < keys; j++)
                    {
                        int at = (j * values) + i;
                        to[1][(row * keys) + j] += strength * ((g[at] * wrong) - (pulled * a * before[at]));
                        next[at] = a * (g[at] - (strength * pulled * K((row * keys) + j)));
                    }
                }

                double ofDecay = 0;
                for (int i = 0; i < g.Length; i++)
                {
                    ofDecay += next[i] * before[i];
                }

                to[4][row] = ofDecay - later;
                (g, later) = (next, ofDecay);
            }
        }

        return to;
    }

    private double[][] States(int sequence)
    {
        var states = new double[positions + 1][];
        states[0] = new double[keys * values];
        for (int i = 0; i < keys * values; i++)
        {
            states[0][i] = Initial((sequence * keys * values) + i);
        }

        for (int t = 0; t < positions; t++)
        {
            int row = Row(sequence, t);
            double a = Decay is null ? 1 : Math.Exp(Decay(row));
            states[t + 1] = new double[keys * values];
            for (int j = 0; j < keys; j++)
            {
                double own = Strength(row) * K((row * keys) + j);
                for (int i = 0; i < values; i++)
                {
                    double sum = (a * states[t][(j * values) + i]) + (own * V((row * values) + i));
                    for (int other = 0; other < keys; other++)
                    {
                        sum -= a * states[t][(other * values) + i] * K((row * keys) + other) * own;
                    }

                    states[t + 1][(j * values) + i] = sum;
                }
            }
        }

        return states;
    }

    private int Row(int sequence, int t) => (((sequence / heads * positions) + t) * heads) + (sequence % heads);
}
