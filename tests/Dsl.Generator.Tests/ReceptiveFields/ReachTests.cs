using System.Linq;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;
using Xunit;

namespace Dsl.Generator.Tests.ReceptiveFields;

/// <summary>The relation between positions: windows, what enlarges, resizing.</summary>
public class ReachTests
{
    private static readonly Fraction s_half = Fraction.Half;

    [Fact]
    public void Transposed_windows_see_the_windows_they_lie_in()
    {
        foreach ((int kernel, int stride, int padding, int dilation) in
            from k in Enumerable.Range(1, 5)
            from s in Enumerable.Range(1, 4)
            from p in Enumerable.Range(0, 3)
            from d in Enumerable.Range(1, 3)
            select (k, s, p, d))
        {
            Reach window = Reach.Window(kernel, stride, padding, dilation);
            Reach transposed = Reach.Transposed(kernel, stride, padding, dilation)!;
            for (long pixel = -20; pixel < 20; pixel++)
            {
                var windows = Enumerable.Range(-60, 120).Where(o => window.At(o).Positions().Contains(pixel));
                Assert.Equal(windows.Select(static o => (long)o), transposed.At(pixel).Positions());
            }
        }
    }

    [Fact]
    public void A_composition_sees_what_is_seen_by_what_is_seen()
    {
        Reach[] reaches =
        [
            Reach.Window(3, 2, 1, 1), Reach.Window(2, 3, 0, 2), Reach.Transposed(4, 2, 1, 1)!, Reach.Transposed(2, 3, 0, 1)!,
            Reach.Resize(new Fraction(2, 3), new Fraction(-1, 6), 1, 1)!, Reach.ResizeCorners(s_half, 1, 1)!,
            Reach.ResizeCorners(new Fraction(3, 2), 2, 2)!,
        ];
        foreach ((Reach far, Reach near) in from a in reaches from b in reaches select (a, b))
        {
            if (far.Through(near) is not { } both)
            {
                // Some position sees nothing, so the ends of what is only enclosed are not known.
                Assert.False(far.IsExact && near.IsExact);
                Assert.Contains(reaches[3], new[] { far, near });
                continue;
            }

            Assert.Equal(far.Stride * near.Stride, both.Stride);
            for (long at = -30; at < 30; at++)
            {
                Assert.Equal(PixelSet.Union(near.At(at).Positions().Select(far.At)), both.At(at));
                Assert.True(both.IsExact == (far.IsExact && near.IsExact));
            }
        }
    }

    /// <summary>Nearest adds no neighbour, linear one, cubic three.</summary>
    [Theory]
    [InlineData(1, 0, "1", "0..1/2")]
    [InlineData(1, 1, "2", "1/2..1")]
    [InlineData(2, 2, "4", "3/2..2")]
    public void Doubling_by_interpolation(int before, int after, string size, string padding)
    {
        var field = FieldAxisSpec.Of(AxisReach.Along(2, after == 0
            ? Reach.Resize(s_half, 0, before, after)
            : Reach.Resize(s_half, new Fraction(-1, 4), before, after)));
        Assert.Equal((size, "1/2", padding), (field.Size, field.StrideText, field.PaddingText));
    }

    [Fact]
    public void Halving_by_interpolation_sees_the_two_in_the_middle()
    {
        Reach half = Reach.Resize(2, s_half, 1, 1)!;
        Assert.Equal(PixelSet.Run(6, 7), half.At(3));
        Assert.Equal(PixelSet.Run(6, 6), Reach.Resize(2, 0, 1, 0)!.At(3));
        Assert.Equal(new Fraction(1), half.Centre);
    }

    /// <summary>At every extent every position sees what is claimed, directly and through a window.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Aligned_corners_are_enclosed(int from, int to)
    {
        Reach resize = Reach.ResizeCorners(new Fraction(from, to), 1, 1)!;
        Reach window = Reach.Window(3, 2, 1, 1);
        Reach below = window.Through(resize)!;
        Reach above = resize.Through(window)!;
        Assert.False(resize.IsExact);
        for (int n = 1; n < 12; n++)
        {
            (int inputs, int outputs) = (n * from, n * to);
            PixelSet Truth(long o)
            {
                long floor = Fraction.Floor(o * (inputs - 1), outputs - 1);
                return PixelSet.Run(floor, (o * (inputs - 1)) % (outputs - 1) == 0 ? floor : floor + 1);
            }

            for (int o = 0; o < outputs && outputs > 1; o++)
            {
                Encloses(resize, o, Truth(o));
                Encloses(below, o, window.Image(Truth(o)));
            }

            for (int o = 1; (2 * o) + 1 < outputs; o++)
            {
                Encloses(above, o, PixelSet.Union(window.At(o).Positions().Select(Truth)));
            }
        }

        var field = FieldAxisSpec.Of(AxisReach.Along(2, resize));
        Assert.True(field.Smallest < field.Largest);
        Assert.True(field.LeastPadding < field.MostPadding && field.FirstStart < field.LastStart);
    }

    private static void Encloses(Reach reach, long position, PixelSet truth)
    {
        Assert.Empty(truth.Positions().Except(reach.At(position).Positions()));
        var (latestFirst, earliestLast) = reach.Edges(position);
        Assert.True(truth.First <= latestFirst, $"{position}: {truth} begins after {latestFirst}");
        Assert.True(truth.Last >= earliestLast, $"{position}: {truth} ends before {earliestLast}");
    }

    [Fact]
    public void Aligned_corners_report_bounds()
    {
        var field = FieldAxisSpec.Of(AxisReach.Along(2, Reach.Window(3, 1, 1, 1).Through(Reach.ResizeCorners(s_half, 1, 1)!)));
        Assert.Equal(("3..4", "1/2", "1..2"), (field.Size, field.StrideText, field.PaddingText));
    }

    [Fact]
    public void Unrelated_extents_are_not_followed_for_ever()
    {
        Assert.Null(Reach.Transposed(2, 5000, 0, 1));
        Assert.Null(Reach.Resize(new Fraction(1, 5003), 0, 1, 0));
        Reach long1 = Reach.Resize(new Fraction(97, 101), 0, 1, 0)!;
        Reach long2 = Reach.Resize(new Fraction(89, 103), 0, 1, 0)!;
        Assert.Null(long1.Through(long2));
        Assert.True(AxisReach.Along(2, long1.Through(long2)).IsWhole);
    }

    [Fact]
    public void Sets_of_positions_merge_runs_that_touch()
    {
        Assert.Equal("-1..4, 7", PixelSet.Of([(3, 4), (7, 7), (-1, 2), (9, 8)]).ToString());
        Assert.Equal(9, PixelSet.Of([(-1, 2), (7, 7)]).Span);
        Assert.Equal("nothing", PixelSet.Empty.ToString());
        Assert.Equal(-2, Fraction.Floor(-3, 2));
        Assert.Equal("-3/2", (new Fraction(-9, 6)).ToString());
    }
}
