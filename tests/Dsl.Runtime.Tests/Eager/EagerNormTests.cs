using System;
using System.Linq;
using Dsl.Eager;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>Normalisation, learned rectifiers and embeddings against values of another framework and by hand.</summary>
public class EagerNormTests
{
    [SkippableFact]
    public void LayerNorm()
    {
        (GoldenCase golden, ParameterSet p) = Open("layernorm", "in.g", "in.b");
        golden.AssertClose("out.y", EagerLayers.LayerNorm(golden.Tensor("in.x"), p["in.g"], p["in.b"], -1, 1e-5));
    }

    [SkippableFact]
    public void RmsNorm()
    {
        (GoldenCase golden, ParameterSet p) = Open("rmsnorm", "in.g");
        golden.AssertClose("out.y", EagerLayers.RmsNorm(golden.Tensor("in.x"), p["in.g"], -1, 1e-6));
    }

    [SkippableFact]
    public void ScaleNorm()
    {
        (GoldenCase golden, ParameterSet p) = Open("scalenorm", "in.g");
        golden.AssertClose("out.y", EagerLayers.ScaleNorm(golden.Tensor("in.x"), p["in.g"], 1e-5, rootMean: true));
    }

    [SkippableFact]
    public void GroupNorm()
    {
        (GoldenCase golden, ParameterSet p) = Open("groupnorm", "in.g", "in.b");
        golden.AssertClose("out.y", EagerLayers.GroupNorm(golden.Tensor("in.x"), p["in.g"], p["in.b"], 2, 1e-5));
    }

    [SkippableFact]
    public void InstanceNorm()
    {
        GoldenCase golden = GoldenCase.Open("instancenorm");
        golden.AssertClose("out.y", EagerLayers.GroupNorm(golden.Tensor("in.x"), null, null, 0, 1e-5));
    }

    [SkippableFact]
    public void L2Normalize()
    {
        GoldenCase golden = GoldenCase.Open("l2normalize");
        golden.AssertClose("out.y", Functions.L2Normalize(golden.Tensor("in.x")));
    }

    [SkippableFact]
    public void PRelu()
    {
        (GoldenCase golden, ParameterSet p) = Open("act_prelu_nchw", "in.a");
        golden.AssertClose("out.y", EagerLayers.PRelu(golden.Tensor("in.x"), p["in.a"]));
    }

    [SkippableFact]
    public void Embedding()
    {
        (GoldenCase golden, ParameterSet p) = Open("embedding", "in.w");
        golden.AssertClose("out.y", EagerLayers.Embedding(golden.Ints("aux.i"), p["in.w"], -1));
    }

    [Fact]
    public void PaddingIsZeroAndMissingRowsAreNamed()
    {
        ParameterSet p = Set(("w", [2, 2], [1, 2, 3, 4]));
        Assert.Equal([1, 2, 0, 0], EagerLayers.Embedding(new IntTensor([0, 1]), p["w"], padding: 1).ToArray());
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => EagerLayers.Embedding(new IntTensor([0, 2]), p["w"], -1));
        Assert.Contains("Element 1 is not a row of 'w': 0 … 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ZerosStayZeros()
    {
        Assert.Equal([0, 0], Functions.L2Normalize(Tensor.Zeros(2)).ToArray());
        Assert.Equal([0.6f, 0.8f], Functions.L2Normalize(new Tensor([3, 4], 2)).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.L2Normalize(Tensor.Zeros(2), epsilon: 0));
    }

    [Fact]
    public void ParametersThatDoNotFitAreNamed()
    {
        ParameterSet p = Set(("gain", [3], [1, 1, 1]));
        var error = Assert.Throws<ArgumentException>(() => EagerLayers.LayerNorm(Tensor.Zeros(2, 2), p["gain"], null, -1, 1e-5));
        Assert.Contains("'gain' has shape [3]; [2] is expected", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EagerLayers.GroupNorm(Tensor.Zeros(2, 3), null, null, 2, 1e-5));
    }

    private static (GoldenCase Golden, ParameterSet Parameters) Open(string name, params string[] parameters)
    {
        GoldenCase golden = GoldenCase.Open(name);
        return (golden, Set([.. parameters.Select(p => (p, golden.Shape(p), golden.Tensor(p).ToArray()))]));
    }

    private static ParameterSet Set(params (string Name, int[] Shape, float[] Values)[] parameters)
    {
        ParameterSet set = new([.. parameters.Select(static p => new ParameterInfo(p.Name, p.Shape, Initializer.Zeros(), false))]);
        foreach (var (name, _, values) in parameters)
        {
            set[name].CopyFrom(values);
        }

        return set;
    }
}
