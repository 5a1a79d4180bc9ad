using System;
using System.Collections.Generic;

namespace Samples.ListOps;

/// <summary>Draws expressions: a list of 2 to 5 parts, each of which is a list again with probability 1/4, down to a
/// depth of 20.</summary>
/// <param name="seed">The same seed draws the same.</param>
internal sealed class ListOpsGenerator(ulong seed)
{
    private const int Deepest = 20;
    private const int FewestParts = 2;
    private const int MostParts = 5;
    private const double Nested = 0.25;

    private readonly Random _random = new(unchecked((int)((seed * 2654435761) + 41)));

    /// <summary>The tokens of the next expression.</summary>
    public int[] Next()
    {
        var tokens = new List<int>();
        AddList(tokens, 1);
        return [.. tokens];
    }

    private void AddList(List<int> tokens, int depth)
    {
        tokens.Add(ListOpsExpression.FirstOperator + _random.Next(ListOpsExpression.Operators));
        int parts = _random.Next(FewestParts, MostParts + 1);
        for (int i = 0; i < parts; i++)
        {
            if (depth < Deepest && _random.NextDouble() < Nested)
            {
                AddList(tokens, depth + 1);
            }
            else
            {
                tokens.Add(_random.Next(ListOpsExpression.Classes));
            }
        }

        tokens.Add(ListOpsExpression.End);
    }
}
