using System;
using Dsl;
using Dsl.Data;

namespace Samples.Sequence;

/// <summary>Symbols scattered among blanks, which have to be repeated at the end: selective copying.</summary>
internal static class ScatteredSymbols
{
    /// <summary>Positions of a sequence.</summary>
    public const int Length = 256;

    /// <summary>Symbols of a sequence, and how many kinds there are.</summary>
    public const int Symbols = 16;

    /// <summary>What stands between symbols.</summary>
    public const int Blank = Symbols;

    /// <summary>What stands where a symbol is asked for.</summary>
    public const int Question = Symbols + 1;

    /// <summary>x [count, <see cref="Length"/>] and label [count, <see cref="Symbols"/>], the symbols in their order.</summary>
    public static Dataset Draw(int count, int seed)
    {
        const int Before = Length - Symbols;
        var random = new Random(seed);
        int[] x = new int[count * Length];
        int[] label = new int[count * Symbols];
        for (int i = 0; i < count; i++)
        {
            Span<int> sequence = x.AsSpan(i * Length, Length);
            sequence[..Before].Fill(Blank);
            sequence[Before..].Fill(Question);
            int found = 0;
            for (int position = 0; position < Before; position++)
            {
                // Every set of positions is as likely as every other.
                if (random.Next(Before - position) < Symbols - found)
                {
                    int symbol = random.Next(Symbols);
                    sequence[position] = symbol;
                    label[(i * Symbols) + found++] = symbol;
                }
            }
        }

        return new Dataset()
            .With("x", new IntTensor(x, [count, Length]))
            .With("label", new IntTensor(label, [count, Symbols]));
    }
}
