using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>
/// The gradient. First each vector of channels keeps its states before each chunk. Then each part of the channels of a sample goes
/// through the chunks from the end: inside a chunk states and factors are computed again and stay in scratch, a few states at a
/// time, and the sums over channels for B and C gather in vectors that are summed up once for all channels of the part. Last, parts
/// and samples are added up in order.
/// </content>
internal static unsafe partial class HostSelectiveScan<F, I, M>
{
    /// <summary>States of which factors, states and what goes back stay in registers.</summary>
    private const int FewBack = 2;

    private static int Parts(SelectiveScanLaunch launch) => SelectiveScanParts.Of(launch.Batch, Groups(launch));

    /// <summary>Blocks of positions of all samples; one more for A.</summary>
    private static int Merges(SelectiveScanLaunch launch) => (launch.Batch * launch.Chunks) + 1;

    /// <summary>Floats of the states of a vector of channels.</summary>
    private static int Own(SelectiveScanLaunch launch) => SelectiveScanParts.States(launch.Shape.States) * Lanes;

    /// <summary>The states before a chunk: [sample][group][chunk].</summary>
    private static float* Kept(SelectiveScanLaunch launch, float* memory, int sample, int group) => memory + launch.ScratchAt
        + ((((nint)sample * Groups(launch)) + group) * launch.Chunks * Own(launch));

    /// <summary>What goes back, and then the sums for A: [sample][group].</summary>
    private static float* Backs(SelectiveScanLaunch launch, float* memory, int sample, int group) =>
        Kept(launch, memory, launch.Batch, 0) + ((((nint)sample * Groups(launch)) + group) * 2 * Own(launch));

    /// <summary>The sums for B and C: [part][sample][position], those for B before those for C.</summary>
    private static float* Sums(SelectiveScanLaunch launch, float* memory, int part, int sample) =>
        Backs(launch, memory, launch.Batch, 0)
        + ((((nint)part * launch.Batch) + sample) * launch.Positions * 2 * SelectiveScanParts.States(launch.Shape.States));

    /// <summary>The states of some channels of one sample before each chunk.</summary>
    private static void KeepStates(SelectiveScanLaunch launch, float* memory, float* scratch, int piece)
    {
        SelectiveScanShape shape = launch.Shape;
        (int sample, int group) = Math.DivRem(piece, Groups(launch));
        int channel = group * Lanes;
        int states = SelectiveScanParts.States(shape.States);
        float* a = scratch;
        float* h = a + Own(launch);
        float* chunk = h + Own(launch);
        float* unused = chunk + Inputs(states);
        Gather(
            memory + launch.Slots.A3 + ((nint)channel * shape.States), shape.States, Math.Min(Lanes, shape.Channels - channel),
            a, states);
        new Span<float>(h, Own(launch)).Clear();
        new Span<float>(unused, Rows).Clear();
        var operands = new Operands(launch, memory, 1);
        float* kept = Kept(launch, memory, sample, group);
        for (int first = 0; first < launch.Positions; first += Chunk)
        {
            new Span<float>(h, Own(launch)).CopyTo(new Span<float>(kept, Own(launch)));
            kept += Own(launch);
            if (first + Chunk < launch.Positions)
            {
                operands.Read(launch, chunk, sample, channel, first, Chunk);
                for (int state = 0; state < states; state += Few)
                {
                    Through(a + (state * Lanes), h + (state * Lanes), chunk, unused, states, state, Chunk);
                }
            }
        }
    }

    /// <summary>A part of the channels of a sample, from the end.</summary>
    private static void Back(SelectiveScanLaunch launch, float* memory, float* scratch, int piece)
    {
        SelectiveScanShape shape = launch.Shape;
        (int sample, int part) = Math.DivRem(piece, Parts(launch));
        (int firstGroup, int endGroup) = Slicing.Range(Groups(launch), Parts(launch), part);
        int states = SelectiveScanParts.States(shape.States);
        var work = new Work(launch, scratch);
        for (int group = firstGroup; group < endGroup; group++)
        {
            new Span<float>(Backs(launch, memory, sample, group), 2 * Own(launch)).Clear();
        }

        for (int first = (launch.Chunks - 1) * Chunk; first >= 0; first -= Chunk)
        {
            int count = Math.Min(Chunk, launch.Positions - first);
            new Span<float>(work.OfB, 2 * states * Rows).Clear();
            for (int group = firstGroup; group < endGroup; group++)
            {
                BackChunk(launch, memory, in work, sample, group, first, count);
            }

            float* sums = Sums(launch, memory, part, sample) + ((nint)first * 2 * states);
            for (int i = 0; i < count; i++)
            {
                for (int state = 0; state < states; state++)
                {
                    nint at = ((state * Chunk) + i) * Lanes;
                    sums[state] = F.Sum(F.Load(work.OfB + at));
                    sums[states + state] = F.Sum(F.Load(work.OfC + at));
                }

                sums += 2 * states;
            }
        }
    }

    private static void BackChunk(
        SelectiveScanLaunch launch, float* memory, in Work work, int sample, int group, int first, int count)
    {
        SelectiveScanShape shape = launch.Shape;
        int channel = group * Lanes;
        int channels = Math.Min(Lanes, shape.Channels - channel);
        int states = SelectiveScanParts.States(shape.States);
        new Operands(launch, memory, 1).Read(launch, work.Chunk, sample, channel, first, count);
        Gather(memory + launch.Slots.A3 + ((nint)channel * shape.States), shape.States, channels, work.A, states);
        float* y = memory + launch.Slots.A0 + launch.Y.At(sample, 0) + ((nint)first * launch.Y.Position) + channel;
        for (int i = 0; i < count; i++)
        {
            float* at = y + ((nint)i * launch.Y.Position);
            F.Store(work.Y + (i * Lanes), channels == Lanes ? F.Load(at) : F.Load(at, channels));
        }

        new Span<float>(work.OfInput, 2 * Rows).Clear();
        float* kept = Kept(launch, memory, sample, group) + ((nint)(first / Chunk) * Own(launch));
        float* backs = Backs(launch, memory, sample, group);
        for (int state = 0; state < states; state += FewBack)
        {
            Again(in work, kept + (state * Lanes), states, state, count);
            Through(in work, backs + (state * Lanes), Own(launch), states, state, count);
        }

        // ū = Δ·Σ g·B, and of Δ̄ what comes through the input: u·Σ g·B.
        int ofU = launch.GradientAt(SelectiveGradients.U);
        int ofDelta = launch.GradientAt(SelectiveGradients.Delta);
        for (int i = 0; i < count; i++)
        {
            F input = F.Load(work.OfInput + (i * Lanes));
            if (ofU >= 0)
            {
                F.Store(
                    memory + ofU + launch.OfU.At(sample, 0) + ((nint)(first + i) * launch.OfU.Position) + channel,
                    F.Load(work.Chunk + (i * Lanes)) * input, channels);
            }

            if (ofDelta >= 0)
            {
                F.Store(
                    memory + ofDelta + launch.OfDelta.At(sample, 0) + ((nint)(first + i) * launch.OfDelta.Position) + channel,
                    F.Fma(F.Load(work.Chunk + (2 * Rows) + (i * Lanes)), input, F.Load(work.OfDelta + (i * Lanes))), channels);
            }
        }
    }

    /// <summary>What a part needs for a chunk.</summary>
    private readonly struct Work
    {
        public Work(SelectiveScanLaunch launch, float* scratch)
        {
            int states = SelectiveScanParts.States(launch.Shape.States);
            OfB = scratch;
            OfC = OfB + (states * Rows);
            A = OfC + (states * Rows);
            Y = A + (states * Lanes);
            OfInput = Y + Rows;
            OfDelta = OfInput + Rows;
            Factors = OfDelta + Rows;
            States = Factors + (FewBack * Rows);
            Chunk = States + (FewBack * (Rows + Lanes));
        }

        /// <summary>The sums for B, [state][position] vectors; those for C come behind them.</summary>
        public float* OfB { get; }

        public float* OfC { get; }

        public float* A { get; }

        /// <summary>The gradient of y.</summary>
        public float* Y { get; }

        /// <summary>Σ g·B.</summary>
        public float* OfInput { get; }

        /// <summary>Σ g·a·A·h.</summary>
        public float* OfDelta { get; }

        /// <summary>Of a few states, [position][state].</summary>
        public float* Factors { get; }

        /// <summary>Those before the chunk and after each position.</summary>
        public float* States { get; }

        public float* Chunk { get; }
    }

    /// <summary>Two states through a chunk, with all that is needed on the way back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Again(in Work work, float* kept, int states, int state, int count)
    {
        F a0 = F.Load(work.A + (state * Lanes));
        F a1 = F.Load(work.A + ((state + 1) * Lanes));
        F h0 = F.Load(kept);
        F h1 = F.Load(kept + Lanes);
        float* delta = work.Chunk;
        float* forgets = delta + (3 * Rows);
        float* b = forgets + Chunk + state;
        float* factors = work.Factors;
        float* to = work.States;
        F.Store(to, h0);
        F.Store(to + Lanes, h1);
        for (int i = 0; i < count; i++)
        {
            F step = F.Load(delta);
            F x = F.Load(delta + Rows);
            F stays = F.Splat(forgets[i]);
            F factor0 = F.Exp(F.Fma(step, a0, stays));
            F factor1 = F.Exp(F.Fma(step, a1, stays));
            h0 = F.Fma(factor0, h0, x * F.Splat(b[0]));
            h1 = F.Fma(factor1, h1, x * F.Splat(b[1]));
            to += 2 * Lanes;
            F.Store(factors, factor0);
            F.Store(factors + Lanes, factor1);
            F.Store(to, h0);
            F.Store(to + Lanes, h1);
            factors += 2 * Lanes;
            delta += Lanes;
            b += states;
        }
    }

    /// <summary>Two states through a chunk from the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Through(in Work work, float* backs, int own, int states, int state, int count)
    {
        F a0 = F.Load(work.A + (state * Lanes));
        F a1 = F.Load(work.A + ((state + 1) * Lanes));
        F back0 = F.Load(backs);
        F back1 = F.Load(backs + Lanes);
        F ofA0 = F.Splat(0f);
        F ofA1 = ofA0;
        int last = count - 1;
        float* delta = work.Chunk + (last * Lanes);
        float* b = work.Chunk + (3 * Rows) + Chunk + state + (last * states);
        float* c = b + (Chunk * states);
        float* factors = work.Factors + (last * 2 * Lanes);
        float* h = work.States + (count * 2 * Lanes);
        float* y = work.Y + (last * Lanes);
        float* ofInput = work.OfInput + (last * Lanes);
        float* ofDelta = work.OfDelta + (last * Lanes);
        float* ofB = work.OfB + (state * Rows) + (last * Lanes);
        float* ofC = work.OfC + (state * Rows) + (last * Lanes);
        F h0 = F.Load(h);
        F h1 = F.Load(h + Lanes);
        for (int i = last; i >= 0; i--)
        {
            F weight = F.Load(y);
            F step = F.Load(delta);
            F x = F.Load(delta + Rows);
            F.Store(ofC, F.Fma(weight, h0, F.Load(ofC)));
            F.Store(ofC + Rows, F.Fma(weight, h1, F.Load(ofC + Rows)));
            F g0 = F.Fma(c, weight, back0);
            F g1 = F.Fma(c + 1, weight, back1);
            F.Store(ofB, F.Fma(g0, x, F.Load(ofB)));
            F.Store(ofB + Rows, F.Fma(g1, x, F.Load(ofB + Rows)));
            h -= 2 * Lanes;
            h0 = F.Load(h);
            h1 = F.Load(h + Lanes);
            back0 = F.Load(factors) * g0;
            back1 = F.Load(factors + Lanes) * g1;
            F past0 = back0 * h0;
            F past1 = back1 * h1;
            ofA0 = F.Fma(past0, step, ofA0);
            ofA1 = F.Fma(past1, step, ofA1);
            F.Store(ofDelta, F.Fma(a0, past0, F.Fma(a1, past1, F.Load(ofDelta))));
            F.Store(ofInput, F.Fma(b, g0, F.Fma(b + 1, g1, F.Load(ofInput))));
            factors -= 2 * Lanes;
            delta -= Lanes;
            y -= Lanes;
            b -= states;
            c -= states;
            ofInput -= Lanes;
            ofDelta -= Lanes;
            ofB -= Lanes;
            ofC -= Lanes;
        }

        F.Store(backs, back0);
        F.Store(backs + Lanes, back1);

        // What one chunk has summed up is added to the sums of the others, so that sums over many positions stay exact.
        F.Store(backs + own, F.Load(backs + own) + ofA0);
        F.Store(backs + own + Lanes, F.Load(backs + own + Lanes) + ofA1);
    }

    /// <summary>Adds up parts, or samples.</summary>
    private static void Merge(SelectiveScanLaunch launch, float* memory, int piece)
    {
        if (piece == launch.Batch * launch.Chunks)
        {
            MergeA(launch, memory);
            return;
        }

        SelectiveScanShape shape = launch.Shape;
        (int sample, int chunk) = Math.DivRem(piece, launch.Chunks);
        int states = SelectiveScanParts.States(shape.States);
        int parts = Parts(launch);
        (int ofB, int ofC) = (launch.GradientAt(SelectiveGradients.B), launch.GradientAt(SelectiveGradients.C));
        nint pitch = (nint)launch.Batch * launch.Positions * 2 * states;
        int end = Math.Min(launch.Positions, (chunk + 1) * Chunk);
        for (int t = chunk * Chunk; t < end; t++)
        {
            float* sums = Sums(launch, memory, 0, sample) + ((nint)t * 2 * states);
            if (ofB >= 0)
            {
                Add(sums, pitch, parts, memory + ofB + launch.OfB.At(sample, 0) + ((nint)t * launch.OfB.Position), shape.States);
            }

            if (ofC >= 0)
            {
                Add(
                    sums + states, pitch, parts, memory + ofC + launch.OfC.At(sample, 0) + ((nint)t * launch.OfC.Position),
                    shape.States);
            }
        }
    }

    private static void Add(float* from, nint pitch, int parts, float* to, int count)
    {
        for (int i = 0; i < count; i += Lanes)
        {
            int lanes = Math.Min(Lanes, count - i);
            F sum = F.Load(from + i, lanes);
            for (int part = 1; part < parts; part++)
            {
                sum += F.Load(from + (part * pitch) + i, lanes);
            }

            F.Store(to + i, sum, lanes);
        }
    }

    private static void MergeA(SelectiveScanLaunch launch, float* memory)
    {
        int ofA = launch.GradientAt(SelectiveGradients.A);
        if (ofA < 0)
        {
            return;
        }

        SelectiveScanShape shape = launch.Shape;
        if (launch.Batch == 0)
        {
            new Span<float>(memory + ofA, shape.Channels * shape.States).Clear();
        }

        int own = Own(launch);
        nint pitch = (nint)Groups(launch) * 2 * own;
        for (int group = 0; group < Groups(launch) && launch.Batch > 0; group++)
        {
            float* sums = Backs(launch, memory, 0, group) + own;
            for (int sample = 1; sample < launch.Batch; sample++)
            {
                for (int i = 0; i < own; i += Lanes)
                {
                    F.Store(sums + i, F.Load(sums + i) + F.Load(sums + (sample * pitch) + i));
                }
            }

            int channel = group * Lanes;
            Scatter(
                sums, memory + ofA + ((nint)channel * shape.States), shape.States, Math.Min(Lanes, shape.Channels - channel));
        }
    }
}
