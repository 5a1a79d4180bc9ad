using System;

namespace Samples.Duplication;

/// <summary>Sequences 0w0w (Kitaev et al. 2020, section 5): the second w repeats the first, so all of it can be told from
/// the symbols before.</summary>
/// <param name="seed">The same seed makes the same sequences.</param>
internal sealed class DuplicationData(ulong seed)
{
    /// <summary>How many symbols there are; 0 begins a word.</summary>
    public const int Symbols = 64;

    /// <summary>Symbols of a sequence.</summary>
    public const int Length = 256;

    /// <summary>What stands where nothing can be told.</summary>
    public const int NoLabel = -1;

    private const int Half = Length / 2;
    private readonly Random _random = new(unchecked((int)((seed * 2654435761) + 41)));

    /// <summary>Writes sequences and what follows each of their symbols.</summary>
    /// <param name="tokens">[b, n]: symbols.</param>
    /// <param name="next">[b, n]: the symbol after each of the second word's, <see cref="NoLabel"/> elsewhere.</param>
    public void Fill(Span<int> tokens, Span<int> next)
    {
        next.Fill(NoLabel);
        for (int start = 0; start < tokens.Length; start += Length)
        {
            Span<int> sequence = tokens.Slice(start, Length);
            sequence[0] = 0;
            for (int i = 1; i < Half; i++)
            {
                sequence[i] = _random.Next(1, Symbols);
            }

            sequence[..Half].CopyTo(sequence[Half..]);
            sequence[(Half + 1)..].CopyTo(next.Slice(start + Half, Half - 1));
        }
    }
}
