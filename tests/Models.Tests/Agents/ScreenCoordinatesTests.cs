using System;
using System.Text.Json;
using Dsl.Runtime.Tests.Eager;
using Models.Agents;
using Xunit;

namespace Models.Tests.Agents;

/// <summary>Where on the screen a model means.</summary>
public sealed class ScreenCoordinatesTests
{
    [SkippableFact]
    public void Sizes_and_places_are_golden()
    {
        using JsonDocument golden = GoldenCase.OpenJson("uitars_coordinates");
        foreach (JsonElement row in golden.RootElement.GetProperty("rows").EnumerateArray())
        {
            (int height, int width) = (Int(row, "h"), Int(row, "w"));
            Assert.Equal(new ImageSize(Int(row, "H"), Int(row, "W")), SmartResize.Of(height, width));
            foreach (JsonElement map in row.GetProperty("map").EnumerateArray())
            {
                (double x, double y) = Pair(map, "model_xy");
                var model = new AgentPoint(x, y);
                AssertClose(Pair(map, "abs"),
                    ScreenCoordinates.ToScreen(model, CoordinateConvention.ResizedPixels, height, width));
                AssertClose(Pair(map, "rel1000"),
                    ScreenCoordinates.ToScreen(model, CoordinateConvention.Thousandths, height, width));
            }
        }

        foreach (JsonElement row in golden.RootElement.GetProperty("error").EnumerateArray())
        {
            Assert.Throws<ArgumentException>(() => SmartResize.Of(Int(row, "h"), Int(row, "w")));
        }
    }

    [Fact]
    public void Sizes_are_multiples_within_the_limits()
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 2000; round++)
        {
            int height = random.Next(1, 20_000);
            int width = Math.Clamp(random.Next(1, 20_000), (height + 199) / 200, height * 200);
            ImageSize size = SmartResize.Of(height, width);
            string where = $"seed {Seeds.Value}: {height}x{width} to {size}";
            Assert.True(size.Height % 28 == 0 && size.Width % 28 == 0, where);
            Assert.InRange((long)size.Height * size.Width, SmartResize.MinimumPixels, SmartResize.MaximumPixels);
        }
    }

    [Theory]
    [InlineData(CoordinateConvention.Thousandths)]
    [InlineData(CoordinateConvention.ResizedPixels)]
    public void Places_come_back(CoordinateConvention convention)
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 500; round++)
        {
            (int height, int width) = (random.Next(100, 3000), random.Next(100, 3000));
            var place = new ScreenPoint(random.NextDouble() * width, random.NextDouble() * height);
            ScreenPoint back = ScreenCoordinates.ToScreen(
                ScreenCoordinates.FromScreen(place, convention, height, width), convention, height, width);
            Assert.Equal(place.X, back.X, 0.00051);
            Assert.Equal(place.Y, back.Y, 0.00051);
        }
    }

    [Fact]
    public void Wrong_screens_are_named()
    {
        Assert.Equal("width", Assert.Throws<ArgumentException>(() => SmartResize.Of(1, 201)).ParamName);
        Assert.Equal("height", Assert.Throws<ArgumentException>(() => SmartResize.Of(201, 1)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => SmartResize.Of(0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmartResize.Of(10, -1));
        Assert.Equal(new ImageSize(3584, 3584), SmartResize.Of(int.MaxValue, int.MaxValue));
        foreach (CoordinateConvention any in Enum.GetValues<CoordinateConvention>())
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => ScreenCoordinates.ToScreen(default, any, 0, 10));
            Assert.Throws<ArgumentException>(
                () => ScreenCoordinates.FromScreen(new(double.NaN, 0), any, 10, 10));
        }

        Assert.Throws<ArgumentOutOfRangeException>(
            () => ScreenCoordinates.ToScreen(default, (CoordinateConvention)7, 10, 10));
    }

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static (double X, double Y) Pair(JsonElement element, string name) =>
        (element.GetProperty(name)[0].GetDouble(), element.GetProperty(name)[1].GetDouble());

    private static void AssertClose((double X, double Y) expected, ScreenPoint actual)
    {
        Assert.Equal(expected.X, actual.X, 1e-9);
        Assert.Equal(expected.Y, actual.Y, 1e-9);
    }
}
