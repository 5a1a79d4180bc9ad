namespace Models.Face;

/// <summary>A place in an image. The origin is at the top left, x grows to the right and y downwards. In pixels, unless
/// said otherwise, with the centres of pixels at whole numbers.</summary>
/// <param name="X">How far right.</param>
/// <param name="Y">How far down.</param>
public readonly record struct ImagePoint(double X, double Y)
{
    /// <summary>Whether both coordinates are finite numbers.</summary>
    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y);

    /// <summary>The place in pixels, when it is given in shares of an image's width and height.</summary>
    public ImagePoint Scaled(int height, int width) => new(X * width, Y * height);
}
