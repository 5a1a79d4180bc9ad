using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The LinearScan skeleton on the host. Lanes are channels; a piece of work is a block of channels of one sample, row after
/// row. It is as fast as memory is.</summary>
internal static unsafe class HostLinearScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>Channels of a block, at most: two cache lines of a row.</summary>
    private const int MostChannels = 32;

    /// <summary>Positions of a chunk, between which states that have faded become 0.</summary>
    private const int MostPositions = 64;

    /// <summary>How many positions ahead rows are asked for.</summary>
    private const int PrefetchedPositions = 32;

    public static int Slices(LinearScanLaunch launch) => Slicing.Count(
        launch.Batch * Blocks(launch), (long)launch.Batch * launch.Positions * launch.Width);

    public static void Run(LinearScanLaunch launch, float* memory, int slice)
    {
        float* states = stackalloc float[2 * MostChannels];
        int blocks = Blocks(launch);
        (int first, int end) = Slicing.Range(launch.Batch * blocks, Slices(launch), slice);
        for (int piece = first; piece < end; piece++)
        {
            (int sample, int block) = Math.DivRem(piece, blocks);
            Block(launch, memory, states, sample, block * MostChannels);
        }
    }

    private static int Blocks(LinearScanLaunch launch) => Slicing.Ceiling(launch.Shape.Channels, MostChannels);

    /// <summary>A block of channels of one sample.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="states">Room for the states: real parts, and <see cref="MostChannels"/> behind them imaginary ones.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="channel">The first channel.</param>
    private static void Block(LinearScanLaunch launch, float* memory, float* states, int sample, int channel)
    {
        LinearScanShape shape = launch.Shape;
        int channels = Math.Min(MostChannels, shape.Channels - channel);
        float* kept = launch.StateAt < 0 ? null : memory + launch.StateAt + ((nint)sample * launch.Width) + channel;
        new Span<float>(states, 2 * MostChannels).Clear();
        for (int i = 0; i < channels && kept != null; i++)
        {
            states[i] = kept[i];
            states[MostChannels + i] = shape.Complex ? kept[shape.Channels + i] : 0f;
        }

        for (int done = 0; done < launch.Positions; done += MostPositions)
        {
            (int first, int step) = shape.Adjoint ? (launch.Positions - 1 - done, -1) : (done, 1);
            var rows = new Rows
            {
                A = memory + launch.Slots.A0 + launch.A.At(sample, 0) + channel + ((nint)first * launch.A.Position),
                X = memory + launch.Slots.A1 + launch.X.At(sample, 0) + channel + ((nint)first * launch.X.Position),
                Y = memory + launch.Slots.A2 + launch.Y.At(sample, 0) + channel + ((nint)first * launch.Y.Position),
                AStep = step * (nint)launch.A.Position,
                XStep = step * (nint)launch.X.Position,
                YStep = step * (nint)launch.Y.Position,
                Imaginary = shape.Channels,
                Positions = Math.Min(MostPositions, launch.Positions - done),
                Channels = channels,
            };
            FadedStates<F, I, M>.Clear(states, 2 * MostChannels);
            switch (shape)
            {
                case { Complex: true, Adjoint: true }:
                    ComplexAdjoint(rows, states);
                    break;
                case { Complex: true }:
                    Complex(rows, states);
                    break;
                case { Adjoint: true }:
                    RealAdjoint(rows, states);
                    break;
                default:
                    Real(rows, states);
                    break;
            }
        }

        for (int i = 0; i < channels && kept != null; i++)
        {
            kept[i] = states[i];
            if (shape.Complex)
            {
                kept[shape.Channels + i] = states[MostChannels + i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Real(Rows rows, float* states)
    {
        for (int i = 0; i < rows.Positions; i++)
        {
            for (int c = 0; c < rows.Channels; c += F.Lanes)
            {
                F h = F.Fma(rows.Load(rows.A, c), F.Load(states + c), rows.Load(rows.X, c));
                rows.Store(rows.Y, c, h);
                F.Store(states + c, h);
                rows.Ask(c);
            }

            rows.Next();
        }
    }

    /// <summary>What comes to the position before goes by this one's factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void RealAdjoint(Rows rows, float* states)
    {
        for (int i = 0; i < rows.Positions; i++)
        {
            for (int c = 0; c < rows.Channels; c += F.Lanes)
            {
                F h = F.Load(states + c) + rows.Load(rows.X, c);
                rows.Store(rows.Y, c, h);
                F.Store(states + c, rows.Load(rows.A, c) * h);
                rows.Ask(c);
            }

            rows.Next();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Complex(Rows rows, float* states)
    {
        for (int i = 0; i < rows.Positions; i++)
        {
            for (int c = 0; c < rows.Channels; c += F.Lanes)
            {
                F re = F.Load(states + c);
                F im = F.Load(states + MostChannels + c);
                F aRe = rows.Load(rows.A, c);
                F aIm = rows.Load(rows.A + rows.Imaginary, c);
                F nowRe = F.Fma(aRe, re, F.Fma(-aIm, im, rows.Load(rows.X, c)));
                F nowIm = F.Fma(aRe, im, F.Fma(aIm, re, rows.Load(rows.X + rows.Imaginary, c)));
                rows.Store(rows.Y, c, nowRe);
                rows.Store(rows.Y + rows.Imaginary, c, nowIm);
                F.Store(states + c, nowRe);
                F.Store(states + MostChannels + c, nowIm);
                rows.Ask(c);
                rows.Ask(rows.Imaginary + c);
            }

            rows.Next();
        }
    }

    /// <summary>As <see cref="RealAdjoint"/>, by conjugates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ComplexAdjoint(Rows rows, float* states)
    {
        for (int i = 0; i < rows.Positions; i++)
        {
            for (int c = 0; c < rows.Channels; c += F.Lanes)
            {
                F re = F.Load(states + c) + rows.Load(rows.X, c);
                F im = F.Load(states + MostChannels + c) + rows.Load(rows.X + rows.Imaginary, c);
                F aRe = rows.Load(rows.A, c);
                F aIm = rows.Load(rows.A + rows.Imaginary, c);
                rows.Store(rows.Y, c, re);
                rows.Store(rows.Y + rows.Imaginary, c, im);
                F.Store(states + c, F.Fma(aRe, re, aIm * im));
                F.Store(states + MostChannels + c, F.Fma(aRe, im, -(aIm * re)));
                rows.Ask(c);
                rows.Ask(rows.Imaginary + c);
            }

            rows.Next();
        }
    }

    /// <summary>The rows of a chunk, in the order in which they are walked.</summary>
    private struct Rows
    {
        public float* A;
        public float* X;
        public float* Y;
        public nint AStep;
        public nint XStep;
        public nint YStep;

        /// <summary>Elements from real parts to imaginary ones.</summary>
        public int Imaginary;
        public int Positions;
        public int Channels;

        public void Next()
        {
            A += AStep;
            X += XStep;
            Y += YStep;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly F Load(float* row, int channel) => Channels - channel >= F.Lanes ? F.Load(row + channel)
            : F.Load(row + channel, Channels - channel);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* row, int channel, F x)
        {
            if (Channels - channel >= F.Lanes)
            {
                F.Store(row + channel, x);
            }
            else
            {
                F.Store(row + channel, x, Channels - channel);
            }
        }

        /// <summary>Asks for an element of rows to come.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Ask(int element)
        {
            Prefetch.FarLine(A + (PrefetchedPositions * AStep) + element);
            Prefetch.FarLine(X + (PrefetchedPositions * XStep) + element);
            Prefetch.FarLine(Y + (PrefetchedPositions * YStep) + element);
        }
    }
}
