using System.Collections.Generic;

namespace Models.Face.Alignment;

/// <summary>
/// Where the five landmarks of a face go in an aligned image: the left eye, the right eye, the nose, the left corner of
/// the mouth, the right corner, where left is the image's left.
/// </summary>
public sealed class FaceTemplate
{
    private FaceTemplate(int height, int width, ImagePoint[] points) =>
        (Height, Width, Points) = (height, width, points);

    /// <summary>112 by 112 pixels (ArcFace: Deng et al. 2019).</summary>
    public static FaceTemplate Square112 { get; } = new(112, 112, Shifted(0));

    /// <summary>112 high and 96 wide (SphereFace: Liu et al. 2017): the same, 8 pixels to the left.</summary>
    public static FaceTemplate Portrait112x96 { get; } = new(112, 96, Shifted(8));

    /// <summary>Of the aligned image, in pixels.</summary>
    public int Height { get; }

    /// <summary>Of the aligned image, in pixels.</summary>
    public int Width { get; }

    /// <summary>The five landmarks in the aligned image, in pixels.</summary>
    public IReadOnlyList<ImagePoint> Points { get; }

    private static ImagePoint[] Shifted(double left) =>
    [
        new(38.2946 - left, 51.6963), new(73.5318 - left, 51.5014), new(56.0252 - left, 71.7366),
        new(41.5493 - left, 92.3655), new(70.7299 - left, 92.2041),
    ];
}
