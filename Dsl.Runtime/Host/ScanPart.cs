using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// Some positions of one sequence of a scan, and some columns of its values. Within a chunk a tile of rows of the
/// result is the product of its queries and the state, plus that of its scores and the values it sees; then the
/// chunk's keys and values are added to the state. The state lies as tiles store it: panel after panel of its columns.
/// Behind it lies what its roundings have lost so far (Kahan 1965, "Pracniques: further remarks on reducing truncation
/// errors"): of a text that repeats itself a plain sum would be off by 3·10⁻⁴ after 100,000 positions.
/// </summary>
internal unsafe struct ScanPart
{
    /// <summary>Positions of a chunk from which on a panel of its values is packed, and floats of a packed one at most.</summary>
    private const int ManyPositions = 64;
    private const int PackedFloats = 64 * 1024;

    public TileCode Tile;
    public float* Q;
    public float* K;
    public float* V;
    public float* O;
    public nint QStep;
    public nint KStep;
    public nint VStep;
    public nint OStep;
    public nint OFeature;
    public int Positions;
    public int Keys;
    public int Values;
    public int Chunk;
    public Intra Intra;
    public bool Reverse;

    private float* _state;
    private float* _lost;
    private float* _sums;
    private float* _scores;
    private float* _keys;
    private nint _pitch;
    private nint _panelFloats;

    /// <summary>Whether anything has been added to the state; before that its memory means nothing.</summary>
    private bool _holds;

    private readonly bool SeesItself => Intra != Intra.PreviousChunks;

    private readonly int Panels => Slicing.Ceiling(Values, Tile.Columns);

    /// <summary>Divides the worker's scratch: the state, the sums of a tile, the scores and the keys of a chunk, or a panel of its
    /// values.</summary>
    public void Use<F, I, M>(float* scratch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int rows = Slicing.RoundUp(Math.Min(Chunk, Positions), ScanScores.MostRows);
        _panelFloats = (nint)Slicing.RoundUp(Keys, Tile.Rows) * Tile.Columns;
        _pitch = Slicing.RoundUp(Math.Min(Chunk, Positions), F.Lanes);
        _state = scratch;
        _lost = _state + (Panels * _panelFloats);
        _sums = _lost + (Panels * _panelFloats);
        _scores = _sums + Slicing.RoundUp(Tile.Rows * Tile.Columns, 16);
        _keys = _scores + (SeesItself ? rows * _pitch : 0);
        _holds = false;
    }

    /// <summary>Adds the keys and values of chunks to the state.</summary>
    public void Add<F, I, M>(int first, int end)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int i = first; i < end; i++)
        {
            AddChunk<F, I, M>(Reverse ? first + end - 1 - i : i);
        }
    }

    /// <summary>Scans chunks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<F, I, M>(int first, int end)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int i = first; i < end; i++)
        {
            int chunk = Reverse ? first + end - 1 - i : i;
            int position = chunk * Chunk;
            int count = Math.Min(Chunk, Positions - position);
            float* keys = K + (position * KStep);
            if (SeesItself)
            {
                ScanScores.Pack<F, I, M>(keys, KStep, count, Keys, _keys);
                ScanScores.Of<F, I, M>(
                    Q + (position * QStep), QStep, _keys, Keys, count, Reverse, Intra == Intra.Exclusive, _scores,
                    _pitch);
            }

            for (int row = 0; row < count; row += Tile.Rows)
            {
                Rows<F, I, M>(position, count, row, Math.Min(Tile.Rows, count - row));
            }

            if (i < end - 1)
            {
                AddChunk<F, I, M>(chunk);
            }
        }
    }

    /// <summary>Stores the state's columns at rows of a larger state.</summary>
    public readonly void Keep<F, I, M>(float* to, nint rowStep)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int column = 0; column < Values; column += F.Lanes)
        {
            float* from = _state + (column / Tile.Columns * _panelFloats) + (column % Tile.Columns);
            for (int row = 0; row < Keys; row++)
            {
                F sum = _holds ? F.Load(from + ((nint)row * Tile.Columns)) : F.Splat(0f);
                F.Store(to + (row * rowStep) + column, sum, Math.Min(F.Lanes, Values - column));
            }
        }
    }

    /// <summary>Adds what <see cref="Keep"/> has stored to the state.</summary>
    public void Take<F, I, M>(float* from, nint rowStep)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int column = 0; column < Values; column += F.Lanes)
        {
            float* to = _state + (column / Tile.Columns * _panelFloats) + (column % Tile.Columns);
            for (int row = 0; row < Keys; row++)
            {
                F part = F.Load(from + (row * rowStep) + column, Math.Min(F.Lanes, Values - column));
                float* at = to + ((nint)row * Tile.Columns);
                F.Store(at, _holds ? F.Load(at) + part : part);
            }
        }

        Hold();
    }

    /// <summary>From now on the state means something; nothing of it is lost yet.</summary>
    private void Hold()
    {
        if (!_holds)
        {
            new Span<float>(_lost, checked((int)(Panels * _panelFloats))).Clear();
        }

        _holds = true;
    }

    /// <summary>A tile of rows of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Rows<F, I, M>(int position, int count, int row, int rows)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        float* queries = Q + ((position + row) * QStep);
        int from = Reverse ? row : 0;
        int to = Reverse ? count : row + rows;
        TileOperands past = Plain(queries, QStep, 1, _state, Tile.Columns, Keys);
        TileOperands near = Plain(
            _scores + (row * _pitch) + from, _pitch, 1, V + ((position + from) * VStep), VStep, to - from);
        int line = row / Tile.Rows;
        AskFor(ref past, K, KStep, Keys, position, line);
        AskFor(ref near, Q, QStep, Keys, position, line);
        for (int column = 0; column < Values; column += Tile.Columns)
        {
            if (_holds)
            {
                Tile.Run(in past, rows, _sums, false);
                past.B += _panelFloats;
            }

            if (SeesItself)
            {
                Tile.Run(in near, rows, _sums, _holds);
                near.B += Tile.Columns;
            }
            else if (!_holds)
            {
                Unsafe.InitBlockUnaligned(_sums, 0, (uint)(rows * Tile.Columns * sizeof(float)));
            }

            float* result = O + ((position + row) * OStep) + (column * OFeature);
            Store<F, I, M>(_sums, Tile.Columns, rows, Math.Min(Tile.Columns, Values - column), result, OStep, OFeature);
        }
    }

    /// <summary>Lets a tile ask for a line of each row of the chunk that comes next. One with many more steps would ask for rows
    /// that are needed much later.</summary>
    private readonly void AskFor(ref TileOperands t, float* from, nint step, int columns, int position, int line)
    {
        if (t.Depth <= 2 * Chunk)
        {
            TileWalk.AskForPanel(ref t, from + ((position + (Reverse ? -Chunk : Chunk)) * step), step, columns, line);
        }
    }

    /// <summary>The state plus KᵀV of a chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddChunk<F, I, M>(int chunk)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int position = chunk * Chunk;
        int count = Math.Min(Chunk, Positions - position);
        float* keys = K + (position * KStep);
        TileOperands t = Plain(keys, 1, KStep, V + (position * VStep), VStep, count);

        // Rows of values that are many and apart push each other out of the cache; where there are no scores there is room for them.
        bool packs = !SeesItself && count >= ManyPositions && Keys > 2 * Tile.Rows && (nint)count * Tile.Columns <= PackedFloats;
        for (int panel = 0; panel < Panels; panel++)
        {
            nint at = panel * _panelFloats;
            int column = panel * Tile.Columns;
            t.A = keys;
            t.B = V + (position * VStep) + column;
            if (packs)
            {
                Packing.Panel<F, I, M>(t.B, VStep, count, Math.Min(Tile.Columns, Values - column), Tile.Columns, _keys);
                t.B = _keys;
                t.BDepth = Tile.Columns;
            }

            for (int row = 0; row < Keys; row += Tile.Rows)
            {
                int rows = Math.Min(Tile.Rows, Keys - row);
                AskFor(ref t, V, VStep, Values, position, row / Tile.Rows);
                Tile.Run(in t, rows, _holds ? _sums : _state + at, false);
                if (_holds)
                {
                    Add<F, I, M>(_sums, _state + at, _lost + at, rows * Tile.Columns);
                }

                t.A += Tile.Rows;
                at += Tile.Rows * Tile.Columns;
            }
        }

        Hold();
    }

    /// <summary>sums += from, and what that loses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add<F, I, M>(float* from, float* sums, float* lost, int count)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int i = 0; i < count; i += F.Lanes)
        {
            F before = F.Load(sums + i);
            F x = F.Load(from + i) - F.Load(lost + i);
            F after = before + x;
            F.Store(sums + i, after);
            F.Store(lost + i, after - before - x);
        }
    }

    private static TileOperands Plain(float* a, nint aRow, nint aDepth, float* b, nint bDepth, int depth) => new()
    {
        A = a,
        ARow = aRow,
        ADepth = aDepth,
        B = b,
        BDepth = bDepth,
        Depth = depth,
        Middle = 1,
        Outer = 1,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Store<F, I, M>(
        float* sums, nint pitch, int rows, int columns, float* to, nint step, nint feature)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int row = 0; row < rows; row++)
        {
            if (feature == 1)
            {
                int column = 0;
                for (; column <= columns - F.Lanes; column += F.Lanes)
                {
                    F.Store(to + column, F.Load(sums + column));
                }

                if (column < columns)
                {
                    F.Store(to + column, F.Load(sums + column), columns - column);
                }
            }
            else
            {
                for (int column = 0; column < columns; column++)
                {
                    to[column * feature] = sums[column];
                }
            }

            sums += pitch;
            to += step;
        }
    }
}
