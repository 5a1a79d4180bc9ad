using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Segment;

/// <summary>
/// How well predicted classes agree with true ones: intersection over union, |A∩B| / |A∪B|, of every class but 0 (the
/// ground), and Dice, 2|A∩B| / (|A|+|B|).
/// </summary>
internal sealed class SegmentationScore
{
    private readonly long[] _intersections;
    private readonly long[] _unions;
    private readonly List<double> _ofPictures = [];
    private readonly List<double> _dices = [];

    public SegmentationScore(int classes) => (_intersections, _unions) = (new long[classes], new long[classes]);

    /// <summary>Mean over pictures of the mean over the classes that a picture has.</summary>
    public double Mean => _ofPictures.Average();

    /// <summary>Mean over pictures of the Dice of the foreground.</summary>
    public double Dice => _dices.Average();

    /// <summary>The lowest of a picture.</summary>
    public double Worst => _ofPictures.Min();

    /// <summary>The position of the picture with the lowest score.</summary>
    public int WorstPicture => _ofPictures.IndexOf(Worst);

    /// <summary>Mean over the classes but the ground, each counted over all pixels of all pictures.</summary>
    public double Pooled => Enumerable.Range(1, _unions.Length - 1)
        .Where(k => _unions[k] > 0).Average(k => (double)_intersections[k] / _unions[k]);

    /// <summary>Mean over all classes, the ground included, each counted over all pixels: the field's mIoU.</summary>
    public double MeanOverClasses => Enumerable.Range(0, _unions.Length)
        .Where(k => _unions[k] > 0).Average(k => (double)_intersections[k] / _unions[k]);

    /// <summary>Counts one picture.</summary>
    public void Add(ReadOnlySpan<int> expected, ReadOnlySpan<int> predicted)
    {
        var intersections = new long[_unions.Length];
        var unions = new long[_unions.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            unions[expected[i]]++;
            if (expected[i] == predicted[i])
            {
                intersections[expected[i]]++;
            }
            else
            {
                unions[predicted[i]]++;
            }
        }

        for (int k = 0; k < unions.Length; k++)
        {
            _intersections[k] += intersections[k];
            _unions[k] += unions[k];
        }

        int[] seen = [.. Enumerable.Range(1, unions.Length - 1).Where(k => unions[k] > 0)];
        long both = seen.Sum(k => intersections[k]);
        long either = seen.Sum(k => unions[k]);

        // Nothing there and nothing found is perfect.
        _ofPictures.Add(seen.Length == 0 ? 1 : seen.Average(k => (double)intersections[k] / unions[k]));
        _dices.Add(either == 0 ? 1 : 2.0 * both / (either + both));
    }
}
