using System;
using Dsl;
using Models.Segmentation;
using Samples.Imaging;

namespace Samples.Segment;

/// <summary>A model that says for every pixel which class it is.</summary>
internal interface ISegmenter
{
    IModel Model { get; }

    string Summary { get; }

    int Classes { get; }

    /// <summary>Makes a session for <see cref="Predict"/>; it takes in what the model has learned.</summary>
    IDisposable Open(Device device, Sizes largest);

    /// <summary>The class of every pixel, row by row.</summary>
    int[] Predict(Picture image);
}

/// <summary>Nuclei and ground, by the sign of the mean of four scores for each pixel: the picture is also seen mirrored, as
/// microscopes know neither left nor up.</summary>
internal sealed class NucleusSegmenter : ISegmenter
{
    private readonly NucleusUNet _model = new();
    private NucleusUNet.Session? _session;

    public IModel Model => _model;

    public string Summary => NucleusUNet.Summary;

    public int Classes => 2;

    public IDisposable Open(Device device, Sizes largest) => _session = _model.CreateSession(device, largest);

    public int[] Predict(Picture image)
    {
        var sum = new float[image.Height * image.Width];
        var scores = new float[sum.Length];
        foreach ((bool flipY, bool flipX) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            _session!.Forward(Mirrored(image.Values, image.Width, flipY, flipX), scores, 1, image.Height, image.Width);
            float[] back = Mirrored(scores, image.Width, flipY, flipX);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += back[i];
            }
        }

        return Array.ConvertAll(sum, static score => score > 0 ? 1 : 0);
    }

    private static float[] Mirrored(float[] values, int width, bool flipY, bool flipX)
    {
        var mirrored = new float[values.Length];
        int height = values.Length / width;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int from = ((flipY ? height - 1 - y : y) * width) + (flipX ? width - 1 - x : x);
                mirrored[(y * width) + x] = values[from];
            }
        }

        return mirrored;
    }
}

/// <summary>The largest of four scores for each pixel.</summary>
internal sealed class ShapeSegmenter : ISegmenter
{
    private readonly ShapeUNet _model = new();
    private ShapeUNet.Session? _session;

    public IModel Model => _model;

    public string Summary => ShapeUNet.Summary;

    public int Classes => DrawnShapes.Classes;

    public IDisposable Open(Device device, Sizes largest) => _session = _model.CreateSession(device, largest);

    public int[] Predict(Picture image)
    {
        int pixels = image.Height * image.Width;
        var scores = new float[Classes * pixels];
        _session!.Forward(image.Values, scores, 1, image.Height, image.Width);
        var classes = new int[pixels];
        for (int i = 0; i < pixels; i++)
        {
            for (int k = 1; k < Classes; k++)
            {
                classes[i] = scores[(k * pixels) + i] > scores[(classes[i] * pixels) + i] ? k : classes[i];
            }
        }

        return classes;
    }
}
