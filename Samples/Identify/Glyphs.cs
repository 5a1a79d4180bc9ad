using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Identify;

/// <summary>One drawing of a character: 105 rows of 105 pixels, 1 where there is ink.</summary>
/// <param name="Ink">Row by row.</param>
internal sealed record Glyph(byte[] Ink)
{
    /// <summary>Height and width.</summary>
    public const int Side = 105;
}

/// <summary>A character and its drawings by several people.</summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Drawings">By drawer.</param>
internal sealed record Character(string Name, IReadOnlyList<Glyph> Drawings);

/// <summary>What a training step sees of a drawing.</summary>
/// <param name="Drawing">As it was drawn.</param>
/// <param name="Turns">Quarter turns it is shown in.</param>
/// <param name="Class">Its character and turn.</param>
internal readonly record struct GlyphSample(Glyph Drawing, int Turns, int Class);

/// <summary>A run of one-shot classification: each test drawing is of the character of one training drawing.</summary>
/// <param name="Training">One drawing of each character.</param>
/// <param name="Tests">Drawings, and the positions of their characters.</param>
internal sealed record OneShotRun(IReadOnlyList<Glyph> Training, IReadOnlyList<(Glyph Drawing, int Answer)> Tests);

/// <summary>Characters to train on, others to verify, and runs of one-shot classification.</summary>
/// <param name="Name">Where they are from.</param>
/// <param name="Train">Characters whose drawings train.</param>
/// <param name="Verify">Characters that were not seen.</param>
/// <param name="Runs">Of characters that were not seen either.</param>
internal sealed record GlyphData(
    string Name, IReadOnlyList<Character> Train, IReadOnlyList<Character> Verify, IReadOnlyList<OneShotRun> Runs)
{
    /// <summary>Characters of each one-shot run.</summary>
    public const int Ways = 20;

    private const int HeldOutRuns = 20;

    /// <summary>One of five training characters is held out, to choose settings by.</summary>
    public GlyphData HeldOut(ulong seed)
    {
        Character[] held = [.. Train.Where(static (_, i) => i % 5 == 2)];
        return new GlyphData(
            Name + ", held out",
            [.. Train.Where(static (_, i) => i % 5 != 2)],
            held,
            Draw(held, HeldOutRuns, new Random(unchecked((int)((seed * 2654435761) + 41)))));
    }

    /// <summary>Runs over characters drawn by chance, with two drawings of each.</summary>
    public static List<OneShotRun> Draw(IReadOnlyList<Character> characters, int count, Random random)
    {
        var runs = new List<OneShotRun>(count);
        for (int i = 0; i < count; i++)
        {
            Character[] ways = [.. characters];
            random.Shuffle(ways);
            ways = ways[..Ways];
            int[] first = [.. ways.Select(w => random.Next(w.Drawings.Count))];
            int[] second =
            [
                .. ways.Select((w, k) => (first[k] + 1 + random.Next(w.Drawings.Count - 1)) % w.Drawings.Count)
            ];
            runs.Add(new OneShotRun(
                [.. ways.Select((w, k) => w.Drawings[first[k]])],
                [.. ways.Select((w, k) => (w.Drawings[second[k]], k))]));
        }

        return runs;
    }
}
