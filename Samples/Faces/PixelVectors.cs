using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Faces;

/// <summary>The description without a network: the pixels.</summary>
internal static class PixelVectors
{
    /// <summary>Red, green and blue of all pixels, from 0 to about 2, for each image.</summary>
    public static List<float[]> Of(IReadOnlyList<float[]> images) =>
        [.. images.Select(static image => Array.ConvertAll(image, static v => v + 1))];
}
