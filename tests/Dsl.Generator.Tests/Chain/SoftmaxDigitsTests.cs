extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Softmax and cross-entropy of large logits: what is common to all of a row costs no digits.</summary>
public sealed class SoftmaxDigitsTests
{
    private const int Rows = 3, Classes = 5;

    private static readonly float[] s_logits = [0f, -0.5f, 1.25f, -2f, 0.25f];

    [Theory]
    [InlineData(0f)]
    [InlineData(1024f)]
    [InlineData(-65536f)]
    [InlineData(1048576f)]
    public void A_common_offset_does_not_matter(float offset)
    {
        using ModelSession session = Session("Softmax(x)");
        session.Begin(EntryPoint.Forward, ("b", Rows));
        session.Write(0, [.. Enumerable.Range(0, Rows * Classes).Select(i => s_logits[i % Classes] + offset)]);
        session.Run();
        var result = new float[Rows * Classes];
        session.Read(0, result);
        double sum = s_logits.Sum(static z => Math.Exp(z));
        for (int i = 0; i < result.Length; i++)
        {
            Assert.Equal(Math.Exp(s_logits[i % Classes]) / sum, result[i], 3e-7);
        }
    }

    /// <summary>The loss of a label that is nearly certain is far below the last digit of its logit.</summary>
    [Theory]
    [InlineData(11f)]
    [InlineData(64f)]
    [InlineData(1000f)]
    public void A_small_loss_keeps_its_digits(float largest)
    {
        using ModelSession session = Session("x");
        session.Begin(EntryPoint.Loss, ("b", Rows));
        session.Write(0, [.. Enumerable.Range(0, Rows * Classes).Select(i => i % Classes == 2 ? largest : largest - 12f)]);
        session.Write(1, [2, 2, 2]);
        session.Run();
        double expected = Math.Log(1 + ((Classes - 1) * Math.Exp(-12)));
        Assert.InRange(session.ReadScalar() / expected, 1 - 0.02, 1 + 0.02);
    }

    private static ModelSession Session(string forward) => CompiledCase.Of(new ChainCase($"digits of {forward}", $$"""
        public Tensor Forward([Shape("b", {{Classes}})] Tensor x) => {{(forward == "x" ? "x * 1f" : forward)}};
        public Tensor Loss([Shape("b", {{Classes}})] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
        """) { Runs = [$"b={Rows}"] }).NewModel().NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = Rows },
        });
}
