using System;
using Dsl.Sessions;

namespace Samples.Language;

/// <summary>
/// The scores of a model that does not take characters one by one: it reads the text so far for each. When the session has no
/// more room, it goes on with the last half of it.
/// </summary>
/// <param name="session">A session for texts of up to <paramref name="context"/> characters.</param>
/// <param name="context">Characters that the session has room for.</param>
internal sealed class WindowedCharacters(ModelSession session, int context) : INextCharacter
{
    private readonly int[] _text = new int[context];
    private readonly float[] _scores = new float[context * CharacterText.Vocabulary];
    private int _length;

    public ReadOnlySpan<float> After(int character)
    {
        if (_length == context)
        {
            int kept = context / 2;
            _text.AsSpan(context - kept).CopyTo(_text);
            _length = kept;
        }

        _text[_length++] = character;
        session.Begin(EntryPoint.Forward, ("b", 1), ("n", _length));
        session.Write(0, _text.AsSpan(0, _length));
        session.Run();
        session.Read(0, _scores.AsSpan(0, _length * CharacterText.Vocabulary));
        return _scores.AsSpan((_length - 1) * CharacterText.Vocabulary, CharacterText.Vocabulary);
    }
}
