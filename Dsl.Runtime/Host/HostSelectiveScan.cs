using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The SelectiveScan skeleton on the host. Lanes are channels. A vector of channels goes through the positions chunk by chunk;
/// inside a chunk a few states at a time stay in registers. A piece of work is the vector of channels of one sample.
/// </summary>
internal static unsafe partial class HostSelectiveScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private const int Chunk = SelectiveScanParts.Chunk;

    /// <summary>States in registers.</summary>
    private const int Few = 4;

    /// <summary>The exponent of a factor that forgets all: e to it is 0 in floats.</summary>
    private const float Forgets = -1e4f;

    private static int Lanes => F.Lanes;

    /// <summary>Floats of a vector of channels at the positions of a chunk.</summary>
    private static int Rows => Chunk * F.Lanes;

    public static int Slices(SelectiveScanLaunch launch, int phase) => Slicing.Count(
        Pieces(launch, phase),
        (long)launch.Batch * launch.Positions * launch.Shape.Channels * Slicing.Ceiling(launch.Shape.States, 2));

    public static void Run(SelectiveScanLaunch launch, float* memory, float* scratch, int phase, int slice)
    {
        int pieces = Pieces(launch, phase);
        (int first, int end) = Slicing.Range(pieces, Slices(launch, phase), slice);
        int groups = Groups(launch);
        for (int piece = first; piece < end; piece++)
        {
            if (!launch.IsGradient)
            {
                Forward(launch, memory, scratch, piece / groups, piece % groups * Lanes);
            }
            else if (phase == 0)
            {
                KeepStates(launch, memory, scratch, piece);
            }
            else if (phase == 1)
            {
                Back(launch, memory, scratch, piece);
            }
            else
            {
                Merge(launch, memory, piece);
            }
        }
    }

    private static int Groups(SelectiveScanLaunch launch) => Slicing.Ceiling(launch.Shape.Channels, Lanes);

    private static int Pieces(SelectiveScanLaunch launch, int phase) => phase switch
    {
        0 => launch.Batch * Groups(launch),
        1 => launch.Batch * Parts(launch),
        _ => Merges(launch),
    };

    /// <summary>y of some channels of one sample.</summary>
    private static void Forward(SelectiveScanLaunch launch, float* memory, float* scratch, int sample, int channel)
    {
        SelectiveScanShape shape = launch.Shape;
        int states = SelectiveScanParts.States(shape.States);
        int channels = Math.Min(Lanes, shape.Channels - channel);
        Slots slots = launch.Slots;
        float* kept = launch.HasState
            ? memory + launch.StateAt + ((((nint)sample * shape.Channels) + channel) * shape.States) : null;
        if (kept != null && launch.Positions == 1)
        {
            Step(launch, memory, scratch, kept, sample, channel, channels);
            return;
        }

        float* a = scratch;
        float* h = a + (states * Lanes);
        float* chunk = h + (states * Lanes);
        float* ys = chunk + Inputs(states);
        Gather(memory + slots.A2 + ((nint)channel * shape.States), shape.States, channels, a, states);
        if (kept == null)
        {
            new Span<float>(h, states * Lanes).Clear();
        }
        else
        {
            Gather(kept, shape.States, channels, h, states);
        }

        var operands = new Operands(launch, memory, 0);
        float* y = memory + slots.A5 + launch.Y.At(sample, 0) + channel;
        for (int first = 0; first < launch.Positions; first += Chunk)
        {
            int count = Math.Min(Chunk, launch.Positions - first);
            operands.Read(launch, chunk, sample, channel, first, count);
            new Span<float>(ys, Rows).Clear();
            for (int state = 0; state < states; state += Few)
            {
                Through(a + (state * Lanes), h + (state * Lanes), chunk, ys, states, state, count);
            }

            for (int i = 0; i < count; i++)
            {
                F.Store(y + ((nint)(first + i) * launch.Y.Position), F.Load(ys + (i * Lanes)), channels);
            }
        }

        if (kept != null)
        {
            Scatter(h, kept, shape.States, channels);
        }
    }

    /// <summary>Floats of what a chunk reads: Δ, Δ·u and u, exponents that forget, B and C.</summary>
    private static int Inputs(int states) => (3 * Rows) + Chunk + (2 * Chunk * states);

    /// <summary>Where the operands lie.</summary>
    private readonly struct Operands
    {
        private readonly float* _u;
        private readonly float* _delta;
        private readonly float* _b;
        private readonly float* _c;
        private readonly float* _goesOn;

        /// <summary>The slot of u is <paramref name="first"/>.</summary>
        public Operands(SelectiveScanLaunch launch, float* memory, int first)
        {
            Slots slots = launch.Slots;
            _u = memory + slots.Offset(first);
            _delta = memory + slots.Offset(first + 1);
            _b = memory + slots.Offset(first + 3);
            _c = memory + slots.Offset(first + 4);
            _goesOn = launch.Shape.Resets ? memory + slots.A6 : null;
        }

        /// <summary>A chunk of positions of some channels: Δ, Δ·u and u with zeros beyond the channels; exponents; B and C with zeros
        /// beyond the states.</summary>
        public void Read(SelectiveScanLaunch launch, float* to, int sample, int channel, int first, int count)
        {
            int own = launch.Shape.States;
            int states = SelectiveScanParts.States(own);
            int channels = Math.Min(Lanes, launch.Shape.Channels - channel);
            float* forgets = to + (3 * Rows);
            float* bs = forgets + Chunk;
            float* cs = bs + (Chunk * states);
            for (int i = 0; i < count; i++)
            {
                float* uAt = _u + launch.U.At(sample, 0) + ((nint)(first + i) * launch.U.Position) + channel;
                float* deltaAt = _delta + launch.Delta.At(sample, 0) + ((nint)(first + i) * launch.Delta.Position) + channel;
                F u = channels == Lanes ? F.Load(uAt) : F.Load(uAt, channels);
                F delta = channels == Lanes ? F.Load(deltaAt) : F.Load(deltaAt, channels);
                F.Store(to + (i * Lanes), delta);
                F.Store(to + Rows + (i * Lanes), delta * u);
                F.Store(to + (2 * Rows) + (i * Lanes), u);
                forgets[i] = _goesOn != null && _goesOn[((nint)sample * launch.Positions) + first + i] == 0f ? Forgets : 0f;
                Copy(_b + launch.B.At(sample, 0) + ((nint)(first + i) * launch.B.Position), bs + (i * states), own, states);
                Copy(_c + launch.C.At(sample, 0) + ((nint)(first + i) * launch.C.Position), cs + (i * states), own, states);
            }
        }

        private static void Copy(float* from, float* to, int own, int all)
        {
            new ReadOnlySpan<float>(from, own).CopyTo(new Span<float>(to, own));
            new Span<float>(to + own, all - own).Clear();
        }
    }

    /// <summary>Four states through a chunk: what they give is added to y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Through(float* a, float* h, float* chunk, float* y, int states, int state, int count)
    {
        F a0 = F.Load(a);
        F a1 = F.Load(a + Lanes);
        F a2 = F.Load(a + (2 * Lanes));
        F a3 = F.Load(a + (3 * Lanes));
        F h0 = F.Load(h);
        F h1 = F.Load(h + Lanes);
        F h2 = F.Load(h + (2 * Lanes));
        F h3 = F.Load(h + (3 * Lanes));
        float* input = chunk + Rows;
        float* forgets = chunk + (3 * Rows);
        float* b = forgets + Chunk + state;
        float* c = b + (Chunk * states);
        for (int i = 0; i < count; i++)
        {
            F delta = F.Load(chunk);
            F x = F.Load(input);
            F stays = F.Splat(forgets[i]);
            h0 = F.Fma(F.Exp(F.Fma(delta, a0, stays)), h0, x * F.Splat(b[0]));
            h1 = F.Fma(F.Exp(F.Fma(delta, a1, stays)), h1, x * F.Splat(b[1]));
            h2 = F.Fma(F.Exp(F.Fma(delta, a2, stays)), h2, x * F.Splat(b[2]));
            h3 = F.Fma(F.Exp(F.Fma(delta, a3, stays)), h3, x * F.Splat(b[3]));
            F first = F.Fma(c + 1, h1, F.Fma(c, h0, F.Load(y)));
            F second = F.Fma(c + 3, h3, h2 * F.Splat(c[2]));
            F.Store(y, first + second);
            chunk += Lanes;
            input += Lanes;
            y += Lanes;
            b += states;
            c += states;
        }

        F.Store(h, h0);
        F.Store(h + Lanes, h1);
        F.Store(h + (2 * Lanes), h2);
        F.Store(h + (3 * Lanes), h3);
    }

    /// <summary>Rows [channel][state] into a vector of channels for each state, zeros beyond both.</summary>
    private static void Gather(float* from, int own, int channels, float* to, int states)
    {
        new Span<float>(to, states * Lanes).Clear();
        for (int lane = 0; lane < channels; lane++)
        {
            for (int state = 0; state < own; state++)
            {
                to[(state * Lanes) + lane] = from[((nint)lane * own) + state];
            }
        }
    }

    /// <summary>The way back.</summary>
    private static void Scatter(float* from, float* to, int own, int channels)
    {
        for (int lane = 0; lane < channels; lane++)
        {
            for (int state = 0; state < own; state++)
            {
                to[((nint)lane * own) + state] = from[(state * Lanes) + lane];
            }
        }
    }
}
