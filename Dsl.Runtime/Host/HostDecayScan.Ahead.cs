using System;
using Dsl.Kernels;

namespace Dsl.Host;

/// <content>What a chunk of positions asks for while its states go through it: see <see cref="Prefetch"/>.</content>
internal static unsafe partial class HostDecayScan<F, I, M>
{
    /// <summary>What the chunk that comes next reads: lines of queries, keys, values and logarithms.</summary>
    private readonly struct ChunkAhead
    {
        private int Keys { get; init; }

        private int Columns { get; init; }

        private int Logs { get; init; }

        private LineAhead Q { get; init; }

        private LineAhead K { get; init; }

        private LineAhead V { get; init; }

        private LineAhead D { get; init; }

        /// <summary>What a chunk reads that begins at a position and goes on by <paramref name="step"/>.</summary>
        public static ChunkAhead Of(
            DecayScanLaunch launch, float* q, float* k, float* v, float* d, nint position, int step, int from, int to)
        {
            DecayAxis decay = launch.Shape.Decay;
            return new()
            {
                Keys = launch.Shape.Keys,
                Columns = to - from,
                Logs = decay == DecayAxis.Key ? launch.Shape.Keys : decay == DecayAxis.Value ? to - from : 1,
                Q = new(q + (position * launch.Q.Position), step * (nint)launch.Q.Position),
                K = new(k + (position * launch.K.Position), step * (nint)launch.K.Position),
                V = new(v + (position * launch.V.Position) + from, step * (nint)launch.V.Position),
                D = new(
                    d + (position * launch.D.Position) + (decay == DecayAxis.Value ? from : 0), step * (nint)launch.D.Position),
            };
        }

        /// <summary>One of the lines of all of them; none where there are fewer.</summary>
        public LineAhead Line(int line)
        {
            foreach ((LineAhead rows, int width) in (ReadOnlySpan<(LineAhead, int)>)[(Q, Keys), (K, Keys), (V, Columns), (D, Logs)])
            {
                int lines = Slicing.Ceiling(width, TileWalk.LineFloats);
                if (line < lines)
                {
                    return rows.Line(line);
                }

                line -= lines;
            }

            return default;
        }
    }
}
