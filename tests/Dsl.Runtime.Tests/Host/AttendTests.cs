using System.Linq;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class AttendTests
{
    public static TheoryData<AttendCase> Cases => new(
        new AttendCase(AttentionScore.Softmax, 1, 1, 1, 1, 1, 1, 1),
        new AttendCase(AttentionScore.Softmax, 2, 12, 12, 2, 2, 4, 5),
        new AttendCase(AttentionScore.Softmax, 2, 130, 130, 2, 1, 16, 16) { Causal = true },
        new AttendCase(AttentionScore.Softmax, 1, 70, 200, 4, 2, 33, 20) { Bias = AttendBias.Relative },
        new AttendCase(AttentionScore.Softmax, 1, 200, 70, 1, 1, 8, 40) { Bias = AttendBias.Dense, SharedBias = true },
        new AttendCase(AttentionScore.Softmax, 1, 300, 300, 2, 2, 8, 8) { Causal = true, Window = 37 },
        new AttendCase(AttentionScore.Softmax, 1, 150, 150, 1, 1, 8, 8) { Window = 5 },
        new AttendCase(AttentionScore.Softmax, 2, 100, 100, 2, 2, 8, 8) { Segments = true },
        new AttendCase(AttentionScore.Softmax, 2, 100, 100, 2, 1, 8, 8) { Causal = true, Segments = true, Bias = AttendBias.Relative },
        new AttendCase(AttentionScore.Softmax, 1, 90, 90, 1, 1, 4, 4) { Scale = 40f },
        new AttendCase(AttentionScore.ReluSquared, 2, 9, 9, 1, 1, 5, 8) { Causal = true, Bias = AttendBias.Dense, SharedBias = true },
        new AttendCase(AttentionScore.ReluSquared, 1, 257, 257, 1, 1, 128, 100) { Causal = true, Bias = AttendBias.Relative, SharedBias = true },
        new AttendCase(AttentionScore.ReluSquared, 2, 110, 110, 1, 1, 16, 32) { Chunk = 24, Causal = true, Bias = AttendBias.Dense, SharedBias = true },
        new AttendCase(AttentionScore.ReluSquared, 1, 110, 110, 2, 2, 16, 16) { Chunk = 7, Bias = AttendBias.Relative },
        new AttendCase(AttentionScore.ReluSquared, 2, 300, 300, 1, 1, 16, 32) { Chunk = 128, Causal = true, Bias = AttendBias.Dense, SharedBias = true },
        new AttendCase(AttentionScore.ReluSquared, 1, 450, 450, 2, 2, 128, 64) { Chunk = 192, Bias = AttendBias.Relative },
        new AttendCase(AttentionScore.Softmax, 1, 1100, 1100, 4, 2, 33, 20) { Chunk = 64, Causal = true },
        new AttendCase(AttentionScore.Softmax, 2, 200, 200, 2, 1, 8, 8) { Chunk = 128, Segments = true },
        new AttendCase(AttentionScore.Softmax, 1, 300, 300, 2, 1, 8, 8)
        {
            Causal = true, Pattern = AttentionPattern.Strided, Stride = 17,
        },
        new AttendCase(AttentionScore.Softmax, 1, 400, 400, 1, 1, 8, 8)
        {
            Pattern = AttentionPattern.Strided, Stride = 150,
        },
        new AttendCase(AttentionScore.Softmax, 1, 450, 450, 1, 1, 8, 8)
        {
            Causal = true, Pattern = AttentionPattern.Fixed, Stride = 200, Summary = 3,
        },
        new AttendCase(AttentionScore.Softmax, 2, 200, 200, 4, 2, 33, 40)
        {
            Pattern = AttentionPattern.Strided, Stride = 9,
        },
        new AttendCase(AttentionScore.Softmax, 1, 270, 270, 2, 1, 70, 35)
        {
            Causal = true, Scale = 9f, Pattern = AttentionPattern.Fixed, Stride = 40, Summary = 4,
        },
        new AttendCase(AttentionScore.ReluSquared, 1, 130, 130, 1, 1, 8, 8)
        {
            Pattern = AttentionPattern.Fixed, Stride = 9, Summary = 2, Bias = AttendBias.Relative, Segments = true,
        },
        new AttendCase(AttentionScore.Laplace, 1, 75, 75, 2, 2, 16, 16) { Causal = true },
        new AttendCase(AttentionScore.Softmax, 2, 1, 100, 2, 1, 8, 8) { Causal = true, Position = 70 },
        new AttendCase(AttentionScore.Softmax, 2, 3, 100, 2, 1, 8, 8)
        {
            Causal = true, Position = 900, Bias = AttendBias.Relative, Segments = true,
        },
        new AttendCase(AttentionScore.Softmax, 2, 1, 321, 2, 2, 8, 8)
        {
            Position = 320, Pattern = AttentionPattern.Strided, Stride = 17,
        },
        new AttendCase(AttentionScore.Softmax, 1, 1, 321, 2, 2, 8, 8)
        {
            Position = 320, Pattern = AttentionPattern.Fixed, Stride = 17, Summary = 2,
        },
        new AttendCase(AttentionScore.Identity, 1, 75, 80, 2, 2, 16, 16));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attend_EqualsReference(AttendCase @case)
    {
        var reference = new AttendReference(@case, 1);
        var buffers = reference.Forward().ToArray();
        var kernel = new AttendKernel<Tile14x2, Tile6x2>("Attend", [.. buffers.Select(static b => b.Name)], reference.Shape);
        Check(kernel, buffers);
    }

    /// <summary>Only programs that go position by position give positions, and these have no gradient.</summary>
    public static TheoryData<AttendCase> Differentiated => new(
        Cases.Select(static (object[] row) => (AttendCase)row[0]).Where(static c => c.Position == 0));

    [Theory]
    [MemberData(nameof(Differentiated))]
    public void Gradients_EqualReference(AttendCase @case)
    {
        var reference = new AttendReference(@case, 1);
        var buffers = reference.Backward().ToArray();
        var kernel = new AttendGradientKernel<Tile14x2, Tile6x2>(
            "AttendGradient", [.. buffers.Select(static b => b.Name)], reference.Shape,
            reference.Gradients);
        Check(kernel, buffers);
    }

    private static void Check(Kernel kernel, (string Name, float[] Content, double[]? Expected)[] buffers)
    {
        int[] written = [.. Enumerable.Range(0, buffers.Length).Where(i => buffers[i].Expected is not null || i == buffers.Length - 1)];
        foreach (int result in written.SkipLast(1))
        {
            double[] expected = buffers[result].Expected!;
            HostRun.All(
                kernel,
                [],
                [.. buffers.Select(static b => b.Content)],
                [result, .. written.Where(i => i != result)],
                actual => Compare(buffers[result].Name, expected, actual));
        }
    }

    private static void Compare(string name, double[] expected, float[] actual)
    {
        // Where no key is visible the logarithm is infinite.
        Assert.All(
            expected.Zip(actual).Where(static p => double.IsInfinity(p.First)), static p => Assert.True(float.IsPositiveInfinity(p.Second)));
        double[] finite = [.. expected.Where(double.IsFinite)];
        float[] there = [.. expected.Zip(actual).Where(static p => double.IsFinite(p.First)).Select(static p => p.Second)];
        Assert.True(finite.Length == there.Length, name);
        HostRun.AssertNear(finite, there, 2e-5);
    }
}
