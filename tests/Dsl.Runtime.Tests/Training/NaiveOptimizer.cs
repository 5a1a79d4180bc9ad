using System;
using System.Linq;

namespace Dsl.Runtime.Tests.Training;

/// <summary>The optimisers' formulas in double, element by element, as PyTorch's documentation states them.</summary>
internal sealed class NaiveOptimizer(Optimizer optimizer, bool[] decays)
{
    private double[][]? _first, _second;
    private int _step;

    public double[][] Average { get; private set; } = [];

    /// <summary>Takes a step in place and returns the norm of the gradients.</summary>
    public double Update(double[][] parameters, double[][] gradients)
    {
        _first ??= parameters.Select(static p => new double[p.Length]).ToArray();
        _second ??= parameters.Select(static p => new double[p.Length]).ToArray();
        double norm = Math.Sqrt(gradients.Sum(static g => g.Sum(static v => v * v)));
        double clip = optimizer.ClipNorm is float max ? Math.Min(1, max / (norm + 1e-6)) : 1;
        double rate = optimizer.LearningRate.At(_step++);
        for (int i = 0; i < parameters.Length; i++)
        {
            for (int j = 0; j < parameters[i].Length; j++)
            {
                parameters[i][j] = Element(
                    parameters[i][j],
                    gradients[i][j] * clip,
                    rate,
                    decays[i] ? 1 : 0,
                    ref _first[i][j],
                    ref _second[i][j]);
            }
        }

        if (optimizer.AverageDecay is float d)
        {
            Average = parameters.Select((p, i) => p.Select(
                (v, j) => _step == 1 ? v : (D(d) * Average[i][j]) + ((1 - D(d)) * v)).ToArray()).ToArray();
        }

        return norm;
    }

    private double Element(double p, double g, double rate, double decay, ref double first, ref double second)
    {
        switch (optimizer)
        {
            case Sgd sgd:
                g += decay * D(sgd.WeightDecay) * p;
                first = (D(sgd.Momentum) * first) + g;
                return p - (rate * (sgd.Nesterov ? g + (D(sgd.Momentum) * first) : first));
            case RmsProp rms:
                g += decay * D(rms.WeightDecay) * p;
                second = (D(rms.Alpha) * second) + ((1 - D(rms.Alpha)) * g * g);
                first = (D(rms.Momentum) * first) + (g / (Math.Sqrt(second) + D(rms.Epsilon)));
                return p - (rate * first);
            case Adam adam:
                p = adam is AdamW ? p * (1 - (rate * decay * D(adam.WeightDecay))) : p;
                g += adam is AdamW ? 0 : decay * D(adam.WeightDecay) * p;
                first = (D(adam.Beta1) * first) + ((1 - D(adam.Beta1)) * g);
                second = (D(adam.Beta2) * second) + ((1 - D(adam.Beta2)) * g * g);
                double mean = first / (1 - Math.Pow(D(adam.Beta1), _step));
                double square = second / (1 - Math.Pow(D(adam.Beta2), _step));
                return p - (rate * mean / (Math.Sqrt(square) + D(adam.Epsilon)));
            default:
                throw new NotSupportedException();
        }
    }

    private static double D(float value) => (double)(decimal)value;
}
