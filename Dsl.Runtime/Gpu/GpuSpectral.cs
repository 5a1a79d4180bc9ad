using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Spectral kernels know.</summary>
internal struct SpectralGeometry
{
    internal ScanOperand X;
    internal ScanOperand Y;
    internal int KTap;
    internal int Batch;
    internal int Positions;
    internal int Taps;
    internal int Met;
    internal int Channels;
    internal int Padded;

    /// <summary>Elements of scratch in front of the rows.</summary>
    internal int Spectra;
    internal int Reverse;

    internal static SpectralGeometry Of(SpectralLaunch launch) => new()
    {
        X = new ScanOperand(launch.X),
        Y = new ScanOperand(launch.Y),
        KTap = launch.KTap,
        Batch = launch.Batch,
        Positions = launch.Positions,
        Taps = launch.Taps,
        Met = launch.Met,
        Channels = launch.Shape.Channels,
        Padded = launch.Padded,
        Spectra = SpectralParts.Whole(launch.Shape.Channels) * launch.Padded,
        Reverse = launch.Shape.Reverse ? 1 : 0,
    };
}

/// <summary>2·E and 2·O of a frequency: what even and odd positions have. With them as its body, what is done with a
/// pair of places is written once.</summary>
internal struct GpuHalves
{
    internal float EvenRe;
    internal float EvenIm;
    internal float OddRe;
    internal float OddIm;

    internal static GpuHalves Of(ArrayView<float> memory, int at, int other) => new()
    {
        EvenRe = memory[at] + memory[other],
        EvenIm = memory[at + 1] - memory[other + 1],
        OddRe = memory[at + 1] + memory[other + 1],
        OddIm = memory[other] - memory[at],
    };

    /// <summary>E + i·O, and at the counterpart the conjugate of E - i·O.</summary>
    internal readonly void Put(ArrayView<float> memory, int at, int other)
    {
        memory[at] = EvenRe - OddIm;
        memory[at + 1] = EvenIm + OddRe;
        memory[other] = EvenRe + OddIm;
        memory[other + 1] = OddRe - EvenIm;
    }
}

/// <summary>The spectra of kernels, as on the host: a group for each channel.</summary>
internal static class GpuSpectrum
{
    internal static void Run(ArrayView<float> memory, Slots slots, SpectralGeometry g)
    {
        int count = g.Padded / 2;
        int row = slots.A3 + (Grid.IdxX * g.Padded);
        Read(memory, slots.A1 + Grid.IdxX, g.KTap, g.Met, row, g.Padded);
        GpuFourier.Forward(memory, row, count);
        float scale = 1f / count;
        for (int place = Group.IdxX; place < count; place += Group.DimX)
        {
            int at = row + (2 * place);
            if (place < 2)
            {
                memory[at] *= scale;
                memory[at + 1] *= g.Reverse != 0 & place == 1 ? -scale : scale;
            }
            else if (GpuFourier.Counterpart(place) > place)
            {
                int other = row + (2 * GpuFourier.Counterpart(place));
                GpuHalves half = GpuHalves.Of(memory, at, other);
                if (g.Reverse != 0)
                {
                    float angle = GpuFourier.Angle(place, count);
                    (float cos, float sin) = (GpuFourier.Cos(angle), GpuFourier.Sin(angle));
                    float turned = (half.OddRe * cos) - (half.OddIm * sin);
                    half.OddIm = -((half.OddRe * sin) + (half.OddIm * cos));
                    half.OddRe = turned;
                    half.EvenIm = -half.EvenIm;
                }

                memory[at] = 0.25f * scale * half.EvenRe;
                memory[at + 1] = 0.25f * scale * half.EvenIm;
                memory[other] = 0.25f * scale * half.OddRe;
                memory[other + 1] = 0.25f * scale * half.OddIm;
            }
        }
    }

    /// <summary>A row by all threads of the group, zeros behind it.</summary>
    internal static void Read(ArrayView<float> memory, int from, int step, int count, int row, int padded)
    {
        for (int i = Group.IdxX; i < padded; i += Group.DimX)
        {
            memory[row + i] = i < count ? memory[from + (IntrinsicMath.Min(i, count - 1) * step)] : 0f;
        }
    }
}

/// <summary>The Spectral skeleton: as many groups as there are rows of scratch take channels of samples in
/// turn.</summary>
internal static class GpuSpectral
{
    internal static void Run(ArrayView<float> memory, Slots slots, SpectralGeometry g)
    {
        int count = g.Padded / 2;
        int row = slots.A3 + g.Spectra + (Grid.IdxX * g.Padded);
        for (int piece = Grid.IdxX; piece < g.Batch * g.Channels; piece += SpectralParts.Rows)
        {
            int sample = piece / g.Channels;
            int channel = piece - (sample * g.Channels);
            GpuFourier.Wait();
            GpuSpectrum.Read(memory, slots.A0 + g.X.Of(sample, 0) + channel, g.X.Position, g.Positions, row, g.Padded);
            GpuFourier.Forward(memory, row, count);
            int kernel = slots.A3 + (channel * g.Padded);
            for (int place = Group.IdxX; place < count; place += Group.DimX)
            {
                int even = kernel + (2 * place);
                int at = row + (2 * place);
                if (place < 2)
                {
                    (float e, float o) = (memory[at], memory[at + 1]);
                    float root = place == 0 ? 1f : -1f;
                    memory[at] = (e * memory[even]) + (root * o * memory[even + 1]);
                    memory[at + 1] = (e * memory[even + 1]) + (o * memory[even]);
                }
                else if (GpuFourier.Counterpart(place) > place)
                {
                    int mirrored = GpuFourier.Counterpart(place);
                    GpuHalves x = GpuHalves.Of(memory, at, row + (2 * mirrored));
                    (float keRe, float keIm) = (memory[even], memory[even + 1]);
                    (float koRe, float koIm) = (memory[kernel + (2 * mirrored)], memory[kernel + (2 * mirrored) + 1]);
                    float angle = GpuFourier.Angle(place, count);
                    (float cos, float sin) = (GpuFourier.Cos(angle), GpuFourier.Sin(angle));
                    (float turnRe, float turnIm) = (
                        (x.OddRe * cos) - (x.OddIm * sin), (x.OddRe * sin) + (x.OddIm * cos));
                    GpuHalves y = default;
                    y.EvenRe = (x.EvenRe * keRe) - (x.EvenIm * keIm) + (turnRe * koRe) - (turnIm * koIm);
                    y.EvenIm = (x.EvenRe * keIm) + (x.EvenIm * keRe) + (turnRe * koIm) + (turnIm * koRe);
                    y.OddRe = (x.EvenRe * koRe) - (x.EvenIm * koIm) + (x.OddRe * keRe) - (x.OddIm * keIm);
                    y.OddIm = (x.EvenRe * koIm) + (x.EvenIm * koRe) + (x.OddRe * keIm) + (x.OddIm * keRe);
                    y.Put(memory, at, row + (2 * mirrored));
                }
            }

            GpuFourier.Back(memory, row, count);
            int to = slots.A2 + g.Y.Of(sample, 0) + channel;
            for (int i = Group.IdxX; i < g.Positions; i += Group.DimX)
            {
                memory[to + (i * g.Y.Position)] = memory[row + i];
            }
        }
    }
}

/// <summary>The gradient of kernels: half as many groups as there are rows take channels in turn, each of all
/// samples.</summary>
internal static class GpuSpectralTaps
{
    /// <summary>Groups: each has two rows.</summary>
    internal const int Groups = SpectralParts.Rows / 2;

    internal static void Run(ArrayView<float> memory, Slots slots, SpectralGeometry g)
    {
        int count = g.Padded / 2;
        int y = slots.A3 + g.Spectra + (2 * Grid.IdxX * g.Padded);
        int x = y + g.Padded;
        for (int channel = Grid.IdxX; channel < g.Channels; channel += Groups)
        {
            int sums = slots.A3 + (channel * g.Padded);
            for (int i = Group.IdxX; i < g.Padded; i += Group.DimX)
            {
                memory[sums + i] = 0f;
            }

            for (int sample = 0; sample < g.Batch; sample++)
            {
                int yAt = slots.A2 + g.Y.Of(sample, 0) + channel;
                int xAt = slots.A0 + g.X.Of(sample, 0) + channel;
                bool reverse = g.Reverse != 0;

                // In reverse the two change places.
                GpuFourier.Wait();
                GpuSpectrum.Read(
                    memory, reverse ? xAt : yAt, reverse ? g.X.Position : g.Y.Position, g.Positions, y, g.Padded);
                GpuSpectrum.Read(
                    memory, reverse ? yAt : xAt, reverse ? g.Y.Position : g.X.Position, g.Positions, x, g.Padded);
                GpuFourier.Forward(memory, y, count);
                GpuFourier.Forward(memory, x, count);
                for (int place = Group.IdxX; place < count; place += Group.DimX)
                {
                    Add(memory, y, x, sums, place, count);
                }
            }

            GpuFourier.Wait();
            float scale = 1f / count;
            for (int place = Group.IdxX; place < count; place += Group.DimX)
            {
                int at = sums + (2 * place);
                if (place < 2)
                {
                    memory[at] *= scale;
                    memory[at + 1] *= scale;
                }
                else if (GpuFourier.Counterpart(place) > place)
                {
                    int other = sums + (2 * GpuFourier.Counterpart(place));
                    GpuHalves half = default;
                    half.EvenRe = 0.25f * scale * memory[at];
                    half.EvenIm = 0.25f * scale * memory[at + 1];
                    half.OddRe = 0.25f * scale * memory[other];
                    half.OddIm = 0.25f * scale * memory[other + 1];
                    half.Put(memory, at, other);
                }
            }

            GpuFourier.Back(memory, sums, count);
            for (int tap = Group.IdxX; tap < g.Taps; tap += Group.DimX)
            {
                memory[slots.A1 + channel + (tap * g.KTap)] = tap < g.Met
                    ? memory[sums + IntrinsicMath.Min(tap, g.Padded - 1)] : 0f;
            }
        }
    }

    /// <summary>What a sample adds at a place.</summary>
    private static void Add(ArrayView<float> memory, int y, int x, int sums, int place, int count)
    {
        (y, x) = (y + (2 * place), x + (2 * place));
        int to = sums + (2 * place);
        if (place < 2)
        {
            // At the highest frequency both z² and what it does to the odd ones of x are -1.
            float o = place == 1 ? -memory[x + 1] : memory[x + 1];
            memory[to] += (memory[y] * memory[x]) + (memory[y + 1] * memory[x + 1]);
            memory[to + 1] += (memory[y] * o) + (memory[y + 1] * memory[x]);
        }
        else if (GpuFourier.Counterpart(place) > place)
        {
            int far = 2 * (GpuFourier.Counterpart(place) - place);
            GpuHalves a = GpuHalves.Of(memory, y, y + far);
            GpuHalves b = GpuHalves.Of(memory, x, x + far);
            float angle = GpuFourier.Angle(place, count);
            (float cos, float sin) = (GpuFourier.Cos(angle), GpuFourier.Sin(angle));
            (float turnRe, float turnIm) = ((b.OddRe * cos) - (b.OddIm * sin), (b.OddRe * sin) + (b.OddIm * cos));
            memory[to] += (a.EvenRe * b.EvenRe) + (a.EvenIm * b.EvenIm) + (a.OddRe * b.OddRe) + (a.OddIm * b.OddIm);
            memory[to + 1] += (a.EvenIm * b.EvenRe) - (a.EvenRe * b.EvenIm) + (a.OddIm * b.OddRe) - (a.OddRe * b.OddIm);
            memory[to + far] += (a.EvenRe * turnRe) + (a.EvenIm * turnIm) + (a.OddRe * b.EvenRe) + (a.OddIm * b.EvenIm);
            memory[to + far + 1] += (a.EvenIm * turnRe) - (a.EvenRe * turnIm)
                + (a.OddIm * b.EvenRe) - (a.OddRe * b.EvenIm);
        }
    }
}

/// <summary>A Spectral launch with its kernels.</summary>
internal sealed class GpuSpectralLaunch(SpectralLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<SpectralGeometry> _spectra = kernels.Load<SpectralGeometry>(GpuSpectrum.Run);
    private readonly GpuKernel<SpectralGeometry> _rows = kernels.Load<SpectralGeometry>(GpuSpectral.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        SpectralGeometry geometry = SpectralGeometry.Of(launch);
        long rows = System.Math.Min(SpectralParts.Rows, (long)launch.Batch * launch.Shape.Channels);
        _spectra.Launch(stream, memory, launch.Slots, geometry, launch.Shape.Channels, GpuKernels.MaxThreads);
        _rows.Launch(stream, memory, launch.Slots, geometry, rows, GpuKernels.MaxThreads);
    }
}

/// <summary>A launch of the gradient of kernels with its kernel.</summary>
internal sealed class GpuSpectralTapsLaunch(SpectralLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<SpectralGeometry> _kernel = kernels.Load<SpectralGeometry>(GpuSpectralTaps.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory) => _kernel.Launch(
        stream, memory, launch.Slots, SpectralGeometry.Of(launch),
        System.Math.Min(GpuSpectralTaps.Groups, launch.Shape.Channels), GpuKernels.MaxThreads);
}
