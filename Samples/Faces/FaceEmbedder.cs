using System;
using System.Collections.Generic;
using Dsl.Sessions;

namespace Samples.Faces;

/// <summary>Describes faces by the trained network.</summary>
internal static class FaceEmbedder
{
    /// <summary>One description for each image: the sum of those of the image and of its mirror image, each of length 1
    /// (as SphereFace and ArcFace do).</summary>
    public static List<float[]> Embed(ModelSession session, IReadOnlyList<float[]> images)
    {
        var all = new List<float[]>(images.Count);
        for (int begin = 0; begin < images.Count; begin += FaceTraining.Batch)
        {
            int count = Math.Min(FaceTraining.Batch, images.Count - begin);
            var batch = new float[count * FaceCrop.Pixels];
            for (int i = 0; i < count; i++)
            {
                images[begin + i].CopyTo(batch, i * FaceCrop.Pixels);
            }

            float[] plain = Run(session, batch, count);
            for (int row = 0; row < batch.Length; row += FaceCrop.Side)
            {
                batch.AsSpan(row, FaceCrop.Side).Reverse();
            }

            float[] mirrored = Run(session, batch, count);
            for (int i = 0; i < count; i++)
            {
                var sum = new float[FaceNet.Features];
                AddUnit(plain.AsSpan(i * FaceNet.Features, FaceNet.Features), sum);
                AddUnit(mirrored.AsSpan(i * FaceNet.Features, FaceNet.Features), sum);
                all.Add(sum);
            }
        }

        return all;
    }

    private static float[] Run(ModelSession session, float[] images, int count)
    {
        var result = new float[count * FaceNet.Features];
        session.Begin(EntryPoint.Forward, ("b", count));
        session.Write(0, images);
        session.Run();
        session.Read(0, result);
        return result;
    }

    private static void AddUnit(ReadOnlySpan<float> vector, Span<float> sum)
    {
        float squares = 0;
        foreach (float value in vector)
        {
            squares += value * value;
        }

        float scale = 1 / MathF.Max(MathF.Sqrt(squares), 1e-12f);
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += vector[i] * scale;
        }
    }
}
