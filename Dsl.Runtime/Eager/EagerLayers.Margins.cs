using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;

namespace Dsl.Eager;

/// <content>Losses that have parameters.</content>
public static partial class EagerLayers
{
    /// <summary>What <see cref="MarginSoftmaxAttribute"/> says.</summary>
    /// <param name="x">Embeddings [..., d].</param>
    /// <param name="labels">[...].</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <returns>The mean over the labels that count, 0 when none does.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
    /// <exception cref="NotSupportedException">Classes are sharded.</exception>
    public static Tensor MarginSoftmax(Tensor x, IntTensor labels, ParameterScope p, MarginSoftmaxAttribute options)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        if (p["Weight"].Shards > 1)
        {
            throw new NotSupportedException("Classes that are sharded among ranks (Shards) are trained in compiled sessions only.");
        }

        Tensor weight = p["Weight"].ToTensor();
        int width = weight.Shape[^1];
        if (x.Rank < 2 || x.Shape[^1] != width || !labels.Extents.SequenceEqual(x.Extents[..^1]))
        {
            throw new ArgumentException(
                $"Embeddings {Shapes.Print(x.Extents)} and labels {Shapes.Print(labels.Extents)} do not fit: expected "
                + $"[…, {width}] and […].", nameof(x));
        }

        bool falls = options.Kind is Margin.LSoftmax or Margin.ASoftmax && options.LambdaBase > options.LambdaMin;
        double lambda = options.LambdaMin;
        if (falls)
        {
            Parameter steps = p["Iteration"];
            lambda = new MarginAnnealing(options.LambdaBase, options.LambdaGamma, options.LambdaPower, options.LambdaMin)
                .At(steps.ReadOnlyValues[0]);
            if (Functions.Training)
            {
                steps.Values[0]++;
            }
        }

        bool biased = options.Kind == Margin.Softmax && options.Bias;
        var margins = new EagerMargins(
            options, weight, biased ? p["Bias"].ToTensor() : null, lambda, Chosen(labels, weight.Shape[0], options.SampleRate));
        double sum = 0;
        int count = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            int label = labels.Values[i];
            if (options.Ignore != Functions.NoLabel && label == options.Ignore)
            {
                continue;
            }

            if ((uint)label >= (uint)weight.Shape[0])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels), label, $"Label {i} is not in 0 … {weight.Shape[0] - 1}.");
            }

            sum += margins.Loss(x.Values.Slice(i * width, width), label);
            count++;
        }

        return new Tensor([(float)(count > 0 ? sum / count : 0)]);
    }

    /// <summary>What <see cref="CenterLossAttribute"/> says.</summary>
    /// <param name="x">Embeddings [..., d].</param>
    /// <param name="labels">[...].</param>
    /// <param name="centers">[classes, d]; changed in training.</param>
    /// <param name="alpha">How far centres go in a step.</param>
    /// <returns>The mean of half the squared distances.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no embeddings.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
    public static Tensor CenterLoss(Tensor x, IntTensor labels, Parameter centers, double alpha)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(centers);
        int classes = centers.Shape[0];
        int width = centers.Shape[1];
        if (x.Rank < 2 || x.Shape[^1] != width || labels.Length == 0 || !labels.Extents.SequenceEqual(x.Extents[..^1]))
        {
            throw new ArgumentException(
                $"Embeddings {Shapes.Print(x.Extents)} and labels {Shapes.Print(labels.Extents)} do not fit: expected "
                + $"[…, {width}] and […].", nameof(x));
        }

        double sum = 0;
        var ways = new Dictionary<int, (double[] Sum, int Count)>();
        for (int i = 0; i < labels.Length; i++)
        {
            int label = labels.Values[i];
            if ((uint)label >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), label, $"Label {i} is not in 0 … {classes - 1}.");
            }

            (double[] way, int count) = ways.TryGetValue(label, out var known) ? known : (new double[width], 0);
            for (int k = 0; k < width; k++)
            {
                double offset = (double)x.Values[(i * width) + k] - centers.ReadOnlyValues[(label * width) + k];
                sum += 0.5 * offset * offset;
                way[k] += offset;
            }

            ways[label] = (way, count + 1);
        }

        if (Functions.Training)
        {
            foreach ((int label, (double[] way, int count)) in ways)
            {
                for (int k = 0; k < width; k++)
                {
                    ref float center = ref centers.Values[(label * width) + k];
                    center = (float)(center + (alpha * way[k] / (1 + count)));
                }
            }
        }

        return new Tensor([(float)(sum / labels.Length)]);
    }

    /// <summary>The classes that a step looks at; null: all.</summary>
    private static HashSet<int>? Chosen(IntTensor labels, int classes, double rate)
    {
        if (rate == 1 || TrainingMode.Current is not { } mode)
        {
            return null;
        }

        int wanted = Math.Max(1, (int)(rate * classes));
        var chosen = new int[labels.Length + wanted + 1];
        ClassSample.Choose(
            labels.Values, classes, wanted, mode.Key.Word0, mode.Key.Word1, mode.NextSite(), new uint[(classes + 31) / 32], chosen);
        return [.. chosen[1..(chosen[0] + 1)]];
    }
}
