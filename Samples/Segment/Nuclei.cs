using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Samples.Imaging;

namespace Samples.Segment;

/// <summary>A picture to segment and the class of each of its pixels.</summary>
/// <param name="Name">What it is called in overlays and messages.</param>
/// <param name="Image">One plane, as the network sees it.</param>
/// <param name="Classes">Row by row.</param>
internal sealed record SegmentedPicture(string Name, Picture Image, int[] Classes);

/// <summary>Fluorescence images of nuclei with their foreground, from a folder of the Data Science Bowl 2018:
/// <c>index.csv</c> (split, file, …), <c>images/*.png</c>, <c>masks/*.png</c>.</summary>
internal static class Nuclei
{
    /// <summary>The pictures of a split, in the order of the index.</summary>
    /// <exception cref="FileNotFoundException">The index or a picture is missing.</exception>
    /// <exception cref="InvalidDataException">The index has no such split, or a mask has another size.</exception>
    public static List<SegmentedPicture> Read(DirectoryInfo folder, string split)
    {
        string index = Path.Combine(folder.FullName, "index.csv");
        if (!File.Exists(index))
        {
            throw new FileNotFoundException($"'{folder.FullName}' has no 'index.csv'.", index);
        }

        var pictures = new List<SegmentedPicture>();
        foreach (string[] row in File.ReadLines(index).Select(static line => line.Split(',')))
        {
            if (row.Length > 1 && row[0] == split)
            {
                pictures.Add(ReadPicture(folder, row[1]));
            }
        }

        return pictures.Count > 0
            ? pictures
            : throw new InvalidDataException($"'{index}' has no pictures of the split '{split}'.");
    }

    private static SegmentedPicture ReadPicture(DirectoryInfo folder, string name)
    {
        Picture image = PictureFile.ReadGray(Path.Combine(folder.FullName, "images", name + ".png"));
        string maskPath = Path.Combine(folder.FullName, "masks", name + ".png");
        Picture mask = PictureFile.ReadGray(maskPath);
        if (mask.Height != image.Height || mask.Width != image.Width)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{maskPath}' has {mask.Width} x {mask.Height} pixels, its picture {image.Width} x {image.Height}."));
        }

        return new SegmentedPicture(name, Exposed(image), [.. mask.Values.Select(static v => v > 127 ? 1 : 0)]);
    }

    /// <summary>Exposure differs between microscopes by more than an order of magnitude. Every picture is scaled so that
    /// its background is 0 and its brightest pixels are 1; what is dark all over stays dark.</summary>
    private static Picture Exposed(Picture image)
    {
        float[] sorted = [.. image.Values.Order()];
        float background = sorted[sorted.Length / 4];
        float bright = sorted[(int)(sorted.Length * 0.998)];
        float scale = 1 / Math.Max(bright - background, 4);
        return new Picture(1, image.Height, image.Width, [.. image.Values.Select(v => (v - background) * scale)]);
    }
}
