using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>What slices have summed up, merged in their order.</content>
internal static unsafe partial class HostClassLogits
{
    /// <summary>Losses, and logarithms of sums over all classes.</summary>
    private static void MergeSums(ClassLogitsLaunch launch, in ClassBuffers at)
    {
        int padded = Padded(launch);
        int slices = Slices(launch, 1);
        for (int i = 0; i < launch.Samples; i++)
        {
            float top = float.NegativeInfinity;
            for (int s = 0; s < slices; s++)
            {
                top = MathF.Max(top, at.Parts[(2 * (nint)s * padded) + i]);
            }

            float sum = 0f;
            for (int s = 0; s < slices; s++)
            {
                float* part = at.Parts + (2 * (nint)s * padded) + i;
                sum += part[padded] * MathF.Exp(part[0] - top);
            }

            float log = top + MathF.Log(sum);
            if (at.Losses != null)
            {
                at.Losses[i] = log - at.Own[i];
            }

            if (at.LogSums != null)
            {
                at.LogSums[i] = log;
            }
        }
    }

    /// <summary>The gradients of some embeddings: the sums of all slices in their order, with what each has of itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MergeGradients<F, I, M>(ClassLogitsLaunch launch, in ClassBuffers at, int panel, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int width = launch.Shape.Width;
        nint pitch = (nint)(Padded(launch) + ClassTiles.Ragged) * ClassBlock.Spread;
        nint step = pitch * ClassTiles.Width(width);
        int slices = Slices(launch, 1);
        int end = Math.Min(launch.Samples, (slice + 1) * MergedSamples);
        for (int i = slice * MergedSamples; i < end; i++)
        {
            float* x = at.Embeddings + ((nint)i * launch.Row);
            float* to = at.OfEmbeddings + ((nint)i * launch.OfRow);
            for (int k = 0; k < width; k += F.Lanes)
            {
                float* from = at.Parts + ((((k / panel) * pitch) + ClassBlock.RowOf(i, panel)) * panel) + (k % panel);
                F sum = F.Load(from);
                for (int s = 1; s < slices; s++)
                {
                    from += step;
                    sum += F.Load(from);
                }

                Put(to + k, sum, width - k);
            }

            float inverse = Inverse(at.Lengths[i]);
            float own = launch.Shape.Scale == 0 ? at.Own[i] : -DotProduct.Of<F, I, M>(to, x, width) * inverse * inverse;
            if (own != 0f)
            {
                for (int k = 0; k < width; k += F.Lanes)
                {
                    int there = Math.Min(F.Lanes, width - k);
                    Put(to + k, F.Fma(F.Load(x + k, there), F.Splat(own), F.Load(to + k, there)), there);
                }
            }
        }

        static void Put(float* to, F value, int there)
        {
            if (there >= F.Lanes)
            {
                F.Store(to, value);
            }
            else
            {
                F.Store(to, value, there);
            }
        }
    }
}
