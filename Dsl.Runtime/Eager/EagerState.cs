using System;
using System.Collections.Generic;
using System.ComponentModel;

namespace Dsl.Eager;

/// <summary>What a layer remembers of the positions before a call, and leaves for those behind: pieces [b, …], flat and one behind
/// another in a tensor [b, s]. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EagerState
{
    private readonly Tensor? _before;
    private readonly int _batch;
    private readonly List<Tensor> _after = [];
    private int _taken;

    private EagerState(Tensor? before, int batch) => (_before, _batch) = (before, batch);

    /// <summary>Whether there is a state before the first position.</summary>
    internal bool GoesOn => _before is not null;

    /// <summary>Runs a layer from a state to the next.</summary>
    /// <param name="before">The state before the first position, [b, s]; null: none.</param>
    /// <param name="x">The layer's first input, [b, …].</param>
    /// <param name="layer">The layer.</param>
    /// <returns>Its result, and the state behind the last position.</returns>
    /// <exception cref="ArgumentException">The state has another number of rows, or of elements.</exception>
    public static (Tensor Result, Tensor State) Run(Tensor? before, Tensor x, Func<EagerState, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        if (before is not null && (before.Rank != 2 || before.Shape[0] != x.Shape[0]))
        {
            throw new ArgumentException($"A state of {x.Shape[0]} rows is expected, not {Shapes.Print(before.Extents)}.", nameof(before));
        }

        var state = new EagerState(before, x.Shape[0]);
        Tensor result = layer(state);
        state.RequireLength(exact: true);
        return (result, Functions.Concat(1, [.. state._after]));
    }

    /// <summary>The next piece of the state before the first position; null when there is none.</summary>
    /// <param name="dims">Its extents behind the batch.</param>
    internal Tensor? Take(params int[] dims)
    {
        int length = 1;
        foreach (int dim in dims)
        {
            length = checked(length * dim);
        }

        _taken += length;
        if (_before is null)
        {
            return null;
        }

        RequireLength(exact: false);
        return Functions.Slice(_before, 1, _taken - length, length).Reshape([_batch, .. dims]);
    }

    /// <summary>Says what a piece is behind the last position.</summary>
    internal void Leave(Tensor after) => _after.Add(after.Reshape(_batch, after.Length / _batch));

    private void RequireLength(bool exact)
    {
        if (_before is not null && (exact ? _before.Shape[1] != _taken : _before.Shape[1] < _taken))
        {
            throw new ArgumentException(
                $"A state of {(exact ? "" : "at least ")}{_taken} elements is expected, not {Shapes.Print(_before.Extents)}.");
        }
    }
}
