using System;
using Dsl;
using Dsl.Data;

namespace Samples.Sequence;

/// <summary>Random tokens among which a special one stands once, and again at the end, where what followed it is asked for:
/// induction heads.</summary>
internal static class RepeatedToken
{
    /// <summary>Kinds of tokens beside the special one.</summary>
    public const int Kinds = 16;

    /// <summary>The special token.</summary>
    public const int Special = Kinds;

    /// <summary>x [count, length] and label [count], what followed the special token.</summary>
    public static Dataset Draw(int count, int length, int seed)
    {
        var random = new Random(seed);
        int[] x = new int[count * length];
        int[] label = new int[count];
        for (int i = 0; i < count; i++)
        {
            Span<int> sequence = x.AsSpan(i * length, length);
            foreach (ref int token in sequence)
            {
                token = random.Next(Kinds);
            }

            int place = random.Next(length - 2);
            sequence[place] = Special;
            label[i] = sequence[place + 1];
            sequence[^1] = Special;
        }

        return new Dataset()
            .With("x", new IntTensor(x, [count, length]))
            .With("label", new IntTensor(label, [count]));
    }
}
