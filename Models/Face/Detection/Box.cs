using System;

namespace Models.Face.Detection;

/// <summary>What the intersection of two boxes is divided by.</summary>
public enum Overlap
{
    /// <summary>The area of their union (Jaccard index, IoU).</summary>
    Union,

    /// <summary>The smaller of their areas, which MTCNN's last stage uses: 1 for a box inside another.</summary>
    Minimum,
}

/// <summary>A rectangle in an image whose origin is at the top left. All in pixels, or all as shares of the image's
/// width and height.</summary>
/// <param name="Left">Least x.</param>
/// <param name="Top">Least y.</param>
/// <param name="Right">Greatest x; the width is the difference, without the pixel that some detectors add.</param>
/// <param name="Bottom">Greatest y.</param>
public readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Extent along x.</summary>
    public double Width => (double)Right - Left;

    /// <summary>Extent along y.</summary>
    public double Height => (double)Bottom - Top;

    /// <summary>Width times height.</summary>
    public double Area => Width * Height;

    /// <summary>Whether it holds nothing or has an edge that is not a finite number.</summary>
    public bool IsEmpty => !(Width > 0 && Height > 0 && double.IsFinite(Width) && double.IsFinite(Height));

    /// <summary>The share of two boxes that they have in common, 0 … 1; 0 when they only touch or either is
    /// empty.</summary>
    public double Overlapping(in Box other, Overlap overlap = Overlap.Union)
    {
        double width = (double)MathF.Min(Right, other.Right) - MathF.Max(Left, other.Left);
        double height = (double)MathF.Min(Bottom, other.Bottom) - MathF.Max(Top, other.Top);
        if (!(width > 0 && height > 0) || IsEmpty || other.IsEmpty)
        {
            return 0;
        }

        double common = width * height;
        return common / (overlap == Overlap.Union ? Area + other.Area - common : Math.Min(Area, other.Area));
    }

    /// <summary>The box in pixels, when it is given in shares of an image's width and height.</summary>
    public Box Scaled(int height, int width) => new(Left * width, Top * height, Right * width, Bottom * height);
}
