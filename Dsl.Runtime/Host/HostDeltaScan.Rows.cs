using Dsl.Kernels;

namespace Dsl.Host;

/// <content>The rows of a position.</content>
internal static unsafe partial class HostDeltaScan<F, I, M>
{
    /// <summary>Where the rows of a position lie, and how far it is to those of the next one: q, k, what is read and what is
    /// written.</summary>
    private readonly struct Rows(
        float* q, nint qStep, float* k, nint kStep, float* from, nint fromStep, float* to, nint toStep)
    {
        public float* Q { get; } = q;

        public nint QStep { get; } = qStep;

        public float* K { get; } = k;

        public nint KStep { get; } = kStep;

        public float* From { get; } = from;

        public nint FromStep { get; } = fromStep;

        public float* To { get; } = to;

        public nint ToStep { get; } = toStep;

        /// <summary>Asks for the rows of a later position.</summary>
        public void AskFor(nint position, int keys, int rows)
        {
            for (int key = 0; key < keys; key += TileWalk.LineFloats)
            {
                Prefetch.FarLine(Q + (position * QStep) + key);
                Prefetch.FarLine(K + (position * KStep) + key);
            }

            for (int row = 0; row < rows; row += TileWalk.LineFloats)
            {
                Prefetch.FarLine(From + (position * FromStep) + row);
                Prefetch.FarLine(To + (position * ToStep) + row);
            }
        }
    }
}
