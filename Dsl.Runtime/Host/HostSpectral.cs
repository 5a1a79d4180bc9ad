using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The Spectral skeleton on the host. Lanes are channels, all with the same factors. Real rows are taken as complex
/// ones of half the length, even positions and odd ones: with E and O their transforms, and z the root of a frequency,
/// a row has E + z·O. A kernel is transformed once for all samples. A piece of work is a vector of channels of one
/// sample; for the gradient of the kernel of all samples, which are summed up as spectra, so that there is one
/// transform back.
/// </summary>
internal static unsafe class HostSpectral<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private static int Lanes => F.Lanes;

    private static int Complex => 2 * F.Lanes;

    public static int Slices(SpectralLaunch launch, int phase)
    {
        int pieces = phase == 0 ? Groups(launch) : Groups(launch) * launch.Batch;
        int most = SpectralParts.Rows / (launch.IsOfKernel ? 2 * Lanes : Lanes);
        return Math.Min(
            phase == 0 && !launch.IsOfKernel ? int.MaxValue : most,
                Slicing.Count(pieces, (long)pieces * launch.Padded * Lanes));
    }

    public static void Run(SpectralLaunch launch, float* memory, int phase, int slice)
    {
        int groups = Groups(launch);
        int slices = Slices(launch, phase);
        (int first, int end) = Slicing.Range(phase == 0 ? groups : groups * launch.Batch, slices, slice);
        float* rows = memory + launch.Slots.A3 + ((nint)SpectralParts.Whole(launch.Shape.Channels) * launch.Padded);
        for (int piece = first; piece < end; piece++)
        {
            if (launch.IsOfKernel)
            {
                OfKernel(launch, memory, rows + ((nint)slice * 2 * Row(launch)), piece);
            }
            else if (phase == 0)
            {
                Kernel(launch, memory, piece);
            }
            else
            {
                // Samples of one vector of channels follow each other: its spectrum stays in the cache.
                (int group, int sample) = Math.DivRem(piece, launch.Batch);
                Sample(launch, memory, rows + ((nint)slice * Row(launch)), sample, group);
            }
        }
    }

    private static int Groups(SpectralLaunch launch) => Slicing.Ceiling(launch.Shape.Channels, Lanes);

    private static int Channels(SpectralLaunch launch, int group) =>
        Math.Min(Lanes, launch.Shape.Channels - (group * Lanes));

    private static nint Row(SpectralLaunch launch) => (nint)launch.Padded * Lanes;

    private static float* Spectrum(SpectralLaunch launch, float* memory, int group) =>
        memory + launch.Slots.A3 + (group * Row(launch));

    /// <summary>The spectrum of a vector of kernels, with all factors of both transforms: E in one place of a pair, O
    /// in the other.</summary>
    private static void Kernel(SpectralLaunch launch, float* memory, int group)
    {
        float* z = Spectrum(launch, memory, group);
        Transform(launch, memory + launch.Slots.A1 + (group * Lanes), launch.KTap, launch.Met, Channels(launch, group),
            z);
        float scale = 1f / (launch.Padded / 2);
        Scale(z, scale);
        if (launch.Padded > 2)
        {
            Scale(z + Complex, scale);
            if (launch.Shape.Reverse)
            {
                F.Store(z + Complex + Lanes, -F.Load(z + Complex + Lanes));
            }
        }

        float* roots = launch.Twiddles.Reversed;
        for (var pairs = new Pairs(launch.Padded / 2); pairs.Next();)
        {
            float* at = z + ((nint)pairs.First * Complex);
            float* other = z + ((nint)pairs.Second * Complex);
            F quarter = F.Splat(0.25f * scale);
            (F evenRe, F evenIm, F oddRe, F oddIm) = Halves(at, other);
            if (launch.Shape.Reverse)
            {
                // What runs the other way: conjugates, and the odd ones one position on.
                (F cos, F sin) = (F.Splat(roots[2 * pairs.First]), F.Splat(roots[(2 * pairs.First) + 1]));
                evenIm = -evenIm;
                (oddRe, oddIm) = ((oddRe * cos) - (oddIm * sin), -((oddRe * sin) + (oddIm * cos)));
            }

            F.Store(at, evenRe * quarter);
            F.Store(at + Lanes, evenIm * quarter);
            F.Store(other, oddRe * quarter);
            F.Store(other + Lanes, oddIm * quarter);
        }
    }

    /// <summary>A vector of channels of one sample: forward, times the kernel's spectrum, back.</summary>
    private static void Sample(SpectralLaunch launch, float* memory, float* z, int sample, int group)
    {
        int channels = Channels(launch, group);
        float* x = memory + launch.Slots.A0 + launch.X.At(sample, 0) + (group * Lanes);
        Transform(launch, x, launch.X.Position, launch.Positions, channels, z);
        Multiply(z, Spectrum(launch, memory, group), launch.Padded / 2, launch.Twiddles.Reversed);
        HostFourier<F, I, M>.Back(z, launch.Padded / 2, launch.Twiddles.InOrder, 1);
        float* y = memory + launch.Slots.A2 + launch.Y.At(sample, 0) + (group * Lanes);
        Take(z, launch.Positions, y, launch.Y.Position, channels);
    }

    /// <summary>The gradient of a vector of kernels.</summary>
    private static void OfKernel(SpectralLaunch launch, float* memory, float* rows, int group)
    {
        int channels = Channels(launch, group);
        int count = launch.Padded / 2;
        float* z = Spectrum(launch, memory, group);
        float* y = rows;
        float* x = rows + Row(launch);
        new Span<float>(z, checked((int)Row(launch))).Clear();
        for (int sample = 0; sample < launch.Batch; sample++)
        {
            float* yAt = memory + launch.Slots.A2 + launch.Y.At(sample, 0) + (group * Lanes);
            float* xAt = memory + launch.Slots.A0 + launch.X.At(sample, 0) + (group * Lanes);

            // In reverse the two change places: Σ x_t·y_{t-j}.
            Transform(launch, launch.Shape.Reverse ? xAt : yAt, launch.Shape.Reverse ? launch.X.Position
                : launch.Y.Position,
                launch.Positions, channels, y);
            Transform(launch, launch.Shape.Reverse ? yAt : xAt, launch.Shape.Reverse ? launch.Y.Position
                : launch.X.Position,
                launch.Positions, channels, x);
            Correlate(z, y, x, count, launch.Twiddles.Reversed);
        }

        Whole(z, count);
        HostFourier<F, I, M>.Back(z, count, launch.Twiddles.InOrder, 1);
        float* to = memory + launch.Slots.A1 + (group * Lanes);
        Take(z, launch.Met, to, launch.KTap, channels);
        for (int tap = launch.Met; tap < launch.Taps; tap++)
        {
            F.Store(to + ((nint)tap * launch.KTap), F.Splat(0f), channels);
        }
    }

    /// <summary>The transform of real rows as complex ones of half the length; behind the rows are zeros.</summary>
    private static void Transform(SpectralLaunch launch, float* from, int step, int count, int channels, float* z)
    {
        for (int i = 0; i < count; i++)
        {
            float* at = from + ((nint)i * step);
            F.Store(z + ((nint)i * Lanes), channels == Lanes ? F.Load(at) : F.Load(at, channels));
        }

        new Span<float>(z + ((nint)count * Lanes), checked((int)(Row(launch) - ((nint)count * Lanes)))).Clear();
        HostFourier<F, I, M>.Forward(z, launch.Padded / 2, launch.Twiddles.InOrder, 1);
    }

    /// <summary>The first positions of real rows.</summary>
    private static void Take(float* z, int count, float* to, int step, int channels)
    {
        for (int i = 0; i < count; i++)
        {
            F.Store(to + ((nint)i * step), F.Load(z + ((nint)i * Lanes)), channels);
        }
    }

    /// <summary>The spectrum of a convolution of x, in place, in the form in which x was: of E and O and a kernel's e
    /// and o, E·e + z²·O·o and E·o + O·e.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply(float* z, float* kernel, int count, float* roots)
    {
        Single(z, kernel, z, F.Splat(1f), F.Splat(0f), F.Splat(0f));
        if (count > 1)
        {
            Single(z + Complex, kernel + Complex, z + Complex, F.Splat(-1f), F.Splat(0f), F.Splat(0f));
        }

        for (var pairs = new Pairs(count); pairs.Next();)
        {
            float* at = z + ((nint)pairs.First * Complex);
            float* other = z + ((nint)pairs.Second * Complex);
            float* even = kernel + ((nint)pairs.First * Complex);
            float* odd = kernel + ((nint)pairs.Second * Complex);
            (F eRe, F eIm, F oRe, F oIm) = Halves(at, other);
            (F keRe, F keIm, F koRe, F koIm) = (F.Load(even), F.Load(even + Lanes), F.Load(odd), F.Load(odd + Lanes));
            (F cos, F sin) = (F.Splat(roots[2 * pairs.First]), F.Splat(roots[(2 * pairs.First) + 1]));
            (F turnRe, F turnIm) = ((oRe * cos) - (oIm * sin), F.Fma(oRe, sin, oIm * cos));
            F evenRe = (F.Fma(eRe, keRe, turnRe * koRe) - (eIm * keIm)) - (turnIm * koIm);
            F evenIm = F.Fma(eRe, keIm, F.Fma(eIm, keRe, F.Fma(turnRe, koIm, turnIm * koRe)));
            F oddRe = (F.Fma(eRe, koRe, oRe * keRe) - (eIm * koIm)) - (oIm * keIm);
            F oddIm = F.Fma(eRe, koIm, F.Fma(eIm, koRe, F.Fma(oRe, keIm, oIm * keRe)));
            Put(at, other, evenRe, evenIm, oddRe, oddIm);
        }
    }

    /// <summary>Adds the spectrum of Σ y_t·x_{t-j}, E in one place of a pair and O in the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Correlate(float* sums, float* y, float* x, int count, float* roots)
    {
        Single(y, x, sums, F.Splat(1f), F.Load(sums), F.Load(sums + Lanes));
        if (count > 1)
        {
            // Of x the odd ones run the other way: one position on, which is -1 at this frequency.
            F.Store(x + Complex + Lanes, -F.Load(x + Complex + Lanes));
            Single(
                y + Complex, x + Complex, sums + Complex, F.Splat(-1f), F.Load(sums + Complex),
                    F.Load(sums + Complex + Lanes));
        }

        for (var pairs = new Pairs(count); pairs.Next();)
        {
            nint first = (nint)pairs.First * Complex;
            nint second = (nint)pairs.Second * Complex;
            (F eRe, F eIm, F oRe, F oIm) = Halves(y + first, y + second);
            (F keRe, F keIm, F koRe, F koIm) = Halves(x + first, x + second);
            (F cos, F sin) = (F.Splat(roots[2 * pairs.First]), F.Splat(roots[(2 * pairs.First) + 1]));

            // E·conj(e) + O·conj(o) and conj(z²·o)·E + O·conj(e).
            (F turnRe, F turnIm) = ((koRe * cos) - (koIm * sin), F.Fma(koRe, sin, koIm * cos));
            F evenRe = F.Fma(eRe, keRe, F.Fma(eIm, keIm, F.Fma(oRe, koRe, oIm * koIm)));
            F evenIm = F.Fma(eIm, keRe, oIm * koRe) - F.Fma(eRe, keIm, oRe * koIm);
            F oddRe = F.Fma(eRe, turnRe, F.Fma(eIm, turnIm, F.Fma(oRe, keRe, oIm * keIm)));
            F oddIm = F.Fma(eIm, turnRe, oIm * keRe) - F.Fma(eRe, turnIm, oRe * keIm);
            F.Store(sums + first, F.Load(sums + first) + evenRe);
            F.Store(sums + first + Lanes, F.Load(sums + first + Lanes) + evenIm);
            F.Store(sums + second, F.Load(sums + second) + oddRe);
            F.Store(sums + second + Lanes, F.Load(sums + second + Lanes) + oddIm);
        }
    }

    /// <summary>From E and O to what a transform goes back from.</summary>
    private static void Whole(float* z, int count)
    {
        float scale = 1f / count;
        Scale(z, scale);
        if (count > 1)
        {
            Scale(z + Complex, scale);
        }

        F quarter = F.Splat(0.25f * scale);
        for (var pairs = new Pairs(count); pairs.Next();)
        {
            float* at = z + ((nint)pairs.First * Complex);
            float* other = z + ((nint)pairs.Second * Complex);
            Put(
                at, other, F.Load(at) * quarter, F.Load(at + Lanes) * quarter, F.Load(other) * quarter,
                F.Load(other + Lanes) * quarter);
        }
    }

    /// <summary>A frequency that is its own counterpart, where E and O are real: z² is 1 or -1.</summary>
    private static void Single(float* x, float* kernel, float* to, F root, F addEven, F addOdd)
    {
        (F e, F o, F ke, F ko) = (F.Load(x), F.Load(x + Lanes), F.Load(kernel), F.Load(kernel + Lanes));
        F.Store(to, F.Fma(e, ke, F.Fma(root * o, ko, addEven)));
        F.Store(to + Lanes, F.Fma(e, ko, F.Fma(o, ke, addOdd)));
    }

    private static void Scale(float* z, float by)
    {
        F.Store(z, F.Load(z) * F.Splat(by));
        F.Store(z + Lanes, F.Load(z + Lanes) * F.Splat(by));
    }

    /// <summary>2·E and 2·O of a frequency from the transform at it and at its counterpart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (F EvenRe, F EvenIm, F OddRe, F OddIm) Halves(float* at, float* other)
    {
        (F aRe, F aIm, F bRe, F bIm) = (F.Load(at), F.Load(at + Lanes), F.Load(other), F.Load(other + Lanes));
        return (aRe + bRe, aIm - bIm, aIm + bIm, bRe - aRe);
    }

    /// <summary>E + i·O, and at the counterpart the conjugate of E - i·O.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* at, float* other, F evenRe, F evenIm, F oddRe, F oddIm)
    {
        F.Store(at, evenRe - oddIm);
        F.Store(at + Lanes, evenIm + oddRe);
        F.Store(other, evenRe + oddIm);
        F.Store(other + Lanes, oddRe - evenIm);
    }

    /// <summary>Places of a bit-reversed spectrum whose frequencies are k and -k: in each block that begins at a power
    /// of two they mirror each other. 0 and 1 have no counterpart.</summary>
    private struct Pairs(int count)
    {
        private int _block = 2;
        private int _offset = -1;

        public readonly int First => _block + _offset;

        public readonly int Second => (2 * _block) - 1 - _offset;

        public bool Next()
        {
            if (++_offset == _block / 2)
            {
                _offset = 0;
                _block *= 2;
            }

            return _block < count;
        }
    }
}
