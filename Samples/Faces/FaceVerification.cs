using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Sessions;
using Models.Face.Alignment;

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

    private const string Aligned = "aligned";
    private const string OneRule = "one rule";

    /// <summary>Measures.</summary>
    /// <param name="session">The network.</param>
    /// <param name="seed">Of the drawn people.</param>
    /// <param name="london">Photographed people, or null.</param>
    /// <returns>First drawn people, each aligned by its landmarks, then the same cut out by one rule for all; then
    /// photographs, smiling against neutral.</returns>
    public static List<FaceResult> Measure(ModelSession session, ulong seed, LondonFaces? london)
    {
        List<(int Person, DrawnFace Face)> pictures =
            DrawnPeople.Pictures(seed, DrawnPeople.Unseen(seed, Unseen), Pictures);
        int[] people = [.. pictures.Select(static p => p.Person)];
        AffineTransform rule = FaceCrop.Fixed([.. pictures.Select(static p => p.Face.Landmarks)]);
        var results = new List<FaceResult>();
        Add(results, session, "drawn", Aligned, Images(p => FaceCrop.Align(p.Landmarks)), All);
        Add(results, session, "drawn", OneRule, Images(_ => rule), All);
        if (london is not null)
        {
            int count = london.Neutral.Count;
            Add(results, session, "london", OneRule, [.. london.Neutral, .. london.Smiling], vectors =>
                FaceScore.OfTwo(vectors.GetRange(0, count), vectors.GetRange(count, count)));
        }

        return results;

        FaceScore All(List<float[]> vectors) => FaceScore.OfAll(vectors, people);

        List<float[]> Images(Func<DrawnFace, AffineTransform> map) => [.. pictures.Select(p =>
        {
            var image = new float[FaceCrop.Pixels];
            FaceCrop.Write(p.Face.Picture, map(p.Face), image);
            return image;
        })];
    }

    private static void Add(
        List<FaceResult> results, ModelSession session, string data, string crop, List<float[]> images,
        Func<List<float[]>, FaceScore> score)
    {
        foreach ((string by, List<float[]> vectors) in (ReadOnlySpan<(string, List<float[]>)>)
            [(Network, FaceEmbedder.Embed(session, images)), (Pixels, FaceVectors.Pixels(images))])
        {
            results.Add(new FaceResult(data, crop, by, score(vectors)));
            results.Add(new FaceResult(data, crop, by + ", centred", score(FaceVectors.Centred(vectors))));
        }
    }
}
