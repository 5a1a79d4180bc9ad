using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>Memory that is asked for while tiles run that do not wait for it, a cache line at each of their steps
/// (see <see cref="Prefetch"/>), range after range. Empty by default.</summary>
internal unsafe struct LinesAhead
{
    private float* _at;
    private nint _left;

    /// <summary>Asks for a range, instead of what is left of the one before.</summary>
    /// <param name="from">Where it begins; it need not be valid.</param>
    /// <param name="floats">Its length.</param>
    public void Start(float* from, nint floats)
    {
        _at = from;
        _left = (floats + TileWalk.LineFloats - 1) / TileWalk.LineFloats;
    }

    /// <summary>Lets a tile ask for as many lines as it has steps.</summary>
    /// <param name="t">The tile's operands.</param>
    public void Next(ref TileOperands t)
    {
        bool exists = _left > 0;
        t.Ahead = exists ? _at : null;
        t.AheadStep = exists ? TileWalk.LineFloats : 0;
        nint steps = (nint)t.Depth * t.Middle * t.Outer;
        _at += steps * TileWalk.LineFloats;
        _left -= steps;
    }
}
