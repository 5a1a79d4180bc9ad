using System;
using System.Linq;
using System.Text;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Compares results.</summary>
internal static class Agreement
{
    private const double Relative = 1e-4;
    private const double OfLargest = 1e-5;
    private const double OfLength = 1e-3;

    /// <summary>Every tensor of <paramref name="actual"/> agrees with the oracle as well as floats can.</summary>
    public static void Close(CaseResult oracle, CaseResult actual, string what)
    {
        var text = new StringBuilder();

        // Some gradients are exactly 0 because they cancel (a shift before a softmax): their error is that of what
        // cancelled, so gradients are measured by the largest of the model.
        double all = oracle.Where(static p => p.Key.EndsWith(".Gradient", StringComparison.Ordinal))
            .SelectMany(static p => p.Value).Select(Math.Abs).DefaultIfEmpty(0).Max();
        foreach (var (name, expected) in oracle.Where(p => actual.ContainsKey(p.Key)))
        {
            double[] got = actual[name];
            double largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
            Assert.True(double.IsFinite(largest), $"{what}: the oracle's {name} is not finite");
            double scale = name.EndsWith(".Gradient", StringComparison.Ordinal) ? all : largest;
            int[] wrong = [.. Enumerable.Range(0, expected.Length).Where(i =>
                !(Math.Abs(got[i] - expected[i]) <= (Relative * Math.Abs(expected[i])) + (OfLargest * scale)))];
            if (wrong.Length > 0)
            {
                string examples = string.Join(", ", wrong.Take(4).Select(i => $"[{i}] {got[i]:R} for {expected[i]:R}"));
                text.Append($"{name}: {wrong.Length} of {expected.Length} wrong: {examples}\n");
            }
        }

        Assert.True(text.Length == 0, $"{what}\n{text}");
    }

    /// <summary>Every tensor of <paramref name="actual"/> is near the oracle's as a whole: the distance is small against
    /// its length. In a deep network a few activations of thousands lie so near 0 that floats and doubles disagree about
    /// their sign, and with that about a gradient; a kernel that computes something else is off by as much as the
    /// tensor is long.</summary>
    public static void Alike(CaseResult oracle, CaseResult actual, string what)
    {
        var text = new StringBuilder();

        // What cancels is as wrong as what it came from.
        double all = oracle.Where(static p => p.Key.EndsWith(".Gradient", StringComparison.Ordinal))
            .Select(static p => Length(p.Value) / Math.Sqrt(p.Value.Length)).DefaultIfEmpty(0).Max();
        foreach (var (name, expected) in oracle)
        {
            double[] got = actual[name];
            double distance = Length([.. expected.Zip(got, static (e, g) => g - e)]);
            double floor = name.EndsWith(".Gradient", StringComparison.Ordinal) ? 1e-2 * all * Math.Sqrt(expected.Length) : 0;
            double allowed = OfLength * Math.Max(Length(expected), floor);
            if (!(distance <= allowed))
            {
                text.Append($"{name}: distance {distance:E2} where {allowed:E2} is allowed\n");
            }
        }

        Assert.True(text.Length == 0, $"{what}\n{text}");
    }

    /// <summary>The same bits.</summary>
    public static void Same(CaseResult expected, CaseResult actual, string what)
    {
        foreach (var (name, values) in expected)
        {
            Assert.True(values.AsSpan().SequenceEqual(actual[name]), $"{what}: {name} differs");
        }
    }

    private static double Length(double[] values) => Math.Sqrt(values.Sum(static v => v * v));
}
