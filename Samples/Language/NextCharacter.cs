using System;
using Dsl;
using Dsl.Sessions;

namespace Samples.Language;

/// <summary>What generation asks of a model.</summary>
internal interface INextCharacter
{
    /// <summary>Reads one more character of the text.</summary>
    /// <returns>The scores of the character after it; valid until the next call.</returns>
    ReadOnlySpan<float> After(int character);
}

/// <summary>The scores of a model that sees whole windows: for each character it reads the last ones anew.</summary>
/// <param name="session">A session for windows of this length.</param>
/// <param name="context">Characters of a window.</param>
internal sealed class WindowedCharacters(ModelSession session, int context) : INextCharacter
{
    private readonly int[] _window = new int[context];
    private readonly float[] _scores = new float[context * CharacterText.Vocabulary];
    private int _length;

    public ReadOnlySpan<float> After(int character)
    {
        if (_length == context)
        {
            _window.AsSpan(1).CopyTo(_window);
            _length--;
        }

        _window[_length++] = character;
        session.Begin(EntryPoint.Forward, ("b", 1), ("n", _length));
        session.Write(0, _window.AsSpan(0, _length));
        session.Run();
        Span<float> scores = _scores.AsSpan(0, _length * CharacterText.Vocabulary);
        session.Read(0, scores);
        return scores[^CharacterText.Vocabulary..];
    }
}
