using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>
/// Gradients. A cell's product u becomes G = g·∂z/∂u with the gradient g of its logit; then the gradient of embeddings is Gᵀ·rows, and
/// that of rows G·embeddings. What lengths add is a multiple of each vector itself: where a vector is normalised, the part along it is
/// taken away; where it is not, only the cells of margins have one.
/// </content>
internal static unsafe partial class HostClassLogits
{
    /// <summary>A product whose exponential is 0, and whose product with 0 is 0.</summary>
    private const float Hidden = -1e30f;

    /// <summary>Numbers of a sample that meets its own class.</summary>
    private const int MetNumbers = 6;

    /// <summary>Where a worker's scratch has what: lengths of rows and their inverses, which rows they are, what a row's gradient has
    /// of itself, sums of logits' gradients, samples that meet their classes, sums of lanes, cells, a tile's gradient.</summary>
    private readonly struct Work
    {
        public readonly float* Along;
        public readonly float* Offsets;
        public readonly float* Met;
        public readonly float* Dots;
        public readonly float* Cells;
        public readonly float* Gradient;

        public Work(float* scratch)
        {
            Along = scratch + (3 * RowNumbers);
            Offsets = Along + RowNumbers;
            Met = Offsets + RowNumbers;
            Dots = Met + (MetNumbers * ClassBlock.Samples);
            Cells = Dots + (16 * (ClassTiles.MostSubCenters + 1));
            Gradient = Cells + (ClassBlock.Samples * RowNumbers);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Differentiate<F, I, M>(
        ClassLogitsLaunch launch, in ClassBuffers at, TileCode tile, float* memory, float* scratch, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ClassLogitsShape shape = launch.Shape;
        var work = new Work(scratch);
        int pitch = (Padded(launch) + ClassTiles.Ragged) * ClassBlock.Spread;
        int width = shape.Width;
        float* part = at.Parts + ((nint)slice * pitch * ClassTiles.Width(width));
        (int first, int end) = TilesOf(launch, in at, slice);
        for (int t = first; t < end; t++)
        {
            Tile classes = Open<F, I, M>(launch, in at, tile, t, scratch);
            new Span<float>(work.Along, 2 * RowNumbers).Clear();
            if (classes.Chosen != null && at.OfRows != null && launch.Update is null)
            {
                ClearOthers(launch, in classes, in at);
            }

            if (launch.Samples == 0 && at.OfRows != null)
            {
                // No block of samples finishes the rows.
                new Span<float>(work.Gradient, classes.Block.Pitch * ClassTiles.Width(width)).Clear();
                for (int k = 0; k < width && launch.Update is null; k += classes.Block.Panel)
                {
                    Finish<F, I, M>(launch, in classes, in at, in work, work.Gradient + ((nint)k * classes.Block.Pitch), k);
                }
            }

            for (int block = 0; block < launch.Samples; block += ClassBlock.Samples)
            {
                int count = Math.Min(ClassBlock.Samples, launch.Samples - block);
                LinesAhead ahead = StatesOf(launch, in classes, memory, block == 0);
                classes.Block.Multiply(at.Packed + ((nint)block * width), count, work.Cells, ref ahead);
                int met = Meet(launch, in classes, in at, in work, block, count);
                if (classes.SubCenters == 1)
                {
                    Gradients<F, I, M>(in classes, in at, in work, block, Slicing.RoundUp(count, F.Lanes), shape.HasBias);
                }
                else
                {
                    NearestGradients<F, I, M>(in classes, in at, in work, block, Slicing.RoundUp(count, F.Lanes));
                }

                Replace(launch, in classes, in work, met);
                if (at.OfEmbeddings != null)
                {
                    classes.Block.WeighRows(
                        work.Cells, count, part + ((nint)block * ClassBlock.Spread * classes.Block.Panel), pitch, t > first,
                        ref ahead);
                }

                if (at.OfRows != null)
                {
                    bool isLast = block + ClassBlock.Samples >= launch.Samples;
                    ahead = RowsAfter(launch, in classes, isLast && t + 1 < end);
                    if (isLast)
                    {
                        OwnParts(in classes, in work);
                    }

                    bool isKept = launch.Samples > ClassBlock.Samples || launch.Update is not null;
                    for (int k = 0; k < width; k += classes.Block.Panel)
                    {
                        float* sums = work.Gradient + (isKept ? (nint)k * classes.Block.Pitch : 0);
                        classes.Block.WeighSamples(
                            work.Cells, count, at.Embeddings + ((nint)block * launch.Row) + k, launch.Row, sums, block > 0,
                            ref ahead);
                        if (isLast && launch.Update is null)
                        {
                            Finish<F, I, M>(launch, in classes, in at, in work, sums, k);
                        }
                    }
                }
            }

            launch.Update?.Run(
                memory, launch.RowsAt, classes.Rows, classes.Block.Count, width, work.Along, work.Gradient, classes.Block.Panel,
                classes.Block.Pitch * classes.Block.Panel);

            if (at.OfBias != null)
            {
                new Span<float>(work.Offsets, classes.Count).CopyTo(new Span<float>(at.OfBias + classes.First, classes.Count));
            }
        }
    }

    /// <summary>Samples that meet their own class in a tile: which, the row, G of its cell, what the gradient of a row that keeps
    /// its length has of itself, the product, the gradient of the logit. Their cells are as good as empty from then on.</summary>
    /// <returns>How many.</returns>
    private static int Meet(
        ClassLogitsLaunch launch, in Tile classes, in ClassBuffers at, in Work work, int block, int count)
    {
        MarginNumbers margin = launch.Margin;
        int panel = classes.Block.Panel;
        float* to = work.Met;
        for (int s = 0; s < count; s++)
        {
            int i = block + s;
            int own = (int)classes.Find(at.Labels[i]);
            if ((uint)own >= (uint)classes.Count)
            {
                continue;
            }

            float* cell = work.Cells + ((nint)(s / panel) * panel * classes.Block.Pitch) + (s % panel);
            int row = own * classes.SubCenters;
            for (int k = row + 1; k < (own + 1) * classes.SubCenters; k++)
            {
                row = cell[(nint)k * panel] * classes.Inverses[k] > cell[(nint)row * panel] * classes.Inverses[row] ? k : row;
            }

            float u = cell[(nint)row * panel];
            float scale = at.Factors[i] * classes.Inverses[row];
            (float length, float rowLength) = (at.Lengths[i], classes.Lengths[row]);
            float z = (u * scale) + classes.BiasOf(in at, own);
            (float value, float slope, float cosine) = (0f, 1f, 0f);
            (float a, float b) = (margin.KeepsLength != 0 ? length : margin.Scale, margin.KeepsRows != 0 ? rowLength : 1f);
            if (margin.Form != (int)MarginForm.None)
            {
                cosine = u * Inverse(length) * Inverse(rowLength);
                (Floats1 f, Floats1 df) = margin.Of<Floats1, Ints1, Mask1>(new Floats1(cosine), at.Lambda);
                (value, slope) = (Floats1.First(f), Floats1.First(df));
                z = a * b * value;
            }

            float g = at.Weights[i] * (MathF.Exp(z - at.Shifts[i]) - 1f);
            float extra = margin.Form == (int)MarginForm.None ? 0f : g * (value - (slope * cosine));
            at.Own[i] = margin.KeepsLength != 0 ? extra * b * Inverse(length) : 0f;
            to[0] = s;
            to[1] = row;
            to[2] = g * scale * slope;
            to[3] = margin.KeepsRows != 0 ? extra * a * Inverse(rowLength) : 0f;
            to[4] = u;
            to[5] = g;

            // As if the class were far away: without its margin it may have an exponential beyond all others.
            for (int k = own * classes.SubCenters; k < (own + 1) * classes.SubCenters; k++)
            {
                cell[(nint)k * panel] = Hidden;
            }

            to += MetNumbers;
        }

        return (int)(to - work.Met) / MetNumbers;
    }

    /// <summary>Puts G of those samples into their cells.</summary>
    private static void Replace(ClassLogitsLaunch launch, in Tile classes, in Work work, int met)
    {
        int panel = classes.Block.Panel;
        for (float* from = work.Met; from < work.Met + (met * MetNumbers); from += MetNumbers)
        {
            (int s, int row) = ((int)from[0], (int)from[1]);
            float* cell = work.Cells + ((nint)(s / panel) * panel * classes.Block.Pitch) + ((nint)row * panel) + (s % panel);
            work.Along[row] += launch.Shape.NormalizesRows ? from[2] * from[4] : from[3];
            work.Offsets[row / classes.SubCenters] += from[5];
            *cell = from[2];
        }
    }

    /// <summary>Products become G. Beside it Σ G·u of each row, and the sum of its logits' gradients where there are offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradients<F, I, M>(
        in Tile classes, in ClassBuffers at, in Work work, int block, int count, bool hasBias)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int panel = classes.Block.Panel;
        int pitch = classes.Block.Pitch;
        for (int r = 0; r < classes.Count; r++)
        {
            F inverse = F.Splat(classes.Inverses[r]);
            F offset = F.Splat(classes.BiasOf(in at, r));
            F dot = F.Splat(0f);
            F sum = dot;
            for (int s = 0; s < count; s += F.Lanes)
            {
                int i = block + s;
                float* cell = work.Cells + ((nint)(s / panel) * panel * pitch) + (r * panel) + (s % panel);
                F u = F.Load(cell);
                F scale = F.Load(at.Factors + i) * inverse;
                F g = FadedStates<F, I, M>.Share(F.Fma(u, scale, offset) - F.Load(at.Shifts + i)) * F.Load(at.Weights + i);
                F scaled = g * scale;
                dot = F.Fma(scaled, u, dot);
                sum += g;
                F.Store(cell, scaled);
            }

            work.Along[r] += classes.NormalizesRows ? F.Sum(dot) : 0f;
            work.Offsets[r] += hasBias ? F.Sum(sum) : 0f;
        }
    }

    /// <summary>The same where classes have several rows: the nearest has the gradient, the first one of several that are equally
    /// near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void NearestGradients<F, I, M>(in Tile classes, in ClassBuffers at, in Work work, int block, int count)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int panel = classes.Block.Panel;
        int centers = classes.SubCenters;
        F zero = F.Splat(0f);
        for (int j = 0; j < classes.Count; j++)
        {
            float* inverses = classes.Inverses + (j * centers);
            new Span<float>(work.Dots, centers * F.Lanes).Clear();
            for (int s = 0; s < count; s += F.Lanes)
            {
                int i = block + s;
                float* cell = work.Cells + ((nint)(s / panel) * panel * classes.Block.Pitch) + (j * centers * panel) + (s % panel);
                F nearest = F.Load(cell) * F.Splat(inverses[0]);
                for (int k = 1; k < centers; k++)
                {
                    nearest = F.Max(nearest, F.Load(cell + (k * panel)) * F.Splat(inverses[k]));
                }

                F factor = F.Load(at.Factors + i);
                F g = FadedStates<F, I, M>.Share((nearest * factor) - F.Load(at.Shifts + i)) * F.Load(at.Weights + i) * factor;
                for (int k = 0; k < centers; k++)
                {
                    F u = F.Load(cell);
                    M isNearest = F.Equal(u * F.Splat(inverses[k]), nearest);
                    F scaled = F.Select(isNearest, g * F.Splat(inverses[k]), zero);
                    g = F.Select(isNearest, zero, g);
                    float* dot = work.Dots + (k * F.Lanes);
                    F.Store(dot, F.Fma(scaled, u, F.Load(dot)));
                    F.Store(cell, scaled);
                    cell += panel;
                }
            }

            for (int k = 0; k < centers; k++)
            {
                work.Along[(j * centers) + k] += F.Sum(F.Load(work.Dots + (k * F.Lanes)));
            }
        }
    }

    /// <summary>What the gradient of each row of a tile has of the row itself: where rows are normalised, the part along it is taken
    /// away.</summary>
    private static void OwnParts(in Tile classes, in Work work)
    {
        for (int r = 0; r < classes.Block.Count && classes.NormalizesRows; r++)
        {
            work.Along[r] *= -classes.Inverses[r] * classes.Inverses[r];
        }
    }

    /// <summary>A panel of the gradient of a tile's rows, with what each has of itself, to its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Finish<F, I, M>(
        ClassLogitsLaunch launch, in Tile classes, in ClassBuffers at, in Work work, float* sums, int feature)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int width = launch.Shape.Width;
        int panel = classes.Block.Panel;
        int columns = Math.Min(panel, width - feature);
        for (int r = 0; r < classes.Block.Count; r++)
        {
            F along = F.Splat(work.Along[r]);
            float* row = classes.Block.Rows + ((nint)r * width) + feature;
            float* to = at.OfRows + ((nint)classes.Rows[r] * width) + feature;
            for (int k = 0; k < columns; k += F.Lanes)
            {
                int there = columns - k;
                if (there >= F.Lanes)
                {
                    F.Store(to + k, F.Fma(F.Load(row + k), along, F.Load(sums + k)));
                }
                else
                {
                    F.Store(to + k, F.Fma(F.Load(row + k, there), along, F.Load(sums + k)), there);
                }
            }

            sums += panel;
        }
    }

    /// <summary>Classes that were not chosen have no gradient: those before each of the tile's, and those behind the last.</summary>
    private static void ClearOthers(ClassLogitsLaunch launch, in Tile classes, in ClassBuffers at)
    {
        int length = classes.SubCenters * launch.Shape.Width;
        for (int j = 0; j < classes.Count; j++)
        {
            int before = classes.First + j == 0 ? 0 : classes.Chosen[j - 1] + 1;
            Clear(before, classes.Chosen[j], at.OfRows);
        }

        if (classes.First + classes.Count == at.Chosen[0])
        {
            Clear(classes.Chosen[classes.Count - 1] + 1, launch.Shape.Classes, at.OfRows);
        }

        void Clear(int first, int end, float* rows)
        {
            for (int j = first; j < end; j++)
            {
                new Span<float>(rows + ((nint)j * length), length).Clear();
            }
        }
    }
}
