using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Sessions;

namespace Samples.Language;

/// <summary>What generation asks of a model.</summary>
internal interface INextCharacter
{
    /// <summary>Reads one more character of the text.</summary>
    /// <returns>The scores of the character after it; valid until the next call.</returns>
    ReadOnlySpan<float> After(int character);
}

/// <summary>The scores of any causal model: it sees the last characters anew for each one. For models that cannot be run
/// position by position.</summary>
/// <param name="session">A session for one text.</param>
/// <param name="context">Characters that the model sees at most.</param>
internal sealed class WindowedCharacters(ModelSession session, int context) : INextCharacter
{
    private readonly float[] _scores = new float[context * CharacterText.Vocabulary];
    private readonly int[] _window = new int[context];
    private int _count;

    public ReadOnlySpan<float> After(int character)
    {
        if (_count == context)
        {
            _window.AsSpan(1).CopyTo(_window);
            _count--;
        }

        _window[_count++] = character;
        session.Begin(EntryPoint.Forward, ("b", 1), ("n", _count));
        session.Write(0, _window.AsSpan(0, _count));
        session.Run();
        Span<float> scores = _scores.AsSpan(0, _count * CharacterText.Vocabulary);
        session.Read(0, scores);
        return scores[^CharacterText.Vocabulary..];
    }
}

/// <summary>
/// The scores of a model that takes one character after the other and remembers what it needs of the earlier ones. A model
/// that remembers each of them has room for so many: when all is taken it begins anew with the last half of the text it
/// knew.
/// </summary>
/// <param name="session">A session for one text.</param>
/// <param name="context">Characters that the session has room for.</param>
internal sealed class RecurrentCharacters(ModelSession session, int context) : INextCharacter
{
    private readonly float[] _scores = new float[CharacterText.Vocabulary];
    private readonly int[] _token = new int[1];
    private readonly Queue<int> _recent = new();

    /// <summary>Whether the model keeps something for each character, not a state of constant size.</summary>
    private readonly bool _fills = session.Model.Compiled.Step!.Symbols.Contains(session.Model.Compiled.Positions);

    public ReadOnlySpan<float> After(int character)
    {
        _recent.Enqueue(character);
        if (_recent.Count > Math.Max(1, context / 2))
        {
            _recent.Dequeue();
        }

        if (_fills && session.Position == context)
        {
            session.Reset();
            foreach (int earlier in _recent.SkipLast(1))
            {
                Take(earlier);
            }
        }

        Take(character);
        session.Read(0, _scores);
        return _scores;
    }

    private void Take(int character)
    {
        _token[0] = character;
        session.Begin(EntryPoint.Step, ("b", 1));
        session.Write(0, _token);
        session.Run();
    }
}
