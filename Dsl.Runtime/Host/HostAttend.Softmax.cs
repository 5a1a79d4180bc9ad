using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>Softmax over a block of scores, whose rows have a running shift and sum.</content>
internal static unsafe partial class HostAttend
{
    /// <summary>Scores become exponentials. When one exceeds its row's shift by far, the shift becomes the row's maximum,
    /// and the result so far is scaled to it; null: there is none yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Softmax<F, I, M>(
        in AttendExtents e, in AttendBuffers at, Block block, AttendBlocks blocks, float* scores, float* shifts, float* sums,
        float* result)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F scale = F.Splat(e.Scale);
        F hidden = F.Splat(float.NegativeInfinity);
        float* bias = at.BiasOf(in e, block.Head);
        int* segments = at.SegmentsOf(in e, block.Batch);
        int panel = blocks.Panel;
        int step = blocks.Rows;
        for (int r = 0; r < block.Rows; r++)
        {
            float* row = scores + (r * panel);
            var seen = new AttendRow(in e, block.Start + r, block.Keys, bias, segments);
            bool whole = seen.IsWhole;

            // Products that need no more than the scale get it with their exponential.
            bool isPlain = whole && bias == null && e.Scale > 0f;
            F top = isPlain ? LargestProduct<F, I, M>(row, panel, step) * scale : hidden;
            for (int p = 0; p < AttendBlocks.Keys && !isPlain; p += panel)
            {
                float* cell = row + (p * step);
                for (int c = p; c < p + panel; c += F.Lanes)
                {
                    F s = hidden;
                    if (whole)
                    {
                        s = seen.Score<F, I, M>(cell, c, scale);
                    }
                    else if (seen.Meets(c, F.Lanes))
                    {
                        s = F.Select(seen.Visible<F, I, M>(c), seen.Score<F, I, M>(cell, c, scale), hidden);
                    }

                    F.Store(cell, s);
                    top = F.Max(top, s);
                    cell += F.Lanes;
                }
            }

            F sum = F.Load(sums + (r * F.Lanes));
            if (M.Any(F.Less(F.Splat(shifts[r] + Slack), top)))
            {
                float now = Largest<F, I, M>(top);
                float share = MathF.Exp(shifts[r] - now);
                shifts[r] = now;
                sum *= F.Splat(share);
                if (result != null)
                {
                    Scale<F, I, M>(result + (r * panel), e.ValueWidth, panel, step * panel, share);
                }
            }

            F.Store(sums + (r * F.Lanes), sum);
            float shift = float.IsNegativeInfinity(shifts[r]) ? 0f : shifts[r];
            Exponentials<F, I, M>(row, panel, step, isPlain ? e.Scale : 1f, shift, sums + (r * F.Lanes));
        }
    }

    /// <summary>A row's scores become their exponentials, which are added to its sums. Its own method, or what it keeps would not
    /// stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Exponentials<F, I, M>(float* row, int panel, int step, float scale, float shift, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F times = F.Splat(scale);
        F less = F.Splat(-shift);
        F sum = F.Load(sums);
        for (int p = 0; p < AttendBlocks.Keys; p += panel)
        {
            float* cell = row + (p * step);
            for (int c = 0; c < panel; c += F.Lanes)
            {
                F w = F.Exp(F.Fma(F.Load(cell + c), times, less));
                F.Store(cell + c, w);
                sum += w;
            }
        }

        F.Store(sums, sum);
    }

    /// <summary>The largest of a row's products, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F LargestProduct<F, I, M>(float* row, int panel, int step)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F top = F.Load(row);
        for (int p = 0; p < AttendBlocks.Keys; p += panel)
        {
            for (int c = 0; c < panel; c += F.Lanes)
            {
                top = F.Max(top, F.Load(row + (p * step) + c));
            }
        }

        return top;
    }
}
