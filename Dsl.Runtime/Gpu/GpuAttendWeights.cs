using ILGPU;

namespace Dsl.Gpu;

/// <summary>A thread's 4 × 4 products of queries and keys become scores, weights, gradients of scores. Rows are queries
/// query, query + 16, …; columns are keys key, key + 16, ….</summary>
internal static class GpuAttendWeights
{
    /// <summary>The scores; hidden ones are -∞.</summary>
    internal static TileSums Scores(
        ArrayView<float> memory, in AttendGeometry g, int batch, int head, int query, int key, TileSums s)
    {
        s.R0 = Scores(memory, g, batch, AttendQuery.Of(memory, g, batch, head, query), key, s.R0);
        s.R1 = Scores(memory, g, batch, AttendQuery.Of(memory, g, batch, head, query + 16), key, s.R1);
        s.R2 = Scores(memory, g, batch, AttendQuery.Of(memory, g, batch, head, query + 32), key, s.R2);
        s.R3 = Scores(memory, g, batch, AttendQuery.Of(memory, g, batch, head, query + 48), key, s.R3);
        return s;
    }

    /// <summary>The weights, for softmax by the logarithms of the sums; hidden ones are 0.</summary>
    internal static TileSums Weights<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, int head, int query, int key, TileSums s)
        where TScore : struct, IGpuScore
    {
        s.R0 = Weights<TScore>(memory, g, batch, AttendQuery.Of<TScore>(memory, g, batch, head, query), key, s.R0);
        s.R1 = Weights<TScore>(memory, g, batch, AttendQuery.Of<TScore>(memory, g, batch, head, query + 16), key, s.R1);
        s.R2 = Weights<TScore>(memory, g, batch, AttendQuery.Of<TScore>(memory, g, batch, head, query + 32), key, s.R2);
        s.R3 = Weights<TScore>(memory, g, batch, AttendQuery.Of<TScore>(memory, g, batch, head, query + 48), key, s.R3);
        return s;
    }

    /// <summary>The gradients of the scores from those of the weights, <paramref name="d"/>; of hidden ones
    /// 0.</summary>
    internal static TileSums Gradients<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, int head, int query, int key, TileSums s, TileSums d)
        where TScore : struct, IGpuScore
    {
        var q = AttendQuery.Of<TScore>(memory, g, batch, head, query);
        s.R0 = Gradients<TScore>(memory, g, batch, q, key, s.R0, d.R0);
        q = AttendQuery.Of<TScore>(memory, g, batch, head, query + 16);
        s.R1 = Gradients<TScore>(memory, g, batch, q, key, s.R1, d.R1);
        q = AttendQuery.Of<TScore>(memory, g, batch, head, query + 32);
        s.R2 = Gradients<TScore>(memory, g, batch, q, key, s.R2, d.R2);
        q = AttendQuery.Of<TScore>(memory, g, batch, head, query + 48);
        s.R3 = Gradients<TScore>(memory, g, batch, q, key, s.R3, d.R3);
        return s;
    }

    private static Quad Scores(
        ArrayView<float> memory, in AttendGeometry g, int batch, in AttendQuery q, int key, Quad s) =>
        GpuAttendTile.Of(
            Score(memory, g, batch, q, key, s.X),
            Score(memory, g, batch, q, key + 16, s.Y),
            Score(memory, g, batch, q, key + 32, s.Z),
            Score(memory, g, batch, q, key + 48, s.W));

    private static float Score(
        ArrayView<float> memory, in AttendGeometry g, int batch, in AttendQuery q, int key, float product)
    {
        bool sees = q.Sees(memory, g, batch, key);
        float score = q.Score(memory, g, key, sees, product);
        return sees ? score : float.NegativeInfinity;
    }

    private static Quad Weights<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, in AttendQuery q, int key, Quad s)
        where TScore : struct, IGpuScore =>
        GpuAttendTile.Of(
            q.Weight<TScore>(memory, g, batch, key, s.X),
            q.Weight<TScore>(memory, g, batch, key + 16, s.Y),
            q.Weight<TScore>(memory, g, batch, key + 32, s.Z),
            q.Weight<TScore>(memory, g, batch, key + 48, s.W));

    private static Quad Gradients<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, in AttendQuery q, int key, Quad s, Quad d)
        where TScore : struct, IGpuScore =>
        GpuAttendTile.Of(
            q.Gradient<TScore>(memory, g, batch, key, s.X, d.X),
            q.Gradient<TScore>(memory, g, batch, key + 16, s.Y, d.Y),
            q.Gradient<TScore>(memory, g, batch, key + 32, s.Z, d.Z),
            q.Gradient<TScore>(memory, g, batch, key + 48, s.W, d.W));
}
