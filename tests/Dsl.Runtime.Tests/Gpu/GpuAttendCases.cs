using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Attention and its gradients: the host's cases and reference, and what only the GPU does in
/// strips.</summary>
internal static class GpuAttendCases
{
    // Kernels do not depend on extents: together these have all scores, and both kinds of bias.
    private static readonly AttendCase[] Squares =
    [
        Square(AttentionScore.Softmax, 32, AttendBias.Relative),
        Square(AttentionScore.Softmax, 64, AttendBias.Dense),
        Square(AttentionScore.ReluSquared, 128, AttendBias.Dense),
        Square(AttentionScore.Laplace, 32, AttendBias.Relative),
        Square(AttentionScore.Identity, 64, AttendBias.Relative),
    ];

    /// <summary>Cases that together have every kernel; with <see cref="Gradients"/> those of the gradients.</summary>
    internal static readonly string[] Ptx = [.. Squares.Select(Name)];

    private static IEnumerable<AttendCase> Cases =>
    [
        .. AttendTests.Cases.Select(static (object[] row) => (AttendCase)row[0]),
        .. Squares,
        new AttendCase(AttentionScore.Softmax, 1, 70, 66, 2, 1, 256, 150) { Scale = 0.1f },
        new AttendCase(AttentionScore.Softmax, 1, 100, 100, 1, 1, 7, 256)
        {
            Window = 30, Chunk = 40, Bias = AttendBias.Dense,
        },
        new AttendCase(AttentionScore.Identity, 2, 90, 90, 2, 2, 200, 129) { Segments = true, Window = 50 },
    ];

    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var c in Cases)
        {
            yield return (Name(c), seed => Forward(seed, c));
            if (c.Position == 0)
            {
                yield return (Gradients(Name(c)), seed => Backward(seed, c, null));
            }
        }

        var some = Square(AttentionScore.Softmax, 40, AttendBias.Relative);
        foreach (string of in new[] { "dq", "dk", "dv", "dbias" })
        {
            yield return ($"{Name(some)}, {of} alone", seed => Backward(seed, some, of));
        }
    }

    /// <summary>The name of the case of all gradients.</summary>
    internal static string Gradients(string name) => name + ", gradients";

    private static AttendCase Square(AttentionScore score, int width, AttendBias bias) =>
        new(score, 1, 80, 80, 4, 2, width, width) { Causal = true, Bias = bias, Scale = 0.2f };

    private static string Name(AttendCase c)
    {
        var name = new StringBuilder(
            $"Attend {c.Score} {c.Batch}x{c.Queries}x{c.Keys} heads {c.Heads}/{c.KeyHeads} ");
        name.Append(CultureInfo.InvariantCulture, $"widths {c.KeyWidth}/{c.ValueWidth}");
        name.Append(c.Causal ? " causal" : "").Append(c.Window > 0 ? $" window {c.Window}" : "");
        name.Append(c.Chunk > 0 ? $" chunk {c.Chunk}" : "").Append(c.Bias == AttendBias.None ? "" : $" bias {c.Bias}");
        name.Append(c.Pattern == AttentionPattern.Full ? "" : $" {c.Pattern} {c.Stride}/{c.Summary}");
        return name.Append(c.SharedBias ? " shared" : "").Append(c.Segments ? " segments" : "")
            .Append(c.Position > 0 ? $" from {c.Position}" : "").ToString();
    }

    private static GpuCase Forward(int seed, AttendCase of)
    {
        var reference = new AttendReference(of, seed);
        var buffers = reference.Forward().ToArray();
        return Case(
            seed,
            reference,
            buffers,
            new AttendKernel<NoTile, NoTile>("Attend", [.. buffers.Select(static b => b.Name)], reference.Shape));
    }

    /// <param name="seed">Of the contents.</param>
    /// <param name="of">The case.</param>
    /// <param name="alone">The only gradient, by its buffer; null: all.</param>
    private static GpuCase Backward(int seed, AttendCase of, string? alone)
    {
        var reference = new AttendReference(of, seed);
        AttendGradients gradients = alone is null ? reference.Gradients : reference.Gradients with
        {
            Queries = alone == "dq", Keys = alone == "dk", Values = alone == "dv", Bias = alone == "dbias",
        };
        var buffers = reference.Backward().Where(b => b.Name switch
        {
            "dq" => gradients.Queries,
            "dk" => gradients.Keys,
            "dv" => gradients.Values,
            "dbias" => gradients.Bias,
            _ => true,
        }).ToArray();
        return Case(
            seed, reference, buffers, new AttendGradientKernel<NoTile, NoTile>(
                "AttendGradient", [.. buffers.Select(static b => b.Name)], reference.Shape, gradients));
    }

    private static GpuCase Case(
        int seed, AttendReference reference, (string Name, float[] Content, double[]? Expected)[] buffers, Kernel kernel)
    {
        var c = new GpuCase(seed) { Rounding = 1e-5 + reference.ScoreRounding };
        int[] offsets = [.. buffers.Select(
            b => b.Name == "scratch" ? c.Scratch(b.Content.Length) : c.Contents(b.Content))];
        return c.Runs(
            kernel,
            offsets,
            [],
            m =>
            {
                for (int i = 0; i < buffers.Length; i++)
                {
                    buffers[i].Expected?.CopyTo(m, offsets[i]);
                }
            });
    }
}
