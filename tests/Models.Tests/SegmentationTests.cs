using System;
using System.Linq;
using Dsl;
using Dsl.Plans;
using Models.Segmentation;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>What fully convolutional networks promise: any size, and the classifier's scores.</summary>
public sealed class SegmentationTests
{
    [Fact]
    public void A_dense_classifier_gives_the_scores_of_the_classifier()
    {
        var classifier = new SmallVgg16();
        classifier.Parameters.Initialize(3);
        var dense = new SmallDenseVgg();
        foreach (Parameter parameter in dense.Parameters)
        {
            // A perceptron over [c, y, x] is a convolution whose window is the image; only the shape differs.
            parameter.CopyFrom(classifier.Parameters[parameter.Name].ReadOnlyValues);
        }

        var random = new Random(4);
        float[] image = [.. Enumerable.Range(0, 3 * 64 * 96).Select(_ => random.NextSingle() - 0.5f)];
        float[] left = [.. Enumerable.Range(0, 3 * 64 * 64).Select(i => image[((i / 64) * 96) + (i % 64)])];
        using SmallVgg16.Session one = classifier.CreateSession(maximum: new Sizes { ["b"] = 1 });
        using SmallDenseVgg.Session all = dense.CreateSession(maximum: new Sizes { ["b"] = 1, ["h"] = 2, ["w"] = 3 });
        var expected = new float[10];
        one.Forward(left, expected);
        var exact = new float[10];
        all.Forward(left, exact, 1, 64, 64);
        float largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(exact), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * largest));

        // A wider image has the scores of two places.
        var two = new float[20];
        all.Forward(image, two, 1, 64, 96);
        Assert.Contains(Enumerable.Range(0, 10), c => two[2 * c] != two[(2 * c) + 1]);
    }

    [Fact]
    public void One_session_segments_images_of_two_sizes()
    {
        var net = new NucleusUNet();
        net.Parameters.Initialize(2);
        using NucleusUNet.Session session =
            net.CreateSession(maximum: new Sizes { ["b"] = 2, ["h"] = 25, ["w"] = 19 });
        foreach ((int batch, int height, int width) in new[] { (2, 128, 128), (1, 200, 152), (1, 128, 128) })
        {
            var random = new Random(height);
            float[] image = [.. Enumerable.Range(0, batch * height * width).Select(_ => random.NextSingle())];
            var logits = new float[image.Length];
            session.Forward(image, logits, batch, height, width);

            // The same as a session that is just large enough.
            using NucleusUNet.Session fresh = net.CreateSession(
                maximum: new Sizes { ["b"] = batch, ["h"] = height / 8, ["w"] = width / 8 });
            var expected = new float[image.Length];
            fresh.Forward(image, expected, batch, height, width);
            Assert.Equal(expected, logits);
            Assert.DoesNotContain(logits, static v => !float.IsFinite(v));
            Assert.True(logits.Distinct().Count() > logits.Length / 2);
        }

        Assert.Throws<ArgumentException>(() => session.Forward(new float[130 * 128], new float[130 * 128], 1, 130, 128));
    }

    [Fact]
    public void A_pixel_of_FCN_lies_under_the_unit_that_says_what_it_is()
    {
        // Two coarse units lie above pixels 13 and 45. Transposed convolutions begin as interpolation, so between them
        // is what both say, and beyond them it fades.
        var net = new SmallFcn8s();
        foreach (Parameter parameter in net.Parameters)
        {
            if (!parameter.Name.Contains("Twice", StringComparison.Ordinal)
                && !parameter.Name.Contains("Enlarge", StringComparison.Ordinal))
            {
                parameter.CopyFrom([.. Enumerable.Repeat(
                    parameter.Name == "Trunk.Head.Score.Bias" ? 2f : 0f, parameter.Length)]);
            }
        }

        using SmallFcn8s.Session session = net.CreateSession(maximum: new Sizes { ["b"] = 1, ["h"] = 2, ["w"] = 2 });
        var scores = new float[4 * 64 * 64];
        session.Forward(new float[3 * 64 * 64], scores, 1, 64, 64);
        Assert.All(scores.Skip((64 * 29) + 26).Take(6), static s => Assert.Equal(2f, s, 1e-5f));
        Assert.Equal(2f, scores[(64 * 29) + 25], 1e-5f);
        Assert.Equal(2f, scores[(64 * 29) + 32], 1e-5f);
        Assert.True(scores[(64 * 29) + 24] < 2f && scores[(64 * 29) + 33] < 2f);
    }
}
