using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the LowRankScan kernels know.</summary>
internal struct LowRankScanGeometry
{
    internal ScanOperand U;
    internal ScanOperand Y;
    internal int Batch;
    internal int Positions;
    internal int Channels;
    internal int States;
    internal int Chunks;
    internal int Reverse;
    internal int Impulse;
    internal int HasInput;
    internal int UAt;
    internal int ModesAt;
    internal int YAt;
    internal int GoesOnAt;
    internal int LengthsAt;
    internal int StateAt;
    internal int StartAt;
    internal int LastAt;
    internal int GradientAt;
    internal int ScratchAt;

    internal static LowRankScanGeometry Of(LowRankScanLaunch launch) => new()
    {
        U = new ScanOperand(launch.U),
        Y = new ScanOperand(launch.Y),
        Batch = launch.Batch,
        Positions = launch.Positions,
        Channels = launch.Shape.Channels,
        States = launch.Shape.States,
        Chunks = launch.Chunks,
        Reverse = launch.Shape.Reverse ? 1 : 0,
        Impulse = launch.Shape.Impulse ? 1 : 0,
        HasInput = launch.HasInput ? 1 : 0,
        UAt = launch.Slots.A0,
        ModesAt = launch.ModesAt,
        YAt = launch.YAt,
        GoesOnAt = launch.GoesOnAt,
        LengthsAt = launch.LengthsAt,
        StateAt = launch.StateAt,
        StartAt = launch.StartAt,
        LastAt = launch.LastAt,
        GradientAt = launch.IsGradient ? launch.GradientAt : -1,
        ScratchAt = launch.IsGradient ? launch.ScratchAt : -1,
    };

    /// <summary>How many positions a sample has.</summary>
    internal readonly int Own(ArrayView<float> memory, int sample) => LengthsAt < 0 ? Positions
        : IntrinsicMath.Min(IntrinsicMath.Max((int)memory[LengthsAt + sample], 0), Positions);

    /// <summary>The position after <paramref name="done"/> others, of a number of them.</summary>
    internal readonly int PositionOf(int done, int positions) => Reverse != 0 ? positions - 1 - done : done;

    /// <summary>u at the position after <paramref name="done"/> others.</summary>
    internal readonly float Input(ArrayView<float> memory, int sample, int channel, int done, int positions)
    {
        float impulse = done == 0 ? 1f : 0f;
        return HasInput == 0 ? Impulse * impulse
            : memory[UAt + U.Of(sample, 0) + (PositionOf(done, positions) * U.Position) + channel];
    }

    /// <summary>A state of the thread among [batch, part, channel, state]; 0 beyond the states, and where there are
    /// none.</summary>
    internal readonly float Outside(ArrayView<float> memory, int at, int sample, int part, int channel) =>
        at < 0 | Group.IdxX >= States ? 0f : memory[at + Place(sample, part, channel)];

    /// <summary>Where the thread's state lies among such.</summary>
    internal readonly int Place(int sample, int part, int channel) =>
        (((((sample * 2) + part) * Channels) + channel) * States) + IntrinsicMath.Min(Group.IdxX, States - 1);

    /// <summary>0 where states begin anew at the position after <paramref name="done"/> others, else 1.</summary>
    internal readonly float Stays(ArrayView<float> memory, int sample, int done, int positions)
    {
        // In reverse a border lies behind the position that comes next: it is that of the one before.
        int border = Reverse != 0 ? positions - done : done;
        return GoesOnAt >= 0 && border < positions && memory[GoesOnAt + (sample * Positions) + border] == 0f ? 0f : 1f;
    }

    /// <summary>The states before a chunk, of one state of one channel.</summary>
    internal readonly int Kept(int channel, int chunk, int state) =>
        ScratchAt + ((((((channel * Chunks) + chunk) * States) + state)) * 2);
}

/// <summary>What describes the recurrence of one state: a thread's own.</summary>
internal struct LowRankMode
{
    internal float Re;
    internal float Im;
    internal float PRe;
    internal float PIm;
    internal float BRe;
    internal float BIm;
    internal float QRe;
    internal float QIm;
    internal float WRe;
    internal float WIm;

    /// <summary>That of a thread; threads beyond the states have zeros.</summary>
    internal static LowRankMode Of(ArrayView<float> memory, LowRankScanGeometry g, int channel)
    {
        int row = g.Channels * g.States;
        int at = g.ModesAt + (channel * g.States) + IntrinsicMath.Min(Group.IdxX, g.States - 1);
        float counts = Group.IdxX < g.States ? 1f : 0f;
        return new LowRankMode
        {
            Re = counts * memory[at],
            Im = counts * memory[at + row],
            PRe = counts * memory[at + (2 * row)],
            PIm = counts * memory[at + (3 * row)],
            BRe = counts * memory[at + (4 * row)],
            BIm = counts * memory[at + (5 * row)],
            QRe = counts * memory[at + (6 * row)],
            QIm = counts * memory[at + (7 * row)],
            WRe = counts * memory[at + (8 * row)],
            WIm = counts * memory[at + (9 * row)],
        };
    }

    internal readonly float NextRe(float re, float im, float r, float u) =>
        (Re * re) - (Im * im) - (PRe * r) + (BRe * u);

    internal readonly float NextIm(float re, float im, float r, float u) =>
        (Re * im) + (Im * re) - (PIm * r) + (BIm * u);

    internal readonly float Couples(float re, float im) => (QRe * re) - (QIm * im);
}

/// <summary>
/// The LowRankScan skeleton: a group for each channel of each sample, a thread for each state. What couples the states
/// is summed up in their order by every thread, so all have the same bits.
/// </summary>
internal static class GpuLowRankScan
{
    internal const int MostStates = LowRankParts.MostStates;

    internal static void Run(ArrayView<float> memory, Slots slots, LowRankScanGeometry g)
    {
        // Two of each: the next position does not write what this one may still read.
        var couples = SharedMemory.Allocate<float>(2 * MostStates);
        var gives = SharedMemory.Allocate<float>(2 * MostStates);
        int sample = Grid.IdxX / g.Channels;
        int channel = Grid.IdxX - (sample * g.Channels);
        int thread = Group.IdxX;
        LowRankMode mode = LowRankMode.Of(memory, g, channel);
        int kept = g.StateAt + (Grid.IdxX * g.States * 2) + IntrinsicMath.Min(thread, g.States - 1);
        (float startRe, float startIm) =
            (g.Outside(memory, g.StartAt, sample, 0, channel), g.Outside(memory, g.StartAt, sample, 1, channel));
        float re = startRe;
        float im = startIm;
        if (g.StateAt >= 0 & thread < g.States)
        {
            re = memory[kept];
            im = memory[kept + g.States];
        }

        couples[MostStates + thread] = mode.Couples(re, im);
        Group.Barrier();
        float r = Sum(couples, MostStates, g.States);
        int positions = g.Own(memory, sample);
        for (int done = 0; done < positions; done++)
        {
            int half = (done & 1) * MostStates;

            // States from outside are those of the first position.
            float starts = g.StartAt >= 0 & done == 0 ? 1f : 0f;
            float stays = (1f - starts) * g.Stays(memory, sample, done, positions);
            float u = g.Input(memory, sample, channel, done, positions);
            (float wasRe, float wasIm) = (re * stays, im * stays);
            re = mode.NextRe(wasRe, wasIm, r * stays, u) + (starts * startRe);
            im = mode.NextIm(wasRe, wasIm, r * stays, u) + (starts * startIm);
            couples[half + thread] = mode.Couples(re, im);
            gives[half + thread] = (mode.WRe * re) - (mode.WIm * im);
            Group.Barrier();
            r = Sum(couples, half, g.States);
            if (thread == 0 & g.YAt >= 0)
            {
                memory[g.YAt + g.Y.Of(sample, 0) + (g.PositionOf(done, positions) * g.Y.Position)
                    + channel] = Sum(gives, half, g.States);
            }
        }

        int end = g.YAt >= 0 ? g.Positions : 0;
        for (int position = positions + thread; position < end; position += MostStates)
        {
            memory[g.YAt + g.Y.Of(sample, 0) + (position * g.Y.Position) + channel] = 0f;
        }

        if (g.LastAt >= 0 & thread < g.States)
        {
            memory[g.LastAt + g.Place(sample, 0, channel)] = re;
            memory[g.LastAt + g.Place(sample, 1, channel)] = im;
        }

        if (g.StateAt >= 0 & thread < g.States)
        {
            memory[kept] = re;
            memory[kept + g.States] = im;
        }
    }

    internal static float Sum(ArrayView<float> parts, int first, int count)
    {
        float sum = 0f;
        for (int i = 0; i < count; i++)
        {
            sum += parts[first + i];
        }

        return sum;
    }
}

/// <summary>The ten sums of a state.</summary>
internal struct LowRankSums
{
    internal float Re;
    internal float Im;
    internal float PRe;
    internal float PIm;
    internal float BRe;
    internal float BIm;
    internal float QRe;
    internal float QIm;
    internal float WRe;
    internal float WIm;

    internal void Add(LowRankSums other)
    {
        Re += other.Re;
        Im += other.Im;
        PRe += other.PRe;
        PIm += other.PIm;
        BRe += other.BRe;
        BIm += other.BIm;
        QRe += other.QRe;
        QIm += other.QIm;
        WRe += other.WRe;
        WIm += other.WIm;
    }

    internal readonly void Store(ArrayView<float> memory, int at, int row)
    {
        memory[at] = Re;
        memory[at + row] = -Im;
        memory[at + (2 * row)] = -PRe;
        memory[at + (3 * row)] = PIm;
        memory[at + (4 * row)] = BRe;
        memory[at + (5 * row)] = -BIm;
        memory[at + (6 * row)] = QRe;
        memory[at + (7 * row)] = -QIm;
        memory[at + (8 * row)] = WRe;
        memory[at + (9 * row)] = -WIm;
    }
}

/// <summary>The gradient: a group for each channel, of all samples, a thread for each state, as on the host. A thread's
/// states of a chunk are in shared memory.</summary>
internal static class GpuLowRankScanGradient
{
    private const int Most = LowRankParts.MostStates;
    private const int Chunk = LowRankParts.Chunk;

    internal static void Run(ArrayView<float> memory, Slots slots, LowRankScanGeometry g)
    {
        var xRe = SharedMemory.Allocate<float>((Chunk + 1) * Most);
        var xIm = SharedMemory.Allocate<float>((Chunk + 1) * Most);
        var rs = SharedMemory.Allocate<float>(Chunk);
        var couples = SharedMemory.Allocate<float>(2 * Most);

        // A thread's own, in no registers: the parts of the states to begin with, and of what goes back from the last.
        var outside = SharedMemory.Allocate<float>(4 * Most);
        int channel = Grid.IdxX;
        int thread = Group.IdxX;
        int own = IntrinsicMath.Min(thread, g.States - 1);
        LowRankMode mode = LowRankMode.Of(memory, g, channel);
        LowRankSums all = default;
        for (int sample = 0; sample < g.Batch; sample++)
        {
            outside[thread] = g.Outside(memory, g.StartAt, sample, 0, channel);
            outside[Most + thread] = g.Outside(memory, g.StartAt, sample, 1, channel);
            outside[(2 * Most) + thread] = g.Outside(memory, g.LastAt, sample, 0, channel);
            outside[(3 * Most) + thread] = g.Outside(memory, g.LastAt, sample, 1, channel);
            int positions = g.Own(memory, sample);
            float re = 0f;
            float im = 0f;
            float r = 0f;
            for (int done = 0; done < positions; done++)
            {
                if (done % Chunk == 0 & thread < g.States)
                {
                    int kept = g.Kept(channel, done / Chunk, own);
                    memory[kept] = re;
                    memory[kept + 1] = im;
                }

                float stays = g.Stays(memory, sample, done, positions);
                float u = g.Input(memory, sample, channel, done, positions);
                (float wasRe, float wasIm) = (re * stays, im * stays);
                float starts = done == 0 ? 1f : 0f;
                re = mode.NextRe(wasRe, wasIm, r * stays, u) + (starts * outside[thread]);
                im = mode.NextIm(wasRe, wasIm, r * stays, u) + (starts * outside[Most + thread]);
                couples[((done & 1) * Most) + thread] = mode.Couples(re, im);
                Group.Barrier();
                r = GpuLowRankScan.Sum(couples, (done & 1) * Most, g.States);
            }

            float hRe = 0f;
            float hIm = 0f;
            float rho = 0f;
            float goesOn = 0f;
            for (int chunk = ((positions + Chunk - 1) / Chunk) - 1; chunk >= 0; chunk--)
            {
                int first = chunk * Chunk;
                int count = IntrinsicMath.Min(Chunk, positions - first);
                int kept = g.Kept(channel, chunk, own);
                re = memory[kept];
                im = memory[kept + 1];
                Group.Barrier();
                couples[Most + thread] = mode.Couples(re, im);
                Group.Barrier();
                r = GpuLowRankScan.Sum(couples, Most, g.States);
                for (int i = 0; i < count; i++)
                {
                    float stays = g.Stays(memory, sample, first + i, positions);
                    float u = g.Input(memory, sample, channel, first + i, positions);
                    (xRe[(i * Most) + thread], xIm[(i * Most) + thread]) = (re, im);
                    (float wasRe, float wasIm) = (re * stays, im * stays);
                    if (thread == 0)
                    {
                        rs[i] = r * stays;
                    }

                    float starts = first + i == 0 ? 1f : 0f;
                    re = mode.NextRe(wasRe, wasIm, r * stays, u) + (starts * outside[thread]);
                    im = mode.NextIm(wasRe, wasIm, r * stays, u) + (starts * outside[Most + thread]);
                    couples[((i & 1) * Most) + thread] = mode.Couples(re, im);
                    Group.Barrier();
                    r = GpuLowRankScan.Sum(couples, (i & 1) * Most, g.States);
                }

                (xRe[(count * Most) + thread], xIm[(count * Most) + thread]) = (re, im);
                Group.Barrier();
                LowRankSums sums = default;
                for (int i = count - 1; i >= 0; i--)
                {
                    int position = g.PositionOf(first + i, positions);
                    float y = memory[g.YAt + g.Y.Of(sample, 0) + (position * g.Y.Position) + channel];
                    float u = g.Input(memory, sample, channel, first + i, positions);
                    (float nextRe, float nextIm) = (hRe * goesOn, hIm * goesOn);
                    hRe = (mode.WRe * y) + (mode.Re * nextRe) - (mode.Im * nextIm) + (mode.QRe * rho * goesOn);
                    hIm = (mode.WIm * y) + (mode.Re * nextIm) + (mode.Im * nextRe) + (mode.QIm * rho * goesOn);
                    float ends = first + i + 1 == positions ? 1f : 0f;
                    hRe += ends * outside[(2 * Most) + thread];
                    hIm += ends * outside[(3 * Most) + thread];
                    couples[((i & 1) * Most) + thread] = (mode.PIm * hIm) - (mode.PRe * hRe);
                    Group.Barrier();
                    rho = GpuLowRankScan.Sum(couples, (i & 1) * Most, g.States);
                    goesOn = g.Stays(memory, sample, first + i, positions);
                    int at = (i * Most) + thread;
                    (float wasRe, float wasIm) = (xRe[at] * goesOn, xIm[at] * goesOn);
                    sums.Re += (hRe * wasRe) - (hIm * wasIm);
                    sums.Im += (hRe * wasIm) + (hIm * wasRe);
                    sums.PRe += hRe * rs[i];
                    sums.PIm += hIm * rs[i];
                    sums.BRe += hRe * u;
                    sums.BIm += hIm * u;
                    sums.QRe += rho * wasRe;
                    sums.QIm += rho * wasIm;
                    sums.WRe += y * xRe[at + Most];
                    sums.WIm += y * xIm[at + Most];
                }

                all.Add(sums);
                Group.Barrier();
            }

            Group.Barrier();
        }

        if (thread < g.States)
        {
            all.Store(memory, g.GradientAt + (channel * g.States) + own, g.Channels * g.States);
        }
    }
}

/// <summary>A LowRankScan launch, or one of its gradient, with its kernel.</summary>
internal sealed class GpuLowRankScanLaunch(LowRankScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<LowRankScanGeometry> _kernel = launch.IsGradient
        ? kernels.Load<LowRankScanGeometry>(GpuLowRankScanGradient.Run)
        : kernels.Load<LowRankScanGeometry>(GpuLowRankScan.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory) => _kernel.Launch(
        stream, memory, launch.Slots, LowRankScanGeometry.Of(launch),
        launch.IsGradient ? launch.Shape.Channels : (long)launch.Batch * launch.Shape.Channels,
            GpuLowRankScan.MostStates);
}
