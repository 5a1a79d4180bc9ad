using System;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <summary>Lengths of sequences go from 1 to the size they are of.</summary>
internal static class LengthCheck
{
    /// <summary>Checks lengths.</summary>
    /// <returns>The largest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">One is outside; the message names it.</exception>
    public static int Require(TensorPlan tensor, ReadOnlySpan<int> lengths, int most)
    {
        int longest = 0;
        foreach (int length in lengths)
        {
            if (length < 1 || length > most)
            {
                throw Outside(tensor, length, most);
            }

            longest = Math.Max(longest, length);
        }

        return longest;
    }

    /// <summary>What is thrown for a length.</summary>
    public static ArgumentOutOfRangeException Outside(TensorPlan tensor, int length, int most) => new(
        tensor.Name,
        length,
        $"'{tensor.Name}' has a length of {length}; sequences of '{tensor.LengthsOf}' have 1 "
        + (most == int.MaxValue ? "position or more." : $"to {most} positions."));
}
