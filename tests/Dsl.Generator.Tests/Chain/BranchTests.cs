extern alias runtime;
using System;
using System.Linq;
using Dsl.Generator.Tests.Harness;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A branch that was not taken has the gradient 0, whatever its derivative would be.</summary>
public sealed class BranchTests
{
    private static readonly float[] s_points = [-300f, -1f, 0f, 0.25f, 4f, 300f];

    [Theory]
    [InlineData("x > 0f ? Log(x) : 0f", new[] { 0, 0, 0, 4, 0.25, 1 / 300.0 })]
    [InlineData("x <= 0f ? x : Log(2f * x)", new[] { 1, 1, 1, 4, 0.25, 1 / 300.0 })]
    [InlineData("x > 0f ? Sqrt(x) : x", new[] { 1, 1, 1, 1, 0.25, 0.028867513459481288 })]
    [InlineData("x > 0f ? x * Log(x) : 0f", new[] { 0, 0, 0, -0.38629436111989057, 2.386294361119891, 6.703782474656201 })]
    [InlineData("x < 20f ? Log(1f + Exp(x)) : x", new[] { 0, 0.2689414213699951, 0.5, 0.5621765008857981, 0.9820137900379085, 1 })]
    [InlineData("x == 0f ? 1f : Sin(x) / (x * x)", new double[0])]
    [InlineData("x > 0f ? (x < 1f ? Rsqrt(x) : 2f * x) : -x", new[] { -1, -1.0, -1, -4.0, 2, 2 })]
    [InlineData("x > 0f ? Pow(x, 0.75f) - 1f / x : 0f", new[] { 0, 0, 0, 17.060660171779822, 0.5928300858899107, 0.18022093239402697 })]
    [InlineData("Twice(x, Sqrt(x))", new[] { 0, 0, 0, 1, 1.25, 1 + 0.028867513459481288 })]
    [InlineData("Max(0f, Log(x))", new[] { 0, 0, 0, 0, 0.25, 1 / 300.0 })]
    public void It_has_no_gradient(string formula, double[] expected)
    {
        if (formula.Contains("Sin", StringComparison.Ordinal))
        {
            expected = [.. s_points.Select(static x => x == 0 ? 0 : (Math.Cos(x) / x / x) - (2 * Math.Sin(x) / x / x / x))];
        }

        string body = $$"""
            [Pointwise] private static float Twice(float x, float root) => (x > 0f ? root : 0f) + (x > 1f ? root * root : 0f);
            [Pointwise] private static float Guarded(float x) => {{formula}};
            public Tensor Forward([Shape("b")] Tensor x) => Map(Guarded, x);
            """;
        using ModelSession session = CompiledCase.Of(new ChainCase($"branch {formula}", body)
        {
            InputGradients = true, Runs = [$"b={s_points.Length}"],
        }).NewModel().NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = s_points.Length },
        });
        session.Begin(EntryPoint.Sensitivity, ("b", s_points.Length));
        session.Write(0, s_points);
        session.Write(1, [.. Enumerable.Repeat(1f, s_points.Length)]);
        session.Run();
        var gradients = new float[s_points.Length];
        session.Read(0, gradients);
        for (int i = 0; i < gradients.Length; i++)
        {
            Assert.True(
                Math.Abs(gradients[i] - expected[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])),
                $"d/dx at {s_points[i]}: {gradients[i]} instead of {expected[i]}");
        }
    }
}
