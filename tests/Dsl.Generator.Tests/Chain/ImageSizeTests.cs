extern alias runtime;
using System;
using System.Linq;
using System.Reflection;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Sizes that cannot work are refused with the smallest that can.</summary>
public sealed class ImageSizeTests
{
    private const string Deep = "unet of depth 3 of any size";

    [Fact]
    public void An_image_that_halving_uses_up_is_refused_before_anything_runs()
    {
        using var session = new CaseSession(CompiledCase.Of(Deep), Device.Host(1));
        session.Session.Begin(EntryPoint.Forward, ("b", 1), ("h", 5), ("w", 16));
        session.Session.Write(0, new float[2 * 5 * 16]);
        var refused = Assert.Throws<ArgumentException>(session.Session.Run);
        Assert.Contains("the height of 'x' is 5 and must be at least 8", refused.Message);
    }

    [Fact]
    public void A_session_for_images_that_are_too_small_is_not_made()
    {
        var options = new SessionOptions { Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["h"] = 16, ["w"] = 7 } };
        var refused = Assert.Throws<ArgumentException>(() => CompiledCase.Of(Deep).NewModel().NewSession(options));
        Assert.Contains("the width of 'x' is 7 and must be at least 8", refused.Message);
    }

    [Fact]
    public void A_height_of_multiples_is_given_as_a_height()
    {
        string surface = CompiledCase.Of("unet of depth 3").Files.Single(static f => f.HintName.Contains(".Surface.", StringComparison.Ordinal)).SourceText.ToString();
        Assert.Contains("int b, int height, int width)", surface);
        Assert.Contains("(\"h\", SizeOf(height, \"height\", 8))", surface);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    [InlineData(-8)]
    public void A_height_that_is_no_multiple_is_refused(int height)
    {
        var refused = Assert.Throws<ArgumentException>(() => SizeOf(height));
        Assert.Contains($"height {height} is not a positive multiple of 8", refused.Message);
        Assert.Equal(13, SizeOf(104));
    }

    private static object SizeOf(int height) => typeof(ModelSession)
        .GetMethod("SizeOf", BindingFlags.NonPublic | BindingFlags.Static)!
        .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [height, "height", 8], null)!;
}
