using System;
using System.IO;
using Samples.Imaging;

namespace Samples.Segment;

/// <summary>Pictures of a segmentation: the picture, then the same with what was found right in green, what was found
/// where nothing is in red, and what was missed in blue.</summary>
internal static class Overlay
{
    /// <summary>Writes one as <c>name.png</c> in a folder.</summary>
    public static void Write(DirectoryInfo folder, SegmentedPicture picture, ReadOnlySpan<int> predicted)
    {
        Picture image = picture.Image;
        (float low, float high) = (image.Values[0], image.Values[0]);
        foreach (float value in image.Values)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        var both = new Picture(3, image.Height, 2 * image.Width);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                float gray = 255 * (image[0, y, x] - low) / Math.Max(high - low, 1e-6f);
                int at = (y * image.Width) + x;
                (float red, float green, float blue) = Tint(picture.Classes[at], predicted[at]);
                Put(both, y, x, gray, gray, gray);
                Put(both, y, image.Width + x, Mixed(gray, red), Mixed(gray, green), Mixed(gray, blue));
            }
        }

        PictureFile.Write(Path.Combine(folder.FullName, picture.Name + ".png"), both);
    }

    private static (float Red, float Green, float Blue) Tint(int expected, int predicted) => (expected, predicted) switch
    {
        (0, 0) => (-1, -1, -1),
        (0, _) => (255, 40, 40),
        (_, 0) => (60, 90, 255),
        _ when expected == predicted => (40, 220, 60),
        _ => (240, 200, 40),
    };

    private static float Mixed(float gray, float tint) => tint < 0 ? gray : (gray / 2) + (tint / 2);

    private static void Put(Picture picture, int y, int x, float red, float green, float blue) =>
        (picture[0, y, x], picture[1, y, x], picture[2, y, x]) = (red, green, blue);
}
