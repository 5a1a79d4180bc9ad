using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>A layer of sequences [b, n, c] that can go on from a state, and give the one behind the last position: its
/// method takes the state as a second tensor, or returns (result, state), or both. Zeros are what it begins with
/// otherwise.</summary>
internal interface ICarryingLayer : ILayer
{
}

/// <summary>A layer that takes another sequence, too: which of its inputs is a state it says itself.</summary>
internal interface IAttendingLayer : ICarryingLayer
{
    /// <summary>Whether an input of floats behind the first one is a state.</summary>
    bool IsState(LayerContext context, Node input);
}

/// <summary>
/// What one call of a layer remembers of the positions before, and what it leaves for those behind: pieces [b, …] of the layer's choice,
/// flat and one behind another in a tensor [b, s]. A layer takes its pieces in some order and leaves them in the same.
/// </summary>
internal sealed class CarriedState
{
    private readonly LayerContext _context;
    private readonly Node? _before;
    private readonly List<Node> _after = new();
    private int _taken;

    /// <param name="context">The call.</param>
    /// <param name="before">What it goes on from, [b, s]; null: zeros.</param>
    public CarriedState(LayerContext context, Node? before)
    {
        (_context, _before) = (context, before);
        if (before is not null && (before.Rank != 2 || !before.Shape[0].Equals(Batch) || !before.Shape[1].IsConstant))
        {
            throw context.Mismatch(before, $"'{Batch}, s' with a constant s", "a state is all that a sequence has left, as one row");
        }
    }

    private Size Batch => _context.Inputs[0].Shape[0];

    private Graph Graph => _context.Graph;

    /// <summary>Whether there is a state before the first position.</summary>
    public bool GoesOn => _before is not null;

    /// <summary>The next piece of the state before the first position; null when there is none.</summary>
    /// <param name="dims">Its extents behind the batch.</param>
    public Node? Take(params int[] dims)
    {
        int length = dims.Aggregate(1, static (product, d) => checked(product * d));
        _taken += length;
        if (_before is null)
        {
            return null;
        }

        Size[] shape = new[] { Batch }.Concat(dims.Select(static d => (Size)d)).ToArray();

        // A state that is too short is refused when all of it is known.
        return _taken > _before.Shape[1].Constant ? Graph.Fill(0, shape)
            : Graph.Reshape(Graph.Slice(_before, 1, _taken - length, length), shape);
    }

    /// <summary>Says what a piece is behind the last position.</summary>
    public void Leave(Node after) =>
        _after.Add(Graph.Reshape(after, new[] { Batch, after.Shape.Skip(1).Product() }));

    /// <summary>The state behind the last position, [b, s].</summary>
    /// <exception cref="ProblemException">The state before the first one is of another length.</exception>
    public Node Result() => _before is null || _before.Shape[1].Equals(_taken)
        ? Graph.Concat(1, _after.ToArray())
        : throw _context.Mismatch(
                _before, $"'{Batch}, {_taken}'", $"that many numbers are all that a [{_context.Kind}] layer of these sizes remembers")
            .Offer(_context.Make(new[] { Batch, _taken }, _context.Inputs.ToList().IndexOf(_before)));
}
