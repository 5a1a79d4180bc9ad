using System;

namespace Dsl.Profiling;

/// <summary>The part of a step that a launch belongs to.</summary>
public enum StepPhase
{
    /// <summary>It computes results: scores, losses, the next values of running statistics.</summary>
    Forward,

    /// <summary>It computes gradients, or something again that only gradients need.</summary>
    Backward,

    /// <summary>It is the optimiser's.</summary>
    Update,
}

/// <summary>One launch of a profiled step.</summary>
public sealed record LaunchProfile
{
    /// <summary>The kernel's name in dumps: the layer or local it computes, <c>Deep.Weight.Gradient</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it came from: a layer's name as in the class, <c>Trunk.Full.First</c> inside blocks; an input, a
    /// local or <c>Loss</c> when it is no layer's; the optimiser's class for what it launches.</summary>
    /// <remarks>The build fuses across layers. A product belongs to the layer whose weights it multiplies; what reads
    /// or writes the parameters of one layer alone belongs to that layer; anything else goes by its name.</remarks>
    public required string Layer { get; init; }

    /// <summary>The part of the step.</summary>
    public required StepPhase Phase { get; init; }

    /// <summary>The loop nest that ran it: Map, Row, Reduce, Contract, Convolve, ConvolveWeights, Pool, Resample,
    /// Transpose, ScatterRows, Attend, AttendGradient, ClassLogits, ClassLogitsGradient, OuterScan, DecayScan,
    /// DiagonalScan, SelectiveScan, LowRankScan, HippoScan, LinearScan, DeltaScan, Spectral, CumulativeSum, Order, Chunk,
    /// Collective or Halo; followed by a T for the transposed forms.</summary>
    public required string Skeleton { get; init; }

    /// <summary>Its domain, for people: <c>64x14x14 32->64 by 3x3</c>.</summary>
    public required string Extents { get; init; }

    /// <summary>Floating-point operations of a sum of products, two for each product; 0 for everything else.</summary>
    public required long Flops { get; init; }

    /// <summary>Bytes that it reads and writes at least, by extents alone: every buffer once, as far as the domain
    /// reaches. What it reads again is not in it, nor is scratch.</summary>
    public required long Bytes { get; init; }

    /// <summary>Its time in microseconds: the lower quartile over all steps, because whoever else uses the machine can
    /// only add.</summary>
    public required double Microseconds { get; init; }

    /// <summary>Its part of the step's time, 0 … 1.</summary>
    public required double Share { get; init; }

    /// <summary>The microseconds that it would take at the roof; see <see cref="Roofline.Microseconds"/>.</summary>
    public required double RoofMicroseconds { get; init; }

    /// <summary>When it began in the step that <see cref="StepProfile.WriteTrace(System.IO.Stream)"/> shows, in
    /// microseconds since that step began.</summary>
    public required double TraceStart { get; init; }

    /// <summary>How long it took in that step, in microseconds.</summary>
    public required double TraceMicroseconds { get; init; }

    /// <summary>10⁹ floating-point operations of products a second.</summary>
    public double Gflops => Rate(Flops);

    /// <summary>10⁹ bytes a second, of those that <see cref="Bytes"/> counts.</summary>
    public double GigabytesPerSecond => Rate(Bytes);

    /// <summary>How near it comes to the roof: 1 when it takes no longer than it must. More when it works in a cache,
    /// which is faster than the memory that was measured.</summary>
    public double RoofShare => Microseconds > 0 ? RoofMicroseconds / Microseconds : 0;

    private double Rate(long count) => Microseconds > 0 ? count / Microseconds / 1e3 : 0;
}

/// <summary>The launches of a step that came from one layer.</summary>
/// <param name="Layer">See <see cref="LaunchProfile.Layer"/>.</param>
/// <param name="Launches">How many.</param>
/// <param name="Forward">Microseconds forward.</param>
/// <param name="Backward">Microseconds backward.</param>
/// <param name="Update">Microseconds of the update.</param>
/// <param name="Share">Their part of the step's time, 0 … 1.</param>
/// <param name="RoofMicroseconds">What they would take at the roof.</param>
public sealed record LayerProfile(
    string Layer, int Launches, double Forward, double Backward, double Update, double Share, double RoofMicroseconds)
{
    /// <summary>Microseconds in all.</summary>
    public double Microseconds => Forward + Backward + Update;

    /// <summary>See <see cref="LaunchProfile.RoofShare"/>.</summary>
    public double RoofShare => Microseconds > 0 ? RoofMicroseconds / Microseconds : 0;
}
