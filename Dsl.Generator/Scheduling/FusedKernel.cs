using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Scheduling;

/// <summary>The skeletons.</summary>
internal enum Skeleton
{
    Map,
    Row,
    Reduce,
    Contract,
    Convolve,
    ConvolveInput,
    ConvolveWeights,
    Pool,
    PoolGradient,
    ScatterRows,
    OuterScan,
    DecayScan,
    DiagonalScan,
    SelectiveScan,
    LowRankScan,
    HippoScan,
    LinearScan,
    DeltaScan,
    Spectral,
    CumulativeSum,
    Resample,
    ResampleGradient,
    LocalConvolveWeights,
    Attend,
    AttendGradient,
    ClassLogits,
    ClassLogitsGradient,
    Memory,
    Order,
    Chunk,
    Collective,
}

/// <summary>One launch in the making: anchors (what the skeleton itself computes) and the pointwise nodes fused with them.</summary>
internal sealed class FusedKernel
{
    public FusedKernel(
        int index, Skeleton skeleton, ImmutableArray<Size> shape, ImmutableArray<int> reduced, bool isReplay)
    {
        Index = index;
        IsReplay = isReplay;
        Skeleton = skeleton;
        Shape = shape;
        Reduced = reduced;
        KeptShape = Kept.Select(a => Shape[a]).ToImmutableArray();
    }

    /// <summary>Position in the order of creation, which is the launch order.</summary>
    public int Index { get; }

    public Skeleton Skeleton { get; }

    /// <summary>Whether it computes again what the forward pass has computed.</summary>
    public bool IsReplay { get; }

    /// <summary>Logical shape of the domain: of the results, or, for Row and Reduce, of what is reduced.</summary>
    public ImmutableArray<Size> Shape { get; }

    /// <summary>For Row and Reduce the reduced axes of <see cref="Shape"/>, ascending.</summary>
    public ImmutableArray<int> Reduced { get; }

    /// <summary>For Row and Reduce the axes of <see cref="Shape"/> that stay.</summary>
    public IEnumerable<int> Kept => Enumerable.Range(0, Shape.Length).Where(a => !Reduced.Contains(a));

    /// <summary>Nodes that the skeleton itself computes.</summary>
    public List<Node> Anchors { get; } = new();

    /// <summary>The pointwise nodes that it computes, in graph order.</summary>
    public List<Node> Members { get; } = new();

    /// <summary>Materialised nodes that this kernel writes, in graph order.</summary>
    public List<Node> Stores { get; } = new();

    /// <summary>Values that a reduction carries from element to element.</summary>
    public int StateWidth => Anchors.Where(IsFirstOfPass).Sum(static a => a.Op.StateWidth);

    /// <summary>Whether no anchor before this one has the same pass.</summary>
    public bool IsFirstOfPass(Node anchor) => FirstOfPass(anchor) == anchor;

    /// <summary>The anchor whose pass computes this one: itself, or a mean whose variance it is.</summary>
    public Node FirstOfPass(Node anchor) => Anchors.First(a => a == anchor
        || (a.Op.SharesPassWith(anchor.Op) && a.Inputs.SequenceEqual(anchor.Inputs)));

    /// <summary>The name in dumps, profiles and generated code.</summary>
    public string Name { get; set; } = "";

    /// <summary>The shape of a result per row: of the kept axes.</summary>
    public ImmutableArray<Size> KeptShape { get; }

    /// <summary>Whether a node has an element for each row rather than for each element of the domain.</summary>
    public bool IsPerRow(Node node) => Reduced.Length > 0 && node.SameShape(KeptShape);
}
