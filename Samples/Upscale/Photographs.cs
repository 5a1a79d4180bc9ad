using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Samples.Imaging;

namespace Samples.Upscale;

/// <summary>A picture in full resolution, its half, and that half enlarged again by the same kernel.</summary>
/// <param name="Name">What it is called in files and messages.</param>
/// <param name="Full">Y, Cb, Cr in full resolution.</param>
/// <param name="Half">The luma of the half, in 8 bits: what the network gets.</param>
/// <param name="Enlarged">Y, Cb, Cr enlarged by cubic convolution: the baseline.</param>
internal sealed record ScaledPicture(string Name, Picture Full, Picture Half, Picture Enlarged)
{
    /// <summary>Makes the half and the baseline of a picture of red, green and blue. An odd last row or column is left
    /// out.</summary>
    public static ScaledPicture Of(string name, Picture rgb)
    {
        Picture even = rgb.Crop(0, 0, rgb.Height / 2 * 2, rgb.Width / 2 * 2);
        Picture half = Bicubic.Resize(even, even.Height / 2, even.Width / 2).Rounded();
        Picture luma = Luma.ToYcc(half);
        return new ScaledPicture(
            name,
            Luma.ToYcc(even),
            new Picture(1, half.Height, half.Width, luma.Plane(0).ToArray()),
            Luma.ToYcc(Bicubic.Resize(half, even.Height, even.Width)));
    }
}

/// <summary>Kodak's photographs, <c>kodimNN.png</c> in a folder.</summary>
internal static class Photographs
{
    /// <summary>The photographs whose numbers are in a range, in order.</summary>
    /// <exception cref="InvalidDataException">The folder has none of them.</exception>
    public static List<ScaledPicture> Read(DirectoryInfo folder, int first, int last)
    {
        var pictures = new List<ScaledPicture>();
        for (int number = first; number <= last; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"kodim{number:00}");
            string path = Path.Combine(folder.FullName, name + ".png");
            if (File.Exists(path))
            {
                pictures.Add(ScaledPicture.Of(name, PictureFile.Read(path)));
            }
        }

        return pictures.Count > 0
            ? pictures
            : throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"'{folder.FullName}' has no 'kodim{first:00}.png' to 'kodim{last:00}.png'."));
    }
}
