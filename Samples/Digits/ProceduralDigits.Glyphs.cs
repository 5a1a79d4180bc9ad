using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;

namespace Samples.Digits;

/// <content>How digits are written by hand: a table of styles.</content>
public static partial class ProceduralDigits
{
    /// <summary>
    /// The styles of each digit with their weights. A style is strokes separated by <c>|</c>; a stroke is points x,y on a grid of
    /// 100 × 100 with y downwards, joined by a smooth curve; after <c>!</c> the pen turns sharply. Points written alike in one style
    /// move together.
    /// </summary>
    private static readonly (int Weight, string Strokes)[][] Styles =
    [
        [
            (4, "50,0 18,15 5,50 18,85 50,100 82,85 95,50 82,15 50,0"),
            (3, "62,6 35,2 12,30 8,65 30,97 65,95 90,62 85,22 55,3 40,8"),
            (2, "40,4 14,35 12,75 40,100 75,85 90,45 78,12 48,10"),
            (1, "75,0 35,12 8,50 20,90 52,99 85,75 92,38 72,12 40,16"),
            (1, "45,0 20,20 15,60 32,98 60,96 78,60 72,18 45,0 30,14"),
        ],
        [
            (7, "50,0 50,100"),
            (3, "44,0 53,50 48,100"),
            (3, "24,24 50,0! 50,100"),
            (1, "20,22 50,0! 50,100! | 22,100 80,100"),
            (1, "36,14 52,0! 50,50 50,100"),
            (1, "50,0 49,100 | 28,100 74,99"),
        ],
        [
            (4, "10,24 26,5 55,0 80,16 76,40 48,70 8,100! 92,97"),
            (4, "12,22 36,2 70,6 80,30 60,62 26,92 8,94 14,80 34,82 58,94 95,94"),
            (2, "8,20 45,0 82,22 62,58 10,97! 48,90 96,100"),
            (2, "5,30 30,2 72,0 88,22 60,58 30,88 16,97 10,86 30,84 60,96 85,98 98,84"),
            (1, "14,6 50,0 80,10 70,44 10,100! 90,98"),
            (1, "20,30 22,8 52,0 72,20 60,55 20,95! 60,96 90,88"),
        ],
        [
            (4, "14,14 44,0 78,16 68,40 38,47! 74,54 88,76 60,98 8,88"),
            (3, "14,10 50,0 80,20 56,45 40,48 54,50 86,70 62,98 8,90"),
            (2, "10,3 85,2! 44,42! 80,54 86,80 50,100 8,88"),
            (2, "12,8 55,0 72,16 55,36 32,42 60,44 92,62 82,90 48,100 6,84"),
            (1, "8,20 48,0 76,22 50,48 32,54 36,44 62,48 84,72 52,100 5,92"),
        ],
        [
            (3, "22,2 10,55! 92,50 | 72,12 68,100"),
            (3, "18,5 12,38 28,53 78,45 | 84,0 78,48 72,100"),
            (2, "68,100 66,0! 4,64! 96,62"),
            (2, "12,6 16,46 45,54 82,38 | 86,4 80,50 80,100"),
            (2, "40,0 6,52! 94,48 | 74,18 62,100"),
            (1, "62,0 8,58! 90,58 | 62,0 58,100"),
            (1, "16,0 20,44 60,50 84,40! 88,2! 80,100"),
        ],
        [
            (3, "88,2 26,4! 20,44! 56,38 88,62 66,96 10,92"),
            (3, "28,5 20,45! 52,38 85,60 74,90 42,100 8,88 | 28,5 90,0"),
            (2, "88,4 46,3 24,20 32,42 66,54 80,76 54,98 8,92"),
            (1, "82,0 34,6 26,40! 62,44 76,68 52,96 4,100"),
            (1, "36,10 30,48! 60,46 74,70 50,98 14,90 | 36,10 62,6 96,4"),
        ],
        [
            (4, "74,0 36,24 10,64 24,95 60,98 80,76 60,54 30,60 12,78"),
            (3, "56,0 22,46 14,80 44,100 78,82 70,57 36,58 16,76"),
            (2, "80,10 60,0 28,26 8,66 28,98 66,95 84,72 58,54 24,64 14,78"),
            (1, "40,0 14,40 14,84 46,100 84,84 82,58 50,48 20,66"),
            (1, "92,4 44,24 8,68 24,98 56,92 68,70 44,60 16,80"),
        ],
        [
            (4, "5,6 90,3! 52,50 36,100"),
            (2, "5,6 90,3! 52,50 36,100 | 24,50 78,46"),
            (2, "6,22 10,4! 90,3! 48,100"),
            (2, "4,16 30,3 88,5! 62,40 46,100"),
            (1, "8,0 60,8 94,2! 72,34 64,100"),
            (1, "4,24 8,6! 88,5! 50,55 42,100 | 30,54 76,50"),
            (1, "5,20 40,2 84,8 74,44 50,100"),
        ],
        [
            (4, "80,14 50,0 20,20 46,45 80,74 50,100 18,78 50,48 80,20 68,3"),
            (2, "50,0 22,12 26,38 50,46 76,36 78,12 50,0 | 50,46 15,62 15,90 50,100 85,90 86,62 50,46"),
            (2, "86,10 52,2 26,18 44,44 66,68 56,98 26,94 24,70 60,40 90,12"),
            (1, "90,8 40,0 14,22 50,46 82,76 52,100 22,82 54,48 94,18"),
            (1, "60,48 26,34 34,4 70,2 80,26 50,52 20,76 36,100 68,94 76,70 44,46"),
        ],
        [
            (4, "82,16 50,0 18,22 26,47 60,47 82,18! 78,60 68,100"),
            (3, "80,24 55,2 20,18 22,45 55,48 80,24! 76,100"),
            (2, "82,20 50,0 18,22 30,48 65,42 82,18 82,55 65,92 20,95"),
            (2, "84,10 50,2 14,26 30,46 64,34 84,10! 66,58 46,100"),
            (1, "78,30 60,2 24,8 16,38 42,50 76,32 80,4 76,52 84,100"),
        ],
    ];

    private static readonly Glyph[][] Glyphs = [.. Styles.Select(static styles => styles.Select(Parse).ToArray())];

    private static Glyph Parse((int Weight, string Strokes) style)
    {
        var points = new List<Vector2>();
        var strokes = new List<Stroke>();
        foreach (string stroke in style.Strokes.Split('|', StringSplitOptions.TrimEntries))
        {
            string[] marks = stroke.Split(' ');
            var path = new List<int>();
            foreach (string mark in marks)
            {
                path.Add(IndexOf(points, ParsePoint(mark)));
                if (mark.EndsWith('!') && path.Count > 1)
                {
                    strokes.Add(new Stroke([.. path]));
                    path = [path[^1]];
                }
            }

            if (path.Count > 1)
            {
                strokes.Add(new Stroke([.. path]));
            }
        }

        return new Glyph(style.Weight, [.. points], [.. strokes]);
    }

    private static Vector2 ParsePoint(string mark)
    {
        string[] xy = mark.TrimEnd('!').Split(',');
        return new Vector2(float.Parse(xy[0], CultureInfo.InvariantCulture), float.Parse(xy[1], CultureInfo.InvariantCulture)) / 100f;
    }

    private static int IndexOf(List<Vector2> points, Vector2 point)
    {
        int at = points.IndexOf(point);
        if (at < 0)
        {
            at = points.Count;
            points.Add(point);
        }

        return at;
    }

    /// <summary>A style: its weight among the digit's styles, its points, and its smooth strokes as positions of points.</summary>
    private sealed record Glyph(int Weight, Vector2[] Points, Stroke[] Strokes);

    private sealed record Stroke(int[] Path);
}
