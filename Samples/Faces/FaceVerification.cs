using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Sessions;
using Models.Face.Alignment;
using Samples.Imaging;

namespace Samples.Faces;

/// <summary>Measures a network, and pixels beside it, on people it has not seen.</summary>
internal static class FaceVerification
{
    /// <summary>What the results call the network's descriptions.</summary>
    public const string Network = "network";

    /// <summary>What they call the pixels that the network sees.</summary>
    public const string Pixels = "pixels";

    /// <summary>Drawn people who are verified.</summary>
    private const int Unseen = 200;

    /// <summary>Pictures of each.</summary>
    private const int Pictures = 5;

    /// <summary>The network's descriptions of the face at five places, summed.</summary>
    public const string Places = "network, five places";

    /// <summary>Behind what is described: without the mean of all descriptions.</summary>
    public const string Centred = ", centred";

    /// <summary>The drawn people.</summary>
    public const string Drawn = "drawn";

    /// <summary>The photographed people.</summary>
    public const string London = "london";

    /// <summary>Each face brought to the template by its own landmarks.</summary>
    public const string Aligned = "aligned";

    /// <summary>All faces brought by one map.</summary>
    public const string OneRule = "one rule";

    /// <summary>Cut out by the square of <see cref="LondonFaces.Square"/>.</summary>
    public const string Square = "square";

    /// <summary>Where else than in the middle a face may be that one rule cuts out, in pixels of the
    /// template.</summary>
    private static readonly (double X, double Y)[] s_places = [(-4, 0), (4, 0), (0, -4), (0, 4)];

    /// <summary>Measures.</summary>
    /// <param name="session">The network.</param>
    /// <param name="seed">Of the drawn people.</param>
    /// <param name="london">Photographed people, or null.</param>
    /// <returns>First drawn people, each aligned by its landmarks, then the same cut out by one rule for all; then
    /// photographs, smiling against neutral.</returns>
    public static FaceReport Measure(ModelSession session, ulong seed, LondonFaces? london)
    {
        List<(int Person, DrawnFace Face)> pictures =
            DrawnPeople.Pictures(seed, DrawnPeople.Unseen(seed, Unseen), Pictures);
        int[] people = [.. pictures.Select(static p => p.Person)];
        AffineTransform rule = FaceCrop.Fixed([.. pictures.Select(static p => p.Face.Landmarks)]);
        var results = new List<FaceResult>();
        double[] residuals =
            [.. pictures.Select(static p => FaceCrop.Residual(p.Face.Landmarks, FaceCrop.Align(p.Face.Landmarks)))];
        Add(Drawn, Aligned, [.. pictures.Select(static p => (p.Face.Picture, FaceCrop.Align(p.Face.Landmarks)))], All);
        Add(Drawn, OneRule, [.. pictures.Select(p => (p.Face.Picture, rule))], All);
        if (london is not null)
        {
            int count = london.Neutral.Count;
            Picture[] both = [.. london.Neutral, .. london.Smiling];
            Add(London, OneRule, [.. both.Select(p => (p, london.Rule))], Two);
            List<float[]> square = FaceVectors.Pixels(
                Cut([.. both.Select(static p => (p, LondonFaces.Square))], default));
            results.Add(new FaceResult(London, Square, Pixels, Two(square)));
            results.Add(new FaceResult(London, Square, Pixels + Centred, Two(FaceVectors.Centred(square))));

            FaceScore Two(List<float[]> vectors) =>
                FaceScore.OfTwo(vectors.GetRange(0, count), vectors.GetRange(count, count));
        }

        return new FaceReport(results, residuals.Average(), residuals.Max());

        FaceScore All(List<float[]> vectors) => FaceScore.OfAll(vectors, people);

        void Add(string data, string crop, List<(Picture, AffineTransform)> faces, Func<List<float[]>, FaceScore> score)
        {
            List<float[]> images = Cut(faces, default);
            List<float[]> network = FaceEmbedder.Embed(session, images);
            (string By, List<float[]> Vectors)[] kinds = [(Network, network), (Pixels, FaceVectors.Pixels(images))];
            if (crop == OneRule)
            {
                kinds = [.. kinds, (Places, FaceVectors.Sum(
                    [network, .. s_places.Select(place => FaceEmbedder.Embed(session, Cut(faces, place)))]))];
            }

            foreach ((string by, List<float[]> vectors) in kinds)
            {
                results.Add(new FaceResult(data, crop, by, score(vectors)));
                results.Add(new FaceResult(data, crop, by + Centred, score(FaceVectors.Centred(vectors))));
            }
        }
    }

    private static List<float[]> Cut(List<(Picture Picture, AffineTransform Map)> faces, (double X, double Y) place) =>
        [.. faces.Select(f =>
        {
            var image = new float[FaceCrop.Pixels];
            FaceCrop.Write(f.Picture, FaceCrop.Shift(f.Map, place.X, place.Y), image);
            return image;
        })];
}
