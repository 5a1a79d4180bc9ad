using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>A block of scores, row by row.</content>
internal static unsafe partial class HostAttendGradient
{
    /// <summary>Scores become weights; gradients of weights become those of scores.</summary>
    private static void Scores<F, I, M>(
        AttendGradientLaunch launch, in AttendBuffers at, float* dots, Block block, AttendBlocks blocks, float* weights,
        float* gradients, float* bias)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        AttendExtents e = at.Own(launch.Extents, block.Batch);
        switch (launch.Shape.Score)
        {
            case AttentionScore.Softmax:
                Softmax<F, I, M>(in e, in at, dots, block, blocks, weights, gradients, bias);
                break;
            case AttentionScore.ReluSquared:
                Weights<F, I, M, ReluSquaredScore>(in e, in at, block, blocks, weights, gradients, bias);
                break;
            case AttentionScore.Laplace:
                Weights<F, I, M, LaplaceScore>(in e, in at, block, blocks, weights, gradients, bias);
                break;
            default:
                Weights<F, I, M, IdentityScore>(in e, in at, block, blocks, weights, gradients, bias);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Softmax<F, I, M>(
        in AttendExtents e, in AttendBuffers at, float* dots, Block block, AttendBlocks blocks, float* weights,
        float* gradients, float* biasGradient)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F scale = F.Splat(e.Scale);
        F none = F.Splat(0f);
        float* bias = at.BiasOf(in e, block.Head);
        int* segments = at.SegmentsOf(in e, block.Batch);
        int panel = blocks.Panel;
        for (int r = 0; r < block.Rows; r++)
        {
            int query = block.Start + r;
            nint statistic = ((((nint)block.Batch * e.Queries) + query) * e.Heads) + block.Head;
            F logSum = F.Splat(at.LogSums[statistic]);
            F dot = F.Splat(dots[statistic]);
            float* gradient = gradients + (r * panel);
            var seen = new AttendRow(in e, query, block.Keys, bias, segments);
            bool whole = seen.IsWhole;
            for (int p = 0; p < AttendBlocks.Keys; p += panel)
            {
                float* weight = weights + (r * panel) + (p * blocks.Rows);
                float* cell = gradient + (p * blocks.Rows);
                for (int c = p; c < p + panel; c += F.Lanes)
                {
                    F w = none;
                    F g = none;
                    if (whole || seen.Meets(c, F.Lanes))
                    {
                        w = F.Exp(seen.Score<F, I, M>(weight, c, scale) - logSum);
                        g = w * (F.Load(cell) - dot) * scale;
                    }

                    if (!whole)
                    {
                        M visible = seen.Visible<F, I, M>(c);
                        w = F.Select(visible, w, none);
                        g = F.Select(visible, g, none);
                    }

                    F.Store(weight, w);
                    F.Store(cell, g);
                    weight += F.Lanes;
                    cell += F.Lanes;
                }
            }

            if (biasGradient != null)
            {
                AddBias(in e, in seen, block, blocks, query, gradient, biasGradient);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Weights<F, I, M, TScore>(
        in AttendExtents e, in AttendBuffers at, Block block, AttendBlocks blocks, float* weights, float* gradients,
        float* biasGradient)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TScore : struct, IAttentionScore
    {
        F scale = F.Splat(e.Scale);
        F none = F.Splat(0f);
        float* bias = at.BiasOf(in e, block.Head);
        int* segments = at.SegmentsOf(in e, block.Batch);
        int panel = blocks.Panel;
        for (int r = 0; r < block.Rows; r++)
        {
            int query = block.Start + r;
            float* gradient = gradients + (r * panel);
            var seen = new AttendRow(in e, query, block.Keys, bias, segments);
            bool whole = seen.IsWhole;
            for (int p = 0; p < AttendBlocks.Keys; p += panel)
            {
                float* weight = weights + (r * panel) + (p * blocks.Rows);
                float* cell = gradient + (p * blocks.Rows);
                for (int c = p; c < p + panel; c += F.Lanes)
                {
                    F w = none;
                    F g = none;
                    if (whole || seen.Meets(c, F.Lanes))
                    {
                        F score = seen.Score<F, I, M>(weight, c, scale);
                        w = TScore.Weight<F, I, M>(score);
                        g = TScore.Slope<F, I, M>(score) * F.Load(cell) * scale;
                    }

                    if (!whole)
                    {
                        M visible = seen.Visible<F, I, M>(c);
                        w = F.Select(visible, w, none);
                        g = F.Select(visible, g, none);
                    }

                    F.Store(weight, w);
                    F.Store(cell, g);
                    weight += F.Lanes;
                    cell += F.Lanes;
                }
            }

            if (biasGradient != null)
            {
                AddBias(in e, in seen, block, blocks, query, gradient, biasGradient);
            }
        }
    }

    private static void AddBias(
        in AttendExtents e, in AttendRow seen, Block block, AttendBlocks blocks, int query, float* gradient,
        float* biasGradient) =>
        seen.AddBias(biasGradient + e.BiasAt(query) + (block.Keys * AttendBlocks.Keys), gradient, blocks, 1f / e.Scale);
}
