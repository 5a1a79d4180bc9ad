using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>What the launch's scratch buffer holds: transposed keys, transposed values, Σ dO∘O of each row, and the
/// slices' parts.</summary>
internal readonly unsafe struct AttendParts
{
    private readonly float* _queries;
    private readonly float* _bias;
    private readonly int _group;
    private readonly int _biasFloats;

    public AttendParts(AttendGradientLaunch launch, TileCode tile, float* scratch)
    {
        AttendExtents e = launch.Extents;
        Sharing = HostAttendGradient.Sharing(in e);
        Panel = tile.Columns;
        QueryPitch = Slicing.RoundUp(e.Queries, AttendBlocks.RowsOf(tile.Rows));
        QueryFloats = QueryPitch * Slicing.RoundUp(e.KeyWidth, Panel);
        _group = e.Heads / e.KeyHeads;
        _biasFloats = e.BiasLength;
        nint keys = (nint)HostAttend.KeyUnits(in e) * AttendBlocks.Keys;
        Keys = scratch;
        Values = Keys + (keys * e.KeyWidth);
        Dots = Values + (keys * e.ValueWidth);
        _queries = Dots + ((nint)e.Batch * e.Queries * e.Heads);
        _bias = _queries + ((nint)e.Batch * e.Heads * Sharing * QueryFloats);
    }

    public float* Keys { get; }

    public float* Values { get; }

    public float* Dots { get; }

    /// <summary>Slices that share a head of keys.</summary>
    public int Sharing { get; }

    public int Panel { get; }

    /// <summary>Rows of a panel of a part.</summary>
    public int QueryPitch { get; }

    public int QueryFloats { get; }

    /// <summary>A slice's part of the gradient of its queries' head <paramref name="member"/>.</summary>
    public float* QueryPart(int unit, int member) =>
        _queries + ((((nint)unit * _group) + member) * QueryFloats);

    /// <summary>A slice's part of the gradient of that head's bias.</summary>
    public float* BiasPart(int unit, int member) => _bias + ((((nint)unit * _group) + member) * _biasFloats);
}
