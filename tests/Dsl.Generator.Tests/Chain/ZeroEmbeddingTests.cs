extern alias runtime;
using System.Linq;
using Xunit;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Embeddings of zeros have no direction: they stay finite, move nothing and are counted.</summary>
public sealed class ZeroEmbeddingTests
{
    [Theory]
    [InlineData("Kind = Margin.Softmax")]
    [InlineData("Kind = Margin.ArcFace, Scale = 8")]
    [InlineData("Kind = Margin.ASoftmax")]
    public void Zeros_are_counted(string kind)
    {
        CompiledCase compiled = CompiledCase.Of(new ChainCase($"zeros {kind}", $$"""
            [Perceptron(9, Bias = false)] private partial Tensor A(Tensor x);
            [MarginSoftmax(11, {{kind}})] private partial Tensor Classify(Tensor x, IntTensor label);
            public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => Classify(Forward(x), label);
            """) { Runs = ["b=6"] });
        using ModelSession session = compiled.NewModel().NewSession(new SessionOptions
        {
            Optimizer = new Sgd(0.1f), Sizes = new runtime::Dsl.Sizes { ["b"] = 6 },
        });
        float[] x = [.. Enumerable.Range(0, 30).Select(static i => i is >= 5 and < 10 or >= 20 and < 25 ? 0f : 1f + (i % 3))];
        foreach ((EntryPoint entry, long counted) in new[] { (EntryPoint.Train, 2L), (EntryPoint.Loss, 4), (EntryPoint.Train, 6) })
        {
            session.Begin(entry, ("b", 6));
            session.Write(0, x);
            session.Write(1, [0, 1, 2, 3, 4, 5]);
            session.Run();
            Assert.True(float.IsFinite(session.ReadScalar()));
            Assert.Equal(counted, session.ZeroEmbeddings);
            if (entry == EntryPoint.Train)
            {
                session.Optimizer!.Update(session);
            }
        }

        session.UnpackParameters();
        Assert.All(session.Model.Parameters, static p => Assert.All(p.ReadOnlyValues.ToArray(), static v => Assert.True(float.IsFinite(v))));
    }
}
