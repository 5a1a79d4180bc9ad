using System;

namespace Samples.Imaging;

/// <summary>A picture as planes of floats, channel by channel and row by row; values from 0 to 255.</summary>
internal sealed class Picture
{
    /// <summary>A black picture.</summary>
    public Picture(int channels, int height, int width)
        : this(channels, height, width, new float[channels * height * width])
    {
    }

    /// <summary>A picture of given values, which become its own.</summary>
    public Picture(int channels, int height, int width, float[] values)
    {
        if (values.Length != channels * height * width)
        {
            throw new ArgumentException(
                $"{values.Length} values do not fill {channels} planes of {height} x {width}.", nameof(values));
        }

        (Channels, Height, Width, Values) = (channels, height, width, values);
    }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>[channel][y][x].</summary>
    public float[] Values { get; }

    public ref float this[int channel, int y, int x] => ref Values[(((channel * Height) + y) * Width) + x];

    /// <summary>One plane.</summary>
    public Span<float> Plane(int channel) => Values.AsSpan(channel * Height * Width, Height * Width);

    /// <summary>A part of the picture, copied.</summary>
    public Picture Crop(int top, int left, int height, int width)
    {
        var part = new Picture(Channels, height, width);
        for (int c = 0; c < Channels; c++)
        {
            for (int y = 0; y < height; y++)
            {
                Plane(c).Slice(((top + y) * Width) + left, width).CopyTo(part.Plane(c)[(y * width)..]);
            }
        }

        return part;
    }

    /// <summary>Values rounded to whole numbers from 0 to 255: what a file of 8 bits holds.</summary>
    public Picture Rounded()
    {
        var rounded = new Picture(Channels, Height, Width);
        for (int i = 0; i < Values.Length; i++)
        {
            rounded.Values[i] = Math.Clamp(MathF.Round(Values[i], MidpointRounding.AwayFromZero), 0, 255);
        }

        return rounded;
    }
}
