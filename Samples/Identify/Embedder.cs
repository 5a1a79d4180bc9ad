using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Sessions;
using Models.Face;

namespace Samples.Identify;

/// <summary>Unit vectors for drawings.</summary>
internal static class Embedder
{
    /// <summary>An embedding of length 1 for each drawing: those of all networks one behind the other, so that the cosine
    /// of two is the mean of the networks' cosines (several networks as in Taigman et al. 2014, "DeepFace",
    /// joined as in Sun et al. 2014, "DeepID").</summary>
    public static float[][] Embed(IReadOnlyList<ModelSession> networks, IReadOnlyList<Glyph> drawings)
    {
        float[][][] each = [.. networks.Select(n => Embed(n, drawings))];
        return networks.Count == 1
            ? each[0]
            : [.. drawings.Select((_, i) => UnitVectors.Join(each.Select(e => e[i])))];
    }

    /// <summary>An embedding of length 1 for each drawing.</summary>
    private static float[][] Embed(ModelSession session, IReadOnlyList<Glyph> drawings)
    {
        var all = new float[drawings.Count][];
        for (int begin = 0; begin < all.Length; begin += GlyphTraining.Batch)
        {
            int count = Math.Min(GlyphTraining.Batch, all.Length - begin);
            var images = new float[count * Shrink.Pixels];
            var result = new float[count * GlyphNet.Features];
            for (int i = 0; i < count; i++)
            {
                Shrink.Plain(drawings[begin + i], images.AsSpan(i * Shrink.Pixels));
            }

            session.Begin(EntryPoint.Forward, ("b", count));
            session.Write(0, images);
            session.Run();
            session.Read(0, result);
            for (int i = 0; i < count; i++)
            {
                all[begin + i] = UnitVectors.Normalize(result.AsSpan(i * GlyphNet.Features, GlyphNet.Features));
            }
        }

        return all;
    }
}
