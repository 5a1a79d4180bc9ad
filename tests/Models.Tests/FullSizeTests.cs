using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using Dsl;
using Dsl.Plans;
using Models.Face;
using Models.Segmentation;
using Models.Vision;
using Xunit;
using ParameterInfo = Dsl.ParameterInfo;

namespace Models.Tests;

/// <summary>Published networks against their published numbers, from the tables that the build wrote: nothing is
/// allocated.</summary>
public sealed class FullSizeTests
{
    [Theory]
    [InlineData(typeof(ResNet18), 11_689_512)]
    [InlineData(typeof(ResNet50), 25_557_032)]
    [InlineData(typeof(Vgg16), 138_357_544)]
    [InlineData(typeof(DeepFace), 118_923_774)]
    [InlineData(typeof(DeepId), 1_898_597)]
    [InlineData(typeof(UNet), 17_262_977 + 65)]
    [InlineData(typeof(TransposedUNet), 31_037_633 + 65)]
    public void Learned_numbers_are_as_many_as_published(Type model, long expected) =>
        Assert.Equal(expected, Parameters(model).Where(static p => p.Learns).Sum(static p => (long)p.Length));

    /// <summary>Each body and tile costs the JIT milliseconds: layers that differ in sizes only share them.</summary>
    [Fact]
    public void The_kernels_of_fifty_layers_share_sixty_methods() =>
        Assert.InRange(ResNet50.Plan.Bodies + ResNet50.Plan.Tiles, 10, 60);

    /// <summary>Most of DeepFace is in its local convolutions and perceptrons.</summary>
    [Theory]
    [InlineData("C1", 11_648)]
    [InlineData("C3", 41_488)]
    [InlineData("L4", 62_774_800)]
    [InlineData("L5", 7_850_000)]
    [InlineData("L6", 2_829_456)]
    [InlineData("F7", 28_905_472)]
    public void Layers_of_DeepFace_have_the_numbers_of_their_sizes(string layer, int expected) =>
        Assert.Equal(expected, Parameters(typeof(DeepFace))
            .Where(p => p.Name.StartsWith($"Trunk.{layer}.", StringComparison.Ordinal)).Sum(static p => p.Length));

    /// <summary>ArcFace's network has the usual 43.59 million. SphereFace's number is the sum over the published layers,
    /// without the offsets that stay 0 there; MobileFaceNet's that over table 1 of its paper.</summary>
    [Theory]
    [InlineData(typeof(SphereFace20), 22_666_944, 10_572 * 512)]
    [InlineData(typeof(IrResNet50), 43_590_848, 85_742 * 512)]
    [InlineData(typeof(MobileFaceNet), 1_003_136, 10_572 * 128)]
    public void Faces_are_described_by_as_many_numbers_as_published(Type model, long trunk, long classes)
    {
        ParameterInfo[] learned = [.. Parameters(model).Where(static p => p.Learns)];
        Assert.Equal(trunk, learned.Where(static p => p.Name.StartsWith("Trunk.", StringComparison.Ordinal))
            .Sum(static p => (long)p.Length));
        Assert.Equal(trunk + classes, learned.Sum(static p => (long)p.Length));
    }

    /// <summary>The paper has 0.99 million. That is what is left when gains of normalisations are multiplied into the
    /// convolutions before them.</summary>
    [Fact]
    public void MobileFaceNet_has_a_million_numbers_once_folded() => Assert.Equal(
        993_344,
        Parameters(typeof(MobileFaceNet)).Where(static p => p.Learns
            && p.Name.StartsWith("Trunk.", StringComparison.Ordinal)
            && !p.Name.EndsWith(".Gain", StringComparison.Ordinal)).Sum(static p => (long)p.Length));

    /// <summary>The layers of the papers by number: 20 convolutions of SphereFace; of ArcFace a stem, two in each of 24
    /// blocks and four shortcuts.</summary>
    [Theory]
    [InlineData(typeof(SphereFace20), 3, 20)]
    [InlineData(typeof(IrResNet50), 3, 49)]
    [InlineData(typeof(IrResNet50), 1, 4)]
    [InlineData(typeof(MobileFaceNet), 3, 17)]
    [InlineData(typeof(MobileFaceNet), 1, 32)]
    [InlineData(typeof(MobileFaceNet), 7, 1)]
    public void Convolutions_of_face_networks_are_as_many_as_published(Type model, int kernel, int expected) =>
        Assert.Equal(expected, Parameters(model).Count(
            p => p.Shape is { Count: 4 } shape && shape[2] == kernel && shape[3] == kernel));

    [Fact]
    public void FCN_has_what_VGG_has_and_its_scores()
    {
        // The classifier's last perceptron has 1000 classes, the head's 21.
        long vgg = Length(typeof(Vgg16)) - (4097L * 1000) + (4097 * 21);
        Assert.Equal(vgg + (64 * 64 * 21 * 21), Length(typeof(Fcn32s)));
        Assert.Equal(vgg + (513 * 21) + (((4 * 4) + (32 * 32)) * 21 * 21), Length(typeof(Fcn16s)));
        Assert.Equal(
            vgg + (513 * 21) + (257 * 21) + (((4 * 4) + (4 * 4) + (16 * 16)) * 21 * 21), Length(typeof(Fcn8s)));

        static long Length(Type model) => Parameters(model).Sum(static p => (long)p.Length);
    }

    [Theory]
    [InlineData(typeof(ResNet18), "b=2", new[] { 2, 1000 })]
    [InlineData(typeof(ResNet50), "b=2", new[] { 2, 1000 })]
    [InlineData(typeof(Vgg16), "b=2", new[] { 2, 1000 })]
    [InlineData(typeof(DeepFace), "b=2", new[] { 2, 4030 })]
    [InlineData(typeof(DeepId), "b=2", new[] { 2, 10177 })]
    [InlineData(typeof(SphereFace20), "b=2", new[] { 2, 512 })]
    [InlineData(typeof(IrResNet50), "b=2", new[] { 2, 512 })]
    [InlineData(typeof(MobileFaceNet), "b=2", new[] { 2, 128 })]
    [InlineData(typeof(UNet), "b=2 h=32 w=20", new[] { 2, 2, 512, 320 })]
    [InlineData(typeof(TransposedUNet), "b=2 h=32 w=20", new[] { 2, 2, 512, 320 })]
    [InlineData(typeof(Fcn32s), "b=1 h=16 w=12", new[] { 1, 21, 512, 384 })]
    [InlineData(typeof(Fcn16s), "b=1 h=16 w=12", new[] { 1, 21, 512, 384 })]
    [InlineData(typeof(Fcn8s), "b=1 h=16 w=12", new[] { 1, 21, 512, 384 })]
    public void Results_have_the_stated_shape(Type model, string sizes, int[] expected)
    {
        Program forward = Blank(model).Compiled.Forward;
        var values = new SizeValues(forward.Symbols);
        foreach (string[] size in sizes.Split(' ').Select(static s => s.Split('=')))
        {
            values[size[0]] = int.Parse(size[1], System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.Equal(expected, forward.Outputs[0].Shape.Select(d => (int)d.Evaluate(values)));
    }

    [Fact]
    public void Receptive_fields_are_those_of_the_papers()
    {
        Assert.Equal((212, 32, 90), Field(typeof(Vgg16), "Trunk.Five"));
        Assert.Equal((427, 32, 213), Field(typeof(ResNet50), "Trunk.FourAgain"));
        Assert.Equal((140, 16, 62), Field(typeof(UNet), "Trunk.Below.Bottom.Second"));
        Assert.Equal((140, 16, 62), Field(typeof(TransposedUNet), "Trunk.Below.Bottom.Second"));
        Assert.Equal((73, 4, 1), Field(typeof(DeepFace), "Trunk.L6"));
        Assert.Equal((31, 8, 0), Field(typeof(DeepId), "Trunk.Conv4"));
        Assert.Equal((404, 32, 90 + 99), Field(typeof(Fcn32s), "Trunk.Head.Fc6"));

        // What blocks contain has constants under the name of the block.
        Assert.Equal(73, DeepFace.ReceptiveFields.Trunk.L6.Size);
        Assert.Equal(363, ResNet50.ReceptiveFields.Trunk.FourAgain._0.Look.Size);
    }

    /// <summary>The borders that are cut off put what a pixel is told above that pixel: its field has the pixel in the
    /// middle, on average over the units of a coarse score.</summary>
    [Theory]
    [InlineData(typeof(Fcn32s))]
    [InlineData(typeof(Fcn16s))]
    [InlineData(typeof(Fcn8s))]
    [InlineData(typeof(TransposedUNet))]
    [InlineData(typeof(UNet))]
    public void Pixels_see_what_is_around_them(Type model)
    {
        ReceptiveField field = Blank(model).ReceptiveFields.Single(static f => f.Layer == "Trunk");
        Assert.Equal(1, field.Rows!.Stride);
        Assert.Equal(0.5, (field.Rows.Start + field.Rows.LastStart) / 2);
        Assert.Equal(field.Rows, field.Columns);
    }

    /// <summary>Repeated blocks share bodies and tiles. What is left are those of four widths, whose strides are
    /// constants in a body: with 3, 4, 6 and 3 blocks there are a third of the bodies that there are kernels.</summary>
    [Fact]
    public void Blocks_of_ResNet50_share_bodies_and_tiles()
    {
        CompiledModel compiled = Blank(typeof(ResNet50)).Compiled;
        Type[] kernels = [.. new[] { compiled.Forward, compiled.Loss!, compiled.Train! }
            .SelectMany(static p => p.Kernels).Select(static k => k.GetType())];
        Type[] parts = [.. kernels.SelectMany(static k => k.GetGenericArguments()).Distinct()];
        int tiles = parts.Count(static p => p.Name.StartsWith("Tile", StringComparison.Ordinal));
        Assert.InRange(tiles, 1, 12);
        Assert.InRange(parts.Length - tiles, 1, 160);
        Assert.True(kernels.Length > 3 * (parts.Length - tiles), $"{kernels.Length} kernels, {parts.Length - tiles} bodies");
    }

    /// <summary>A model without the memory for its parameters.</summary>
    private static IModel Blank(Type model) => (IModel)RuntimeHelpers.GetUninitializedObject(model);

    private static IEnumerable<ParameterInfo> Parameters(Type model) =>
        (ParameterInfo[])model.GetField("s_parameters", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    private static (double Size, double Stride, double Padding) Field(Type model, string layer)
    {
        ReceptiveField field = Blank(model).ReceptiveFields.Single(f => f.Layer == layer);
        Assert.Equal(field.Rows, field.Columns);
        return (field.Rows!.Size, field.Rows.Stride, field.Rows.Padding);
    }
}
