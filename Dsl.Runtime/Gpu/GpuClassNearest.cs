using ILGPU;

namespace Dsl.Gpu;

/// <summary>Whether classes have several rows: known when a kernel is compiled, because the barriers are then nobody's condition.</summary>
internal interface IGpuCenters
{
    static abstract bool AreSeveral { get; }
}

/// <summary>Classes of one row.</summary>
internal readonly struct OneCenter : IGpuCenters
{
    public static bool AreSeveral => false;
}

/// <summary>Classes of several rows.</summary>
internal readonly struct SeveralCenters : IGpuCenters
{
    public static bool AreSeveral => true;
}

/// <summary>Which rows of a block are the nearest ones of their classes: cells 1, others 0. The first one of several that are equally
/// near.</summary>
internal static class GpuClassNearest
{
    /// <summary>Owners are samples, others rows.</summary>
    internal static TileSums OfSamples<TCenters>(
        ArrayView<float> memory, ArrayView<Quad> shared, in ClassGeometry g, int row0, int rows, in TileSums products)
        where TCenters : struct, IGpuCenters
    {
        var nearest = All();
        if (TCenters.AreSeveral)
        {
            int x = GpuAttendTile.X;
            float i0 = Inverse(memory, g, row0, x, rows);
            float i1 = Inverse(memory, g, row0, x + 16, rows);
            float i2 = Inverse(memory, g, row0, x + 32, rows);
            float i3 = Inverse(memory, g, row0, x + 48, rows);
            var v = products;
            v.R0 = Scale(v.R0, i0, i1, i2, i3);
            v.R1 = Scale(v.R1, i0, i1, i2, i3);
            v.R2 = Scale(v.R2, i0, i1, i2, i3);
            v.R3 = Scale(v.R3, i0, i1, i2, i3);
            GpuAttendTile.Share(shared, v);
            nearest.R0 = OfSample(shared, g, GpuAttendTile.Y, rows, v.R0);
            nearest.R1 = OfSample(shared, g, GpuAttendTile.Y + 16, rows, v.R1);
            nearest.R2 = OfSample(shared, g, GpuAttendTile.Y + 32, rows, v.R2);
            nearest.R3 = OfSample(shared, g, GpuAttendTile.Y + 48, rows, v.R3);
            Group.Barrier();
        }

        return nearest;
    }

    /// <summary>Owners are rows, others samples.</summary>
    internal static TileSums OfRows<TCenters>(
        ArrayView<float> memory, ArrayView<Quad> shared, in ClassGeometry g, int row0, int rows, in TileSums products)
        where TCenters : struct, IGpuCenters
    {
        var nearest = All();
        if (TCenters.AreSeveral)
        {
            int y = GpuAttendTile.Y;
            var v = products;
            v.R0 = Scale(v.R0, Inverse(memory, g, row0, y, rows));
            v.R1 = Scale(v.R1, Inverse(memory, g, row0, y + 16, rows));
            v.R2 = Scale(v.R2, Inverse(memory, g, row0, y + 32, rows));
            v.R3 = Scale(v.R3, Inverse(memory, g, row0, y + 48, rows));
            GpuAttendTile.Share(shared, v);
            nearest.R0 = OfRow(shared, g, y, rows, v.R0);
            nearest.R1 = OfRow(shared, g, y + 16, rows, v.R1);
            nearest.R2 = OfRow(shared, g, y + 32, rows, v.R2);
            nearest.R3 = OfRow(shared, g, y + 48, rows, v.R3);
            Group.Barrier();
        }

        return nearest;
    }

    private static TileSums All()
    {
        TileSums all;
        all.R0 = GpuAttendTile.Of(1f, 1f, 1f, 1f);
        all.R1 = all.R0;
        all.R2 = all.R0;
        all.R3 = all.R0;
        return all;
    }

    private static float Inverse(ArrayView<float> memory, in ClassGeometry g, int row0, int row, int rows) =>
        g.InverseOf(memory, row0 + IntrinsicMath.Min(row, rows - 1));

    private static Quad Scale(Quad q, float x, float y, float z, float w) =>
        GpuAttendTile.Of(q.X * x, q.Y * y, q.Z * z, q.W * w);

    private static Quad Scale(Quad q, float by) => Scale(q, by, by, by, by);

    private static Quad OfSample(ArrayView<Quad> shared, in ClassGeometry g, int sample, int rows, Quad own)
    {
        int x = GpuAttendTile.X;
        return GpuAttendTile.Of(
            IsNearest(shared, g, x, rows, sample, own.X), IsNearest(shared, g, x + 16, rows, sample, own.Y),
            IsNearest(shared, g, x + 32, rows, sample, own.Z), IsNearest(shared, g, x + 48, rows, sample, own.W));
    }

    private static float IsNearest(ArrayView<Quad> shared, in ClassGeometry g, int row, int rows, int sample, float own)
    {
        int first = row / g.SubCenters * g.SubCenters;
        float result = 1f;
        for (int k = 0; k < g.SubCenters; k++)
        {
            int other = IntrinsicMath.Min(first + k, rows - 1);
            float v = Of(shared, other, sample);
            result = v > own | (v >= own & other < row) ? 0f : result;
        }

        return result;
    }

    private static Quad OfRow(ArrayView<Quad> shared, in ClassGeometry g, int row, int rows, Quad own)
    {
        int x = GpuAttendTile.X;
        return GpuAttendTile.Of(
            IsNearestRow(shared, g, row, rows, x, own.X), IsNearestRow(shared, g, row, rows, x + 16, own.Y),
            IsNearestRow(shared, g, row, rows, x + 32, own.Z), IsNearestRow(shared, g, row, rows, x + 48, own.W));
    }

    private static float IsNearestRow(ArrayView<Quad> shared, in ClassGeometry g, int row, int rows, int sample, float own)
    {
        int first = row / g.SubCenters * g.SubCenters;
        float result = 1f;
        for (int k = 0; k < g.SubCenters; k++)
        {
            int other = IntrinsicMath.Min(first + k, rows - 1);
            float v = Of(shared, sample, other);
            result = v > own | (v >= own & other < row) ? 0f : result;
        }

        return result;
    }

    /// <summary>What is shared of an other and an owner.</summary>
    private static float Of(ArrayView<Quad> shared, int other, int owner)
    {
        var quad = shared[GpuAttendTile.Weights + (other * GpuAttendTile.Stride) + (owner & 15)];
        int part = owner >> 4;
        return part == 0 ? quad.X : part == 1 ? quad.Y : part == 2 ? quad.Z : quad.W;
    }
}
