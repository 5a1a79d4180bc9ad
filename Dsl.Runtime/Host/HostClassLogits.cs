using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The ClassLogits skeleton on the host. First embeddings are transposed, so that lanes are samples; then a slice has some tiles of
/// classes: products with all samples by register tiles, exponentials lane by lane, and, backward, two more products of the same
/// cells. What slices have summed up is merged in their order. Labels matter in the cells of samples with their own classes alone.
/// </summary>
internal static unsafe partial class HostClassLogits
{
    /// <summary>Samples that a slice merges.</summary>
    private const int MergedSamples = 16;

    public static int Slices(ClassLogitsLaunch launch, int phase) => launch.Samples == 0 ? 0 : phase switch
    {
        // One more chooses classes.
        0 => Slicing.Ceiling(launch.Samples, ClassTiles.Block) + (launch.Chooses ? 1 : 0),
        1 => Math.Min(ClassTiles.Slices / ClassBlock.Spread, Tiles(launch, launch.Shape.LeastClasses)),
        _ => !launch.IsGradient ? 1
            : launch.GradientAt(ClassGradients.Embeddings) < 0 ? 0 : Slicing.Ceiling(launch.Samples, MergedSamples),
    };

    public static void Run<F, I, M>(
        ClassLogitsLaunch launch, TileCode tile, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var at = new ClassBuffers(launch, memory);
        switch (phase)
        {
            case 0 when slice == Slicing.Ceiling(launch.Samples, ClassTiles.Block):
                ClassSample.Choose(
                    new ReadOnlySpan<int>(at.Labels, launch.Samples), launch.Shape.Classes, launch.Shape.Chosen,
                    launch.Slots.Key0, launch.Slots.Key1, launch.Shape.Site,
                    new Span<uint>(scratch, Launch.ScratchFloats),
                    new Span<int>(at.Chosen, launch.Samples + launch.Shape.Chosen + 1));
                break;
            case 0:
                Transpose<F, I, M>(launch, in at, tile.Columns, slice);
                break;
            case 1 when launch.IsGradient:
                Differentiate<F, I, M>(launch, in at, tile, memory, scratch, slice);
                break;
            case 1:
                Sum<F, I, M>(launch, in at, tile, scratch, slice);
                break;
            case 2 when launch.IsGradient:
                MergeGradients<F, I, M>(launch, in at, tile.Columns, slice);
                break;
            default:
                MergeSums(launch, in at);
                break;
        }
    }

    /// <summary>Tiles of whole classes.</summary>
    private static int Tiles(ClassLogitsLaunch launch, int classes) =>
        Slicing.Ceiling(classes * launch.Shape.SubCenters, ClassTiles.RowsOf(launch.Shape.SubCenters));

    /// <summary>The classes that the step looks at.</summary>
    private static int Classes(ClassLogitsLaunch launch, in ClassBuffers at) =>
        launch.Shape.Chosen > 0 ? at.Chosen[0] : launch.Shape.Classes;

    private static int Padded(ClassLogitsLaunch launch) => Slicing.RoundUp(launch.Samples, ClassTiles.Block);

    /// <summary>The tiles of a slice.</summary>
    private static (int First, int End) TilesOf(ClassLogitsLaunch launch, in ClassBuffers at, int slice) =>
        Slicing.Range(Tiles(launch, Classes(launch, in at)), Slices(launch, 1), slice);

    /// <summary>A block of samples: transposed, with their numbers; those behind the last one are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose<F, I, M>(ClassLogitsLaunch launch, in ClassBuffers at, int panel, int block)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int width = launch.Shape.Width;
        int first = block * ClassTiles.Block;
        for (int i = first; i < first + ClassTiles.Block; i++)
        {
            bool isThere = i < launch.Samples;
            float* from = at.Embeddings + ((nint)i * launch.Row);
            float* to = at.Packed + ((nint)(i / panel) * panel * width) + (i % panel);
            for (int k = 0; k < width; k++)
            {
                *to = isThere ? from[k] : 0f;
                to += panel;
            }

            float length = isThere ? MathF.Sqrt(Squares<F, I, M>(from, width)) : 0f;
            if (isThere && length < MarginNumbers.Smallest && !launch.IsGradient)
            {
                launch.CountZeros();
            }

            at.Lengths[i] = length;
            at.Factors[i] = launch.Shape.Scale == 0 ? 1f : launch.Shape.Scale * Inverse(length);
            at.Own[i] = 0f;
            at.Weights[i] = isThere && launch.IsGradient ? at.Upstream[i] : 0f;
            at.Shifts[i] = isThere && launch.IsGradient ? at.LogSums[i] : 0f;
        }
    }

    /// <summary>The maxima and sums of a slice's classes for each sample, and the logits of their own classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<F, I, M>(
        ClassLogitsLaunch launch, in ClassBuffers at, TileCode tile, float* scratch, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int padded = Padded(launch);
        float* most = at.Parts + (2 * (nint)slice * padded);
        float* sums = most + padded;
        new Span<float>(most, padded).Fill(float.NegativeInfinity);
        new Span<float>(sums, padded).Clear();
        float* cells = scratch + (3 * RowNumbers);
        (int first, int end) = TilesOf(launch, in at, slice);
        for (int t = first; t < end; t++)
        {
            Tile classes = Open<F, I, M>(launch, in at, tile, t, scratch);
            LinesAhead ahead = RowsAfter(launch, in classes, t + 1 < end);
            for (int block = 0; block < launch.Samples; block += ClassBlock.Samples)
            {
                int count = Math.Min(ClassBlock.Samples, launch.Samples - block);
                classes.Block.Multiply(at.Packed + ((nint)block * launch.Shape.Width), count, cells, ref ahead);
                int panel = classes.Block.Panel;
                for (int p = 0; p < count; p += panel)
                {
                    float* column = cells + ((nint)p * classes.Block.Pitch);
                    Logits<F, I, M>(in classes, in at, column, block + p, panel);
                    Own(launch, in classes, in at, column, block + p, panel);
                    Accumulate<F, I, M>(column, classes.Count, panel, most + block + p, sums + block + p);
                }
            }
        }
    }

    /// <summary>Products become logits without a margin; where classes have several rows, the largest, class after class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Logits<F, I, M>(in Tile classes, in ClassBuffers at, float* column, int sample, int panel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int v = 0; v < panel; v += F.Lanes)
        {
            F factor = F.Load(at.Factors + sample + v);
            float* cell = column + v;
            for (int j = 0; j < classes.Count; j++)
            {
                float* row = column + v + ((nint)j * classes.SubCenters * panel);
                float* inverse = classes.Inverses + (j * classes.SubCenters);
                F z = F.Load(row) * F.Splat(*inverse);
                for (int k = 1; k < classes.SubCenters; k++)
                {
                    row += panel;
                    z = F.Max(z, F.Load(row) * F.Splat(inverse[k]));
                }

                F.Store(cell, F.Fma(z, factor, F.Splat(classes.BiasOf(in at, j))));
                cell += panel;
            }
        }
    }

    /// <summary>The margin, where a sample meets its own class.</summary>
    private static void Own(
        ClassLogitsLaunch launch, in Tile classes, in ClassBuffers at, float* column, int sample, int panel)
    {
        MarginNumbers margin = launch.Margin;
        int end = Math.Min(panel, launch.Samples - sample);
        for (int i = 0; i < end; i++)
        {
            int own = (int)classes.Find(at.Labels[sample + i]);
            if ((uint)own < (uint)classes.Count)
            {
                float* cell = column + ((nint)own * panel) + i;
                if (margin.Form != (int)MarginForm.None)
                {
                    float length = at.Lengths[sample + i];
                    float row = classes.Lengths[own * classes.SubCenters];
                    float c = *cell * (margin.KeepsLength != 0 ? Inverse(length) : 1f / margin.Scale)
                        * (margin.KeepsRows != 0 ? Inverse(row) : 1f);
                    (Floats1 value, _) = margin.Of<Floats1, Ints1, Mask1>(new Floats1(c), at.Lambda);
                    *cell = Floats1.First(value) * (margin.KeepsLength != 0 ? length : margin.Scale)
                        * (margin.KeepsRows != 0 ? row : 1f);
                }

                at.Own[sample + i] = *cell;
            }
        }
    }

    /// <summary>Running maxima and sums, a lane for each sample.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Accumulate<F, I, M>(float* column, int count, int panel, float* most, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int v = 0; v < panel; v += F.Lanes)
        {
            F before = F.Load(most + v);
            F top = before;
            float* cell = column + v;
            for (int j = 0; j < count; j++)
            {
                top = F.Max(top, F.Load(cell));
                cell += panel;
            }

            F sum = F.Load(sums + v) * F.Exp(before - top);
            cell = column + v;
            for (int j = 0; j < count; j++)
            {
                sum += F.Exp(F.Load(cell) - top);
                cell += panel;
            }

            F.Store(most + v, top);
            F.Store(sums + v, sum);
        }
    }

    /// <summary>1/x; 0 for what counts as zeros.</summary>
    internal static float Inverse(float x) => x < MarginNumbers.Smallest ? 0f : 1f / x;

    private static float Squares<F, I, M>(float* x, int width)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => DotProduct.Of<F, I, M>(x, x, width);
}
