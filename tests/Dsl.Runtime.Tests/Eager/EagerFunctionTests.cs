using System;
using System.Linq;
using System.Reflection;
using Dsl.Eager;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>Tensors and functions against values computed by hand, and what they refuse.</summary>
public class EagerFunctionTests
{
    private static readonly Tensor TwoByThree = new([1, 2, 3, 4, 5, 6], 2, 3);

    [Fact]
    public void OperatorsBroadcastLikeNumpy()
    {
        Assert.Equal([11, 22, 33, 14, 25, 36], (TwoByThree + new Tensor([10, 20, 30], 3)).ToArray());
        Assert.Equal([-9, -8, -7, -16, -15, -14], (TwoByThree - new Tensor([10, 20], 2, 1)).ToArray());
        Tensor outer = new Tensor([1, 2], 2, 1) * new Tensor([3, 4, 5], 1, 3);
        Assert.Equal([2, 3], outer.Shape);
        Assert.Equal([3, 4, 5, 6, 8, 10], outer.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], (TwoByThree / new Tensor([1f])).ToArray());
    }

    [Fact]
    public void OperatorsTakeNumbersOnEitherSide()
    {
        Assert.Equal([2, 3], (new Tensor([1, 2], 2) + 1f).ToArray());
        Assert.Equal([0, -1], (1f - new Tensor([1, 2], 2)).ToArray());
        Assert.Equal([2, 1], (2f / new Tensor([1, 2], 2)).ToArray());
        Assert.Equal([-1, -2], (-new Tensor([1, 2], 2)).ToArray());
    }

    [Fact]
    public void ShapesThatDoNotBroadcastAreNamed()
    {
        var error = Assert.Throws<ArgumentException>(() => TwoByThree + new Tensor([1, 2], 2));
        Assert.Contains("[2, 3] and [2] do not broadcast: 3 against 2 on axis 1", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void IndexerChecksRankAndRange()
    {
        Assert.Equal(6, TwoByThree[1, 2]);
        Assert.Throws<ArgumentException>(() => TwoByThree[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoByThree[1, 3]);
        Assert.Throws<ArgumentException>(() => new Tensor([1, 2], 3));
    }

    [Fact]
    public void ToStringShowsShapeAndValues()
    {
        Assert.Equal("Tensor [2, 3] { 1, 2, 3, 4, 5, 6 }", TwoByThree.ToString());
        var ints = new IntTensor([.. Enumerable.Range(0, 9)]);
        Assert.Equal("IntTensor [9] { 0, 1, 2, 3, 4, 5, 6, 7, … }", ints.ToString());
    }

    [Fact]
    public void ReductionsDropTheirAxes()
    {
        Assert.Equal(21, Functions.Sum(TwoByThree).Scalar);
        Assert.Empty(Functions.Sum(TwoByThree).Shape);
        Assert.Equal([5, 7, 9], Functions.Sum(TwoByThree, 0).ToArray());
        Assert.Equal([2, 5], Functions.Mean(TwoByThree, -1).ToArray());
        Assert.Equal([4, 5, 6], Functions.Max(TwoByThree, 0).ToArray());
        Assert.True(float.IsNaN(Functions.Max(new Tensor([1, float.NaN, 2], 3)).Scalar));
        var cube = new Tensor([.. Enumerable.Range(0, 24).Select(i => (float)i)], 2, 3, 4);
        Assert.Equal([66, 210], Functions.Sum(cube, 1, 2).ToArray());
        Assert.Equal([60, 92, 124], Functions.Sum(cube, 0, 2).ToArray());
        Assert.Throws<ArgumentException>(() => Functions.Sum(TwoByThree, 0, -2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.Sum(TwoByThree, 2));
    }

    [Fact]
    public void SoftmaxSumsToOneAndDoesNotOverflow()
    {
        Tensor p = Functions.Softmax(new Tensor([1000, 1000, 0, 0], 2, 2), axis: 1);
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], p.ToArray());
        Tensor columns = Functions.Softmax(new Tensor([0, 0, MathF.Log(3), 0], 2, 2), axis: 0);
        Assert.Equal([0.25f, 0.5f, 0.75f, 0.5f], columns.ToArray());
        Assert.Equal(-1000, Functions.LogSoftmax(new Tensor([1000, 0], 1, 2))[0, 1]);
    }

    [Fact]
    public void PoolsByHand()
    {
        var image = new Tensor([.. Enumerable.Range(0, 16).Select(i => (float)i)], 1, 1, 4, 4);
        Assert.Equal([5, 7, 13, 15], Functions.MaxPool(image, 2).ToArray());
        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], Functions.AvgPool(image, 2).ToArray());
        Assert.Equal([1, 1, 2, 2], Functions.MaxPool(image, 3, 2, 1).Shape);
        Assert.Throws<ArgumentException>(() => Functions.MaxPool(image, 5));
        Assert.Throws<ArgumentException>(() => Functions.MaxPool(image, 2, 2, 2));
        Assert.Throws<ArgumentException>(() => Functions.MaxPool(TwoByThree, 2));
    }

    [Fact]
    public void AveragesDoNotCountPixelsBeyondThePadding()
    {
        // Four pixels, windows of 3 with stride 2 and padding 1: -1 0 1 | 1 2 3 | 3 4 (5 is beyond the padding).
        var image = new Tensor([1, 2, 3, 4], 1, 1, 1, 4);
        Assert.Equal([1f, 3f, 2f], Functions.AvgPool(image, "1, 3", "1, 2", "0, 1", ceil: true).ToArray());
        Assert.Equal([1.5f, 3f, 4f], Functions.AvgPool(image, "1, 3", "1, 2", "0, 1", false, true).ToArray());
    }

    [Fact]
    public void UnpoolPutsMaximaBack()
    {
        var image = new Tensor([1, 9, 2, 3, 4, 5], 1, 1, 2, 3);
        Tensor index = Functions.MaxPoolIndex(image, 2, ceil: true);
        Assert.Equal([1, 2], index.ToArray());
        Tensor back = Functions.MaxUnpool(Functions.MaxPool(image, 2, ceil: true), index, 2, width: 3);
        Assert.Equal([0, 9, 0, 0, 0, 5], back.ToArray());
        Assert.Throws<ArgumentException>(() => Functions.MaxUnpool(index, index, 2, 1));
        Assert.Throws<ArgumentException>(() => Functions.MaxUnpool(index, index, 2, width: 6));
    }

    [Theory]
    [InlineData(UpsampleMode.Nearest)]
    [InlineData(UpsampleMode.NearestExact)]
    [InlineData(UpsampleMode.Bilinear)]
    [InlineData(UpsampleMode.Bicubic)]
    public void ConstantImagesStayConstantAtEverySize(UpsampleMode mode)
    {
        Tensor image = Tensor.Zeros(1, 1, 5, 7).Map(static _ => 3f);
        for (int size = 1; size < 23; size++)
        {
            Assert.All(Functions.Upsample(image, size, 24 - size, mode).ToArray(), static v => Assert.Equal(3f, v, 1e-5f));
        }
    }

    [Fact]
    public void UpsamplingRefusesNonsense()
    {
        Tensor image = Tensor.Zeros(1, 1, 4, 4);
        Assert.Throws<ArgumentException>(() => Functions.Upsample(image, 2, UpsampleMode.Nearest, true));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.Upsample(image, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.Upsample(image, 1.23456));
        Assert.Throws<ArgumentException>(() => Functions.Upsample(image, 0.1));
        Assert.Throws<ArgumentException>(() => Functions.Upsample(image, 0, 3));
        Assert.Throws<ArgumentException>(() => Functions.MaxPool(image, "2, 3, 4"));
    }

    [Fact]
    public void FlattenJoinsTheLastAxes()
    {
        Assert.Equal([2, 12], Functions.Flatten(Tensor.Zeros(2, 3, 4)).Shape);
        Assert.Equal([2, 3, 1], Functions.Flatten(Tensor.Zeros(2, 3, 1), -1).Shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.Flatten(Tensor.Zeros(2), 1));
    }

    [Fact]
    public void MapCallsTheFunctionItself()
    {
        int calls = 0;
        float Count(float x) => x + ++calls;
        Assert.Equal([2, 4], Functions.Map(Count, new Tensor([1, 2], 2)).ToArray());
        Assert.Equal([3, 4], Functions.Map(Functions.Max, new Tensor([3, 2], 2), new Tensor([1, 4], 2)).ToArray());
    }

    [Fact]
    public void CrossEntropyNamesTheGuiltyLabel()
    {
        var error =
            Assert.Throws<ArgumentOutOfRangeException>(() => Functions.CrossEntropy(TwoByThree, new IntTensor([0, 3])));
        Assert.Contains("Label 1 is not in 0 … 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Functions.CrossEntropy(TwoByThree, new IntTensor([0])));
        Assert.Throws<ArgumentException>(() => Functions.MeanSquaredError(TwoByThree, new Tensor([1, 2, 3], 3)));
    }

    [Fact]
    public void LayersNameTheParameterThatDoesNotFit()
    {
        var set = new ParameterSet([
            new ParameterInfo("Hidden.Weight", [4, 5], Initializer.KaimingUniform(5), true),
            new ParameterInfo("Stem.Weight", [4, 1, 3, 3], Initializer.KaimingUniform(9), true),
            new ParameterInfo("Stem.Bias", [3], Initializer.KaimingUniform(9), false)]);
        var error =
            Assert.Throws<ArgumentException>(() => EagerLayers.Perceptron(TwoByThree, set[0], null, Activation.None));
        Assert.Contains("'Hidden.Weight' expects [..., 5] but the input is [2, 3]", error.Message,
            StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(
            () => EagerLayers.Conv(Tensor.Zeros(1, 1, 5, 5), set[1], set[2], 1, 1, 0, 0, 1, 1, 1, Activation.None));
        Assert.Contains("'Stem.Bias'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => EagerLayers.Conv(Tensor.Zeros(1, 2, 5, 5), set[1], null, 1, 1, 0, 0, 1, 1, 1, Activation.None));
    }

    [Theory]
    [InlineData(1e-8)]
    [InlineData(-1e-4)]
    [InlineData(0.7)]
    [InlineData(-20)]
    public void SmallArgumentsDoNotCancel(double x)
    {
        // The series of exp and log, summed until nothing is added, as an independent reference near 0.
        double term = 1;
        double expm1 = 0;
        for (int n = 1; n < 200; n++)
        {
            term *= x / n;
            expm1 += term;
        }

        Assert.Equal(expm1, SpecialFunctions.Expm1(x), 1e-8 * Math.Abs(expm1));
        Assert.Equal(x, SpecialFunctions.Log1p(SpecialFunctions.Expm1(x)), 1e-6 * Math.Abs(x));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(-1, -0.8427007929497149)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(30, 1)]
    public void ErfAtKnownPoints(double x, double expected) => Assert.Equal(expected, SpecialFunctions.Erf(x), 1e-14);

    [Fact]
    public void EveryActivationNamesAPointwiseFunctionOfTheSameName()
    {
        foreach (Activation activation in Enum.GetValues<Activation>().Except([Activation.None]))
        {
            MethodInfo? scalar = typeof(Functions).GetMethod(activation.ToString(), [typeof(float)]);
            Assert.NotNull(scalar);
            Assert.True(scalar.IsDefined(typeof(PointwiseAttribute)) || scalar.IsDefined(typeof(PrimitiveAttribute)));
            Assert.Equal(scalar, Functions.Of(activation)!.Method);
        }
    }

    [Fact]
    public void EveryUnaryPointwiseFunctionExistsOnTensors()
    {
        MethodInfo[] unary = [.. typeof(Functions).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => m.IsDefined(typeof(PointwiseAttribute)) || m.IsDefined(typeof(PrimitiveAttribute)))
            .Where(m => m.GetParameters().Length == 1)];
        Assert.NotEmpty(unary);
        foreach (MethodInfo scalar in unary)
        {
            MethodInfo? tensor = typeof(Functions).GetMethod(scalar.Name, [typeof(Tensor)]);
            Assert.NotNull(tensor);
            var result = (Tensor)tensor.Invoke(null, [new Tensor([0.25f, 2f], 2)])!;
            Assert.Equal(scalar.Invoke(null, [0.25f]), result[0]);
            Assert.Equal(scalar.Invoke(null, [2f]), result[1]);
        }
    }
}
