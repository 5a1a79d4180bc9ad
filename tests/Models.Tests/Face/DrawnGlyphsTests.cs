using System;
using System.Collections.Generic;
using System.Linq;
using Models.Face;
using Samples.Identify;
using Xunit;

namespace Models.Tests.Face;

/// <summary>The drawings that the sample <c>identify</c> makes and shows to networks.</summary>
public sealed class DrawnGlyphsTests
{
    [Fact]
    public void Drawings_depend_on_the_seed_alone()
    {
        GlyphData data = DrawnGlyphs.Draw(3);
        Assert.Equal((161, 81, 20), (data.Train.Count, data.Verify.Count, data.Runs.Count));
        Assert.Equal(GlyphNet.Classes, 4 * data.Train.Count);
        Assert.All(data.Train.Concat(data.Verify), static c => Assert.Equal(20, c.Drawings.Count));
        Assert.All(data.Train.Concat(data.Verify).SelectMany(static c => c.Drawings), static g =>
            Assert.InRange(g.Ink.Sum(static v => (int)v), 20, Glyph.Side * Glyph.Side / 4));
        Assert.Equal(Ink(data), Ink(DrawnGlyphs.Draw(3)));
        Assert.NotEqual(Ink(data), Ink(DrawnGlyphs.Draw(4)));

        static byte[] Ink(GlyphData data) =>
            [.. data.Train.Concat(data.Verify).SelectMany(static c => c.Drawings).SelectMany(static g => g.Ink)];
    }

    [Fact]
    public void A_run_has_two_drawings_of_each_of_twenty_characters()
    {
        GlyphData data = DrawnGlyphs.Draw(1);
        Dictionary<Glyph, string> names = data.HeldOut(1).Verify
            .SelectMany(static c => c.Drawings.Select(d => (d, c.Name))).ToDictionary(static p => p.d, static p => p.Name);
        Assert.All(data.HeldOut(1).Runs, run =>
        {
            Assert.Equal(20, run.Training.Select(d => names[d]).Distinct().Count());
            Assert.All(run.Tests, t => Assert.Equal(names[run.Training[t.Answer]], names[t.Drawing]));
            Assert.All(run.Tests, t => Assert.NotSame(run.Training[t.Answer], t.Drawing));
        });
    }

    [Fact]
    public void No_character_that_is_held_out_trains()
    {
        GlyphData data = DrawnGlyphs.Draw(1);
        GlyphData held = data.HeldOut(1);
        Assert.Equal((129, 32), (held.Train.Count, held.Verify.Count));
        Assert.Equal(data.Train.ToHashSet(), held.Train.Concat(held.Verify).ToHashSet());
    }

    [Fact]
    public void Shrinking_is_the_mean_of_squares()
    {
        Glyph glyph = DrawnGlyphs.Draw(1).Train[5].Drawings[3];
        var image = new float[Shrink.Pixels];
        Shrink.Plain(glyph, image);
        for (int i = 0; i < image.Length; i++)
        {
            (int y, int x) = (3 * (i / GlyphNet.Side), 3 * (i % GlyphNet.Side));
            int ink = Enumerable.Range(0, 9).Sum(k => glyph.Ink[((y + (k / 3)) * Glyph.Side) + x + (k % 3)]);
            Assert.Equal(ink / 9f, image[i], 1e-6f);
        }

        // Jitter moves ink, and loses little of it.
        var moved = new float[Shrink.Pixels];
        Shrink.Jittered(glyph, 1, new Random(1), moved);
        Assert.NotEqual(image, moved);
        Assert.InRange(moved.Sum() / image.Sum(), 0.6f, 1.5f);
    }
}
