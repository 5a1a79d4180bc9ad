using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>
/// The closed form for a chain of windows (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
/// Networks", Distill 2019): size 1 + Σ (k'ₗ - 1)·Π sᵢ, stride Π sₗ, padding Σ pₗ·Π sᵢ, with products over the layers
/// i below l. Unit u sees the
/// pixels u·stride - padding … u·stride - padding + size - 1.
/// </summary>
internal readonly record struct ClosedForm(long Size, long Stride, long Padding)
{
    /// <summary>The middle of what unit 0 sees, where pixel i lies from i to i + 1.</summary>
    public Fraction Start => (new Fraction(Size) * Fraction.Half) - Padding;

    /// <summary>The form of a chain, from the image upwards.</summary>
    public static ClosedForm Of(IEnumerable<(int Kernel, int Stride, int Padding, int Dilation)> chain)
    {
        var form = new ClosedForm(1, 1, 0);
        foreach (var (kernel, stride, padding, dilation) in chain)
        {
            form = checked(new ClosedForm(
                form.Size + ((long)dilation * (kernel - 1) * form.Stride),
                form.Stride * stride,
                form.Padding + (padding * form.Stride)));
        }

        return form;
    }

    /// <summary>The form of the only path from an image to a node, all of whose steps have one phase; else null: there
    /// is no
    /// closed form for what branches or enlarges.</summary>
    /// <param name="fields">Who sees the image at all.</param>
    /// <param name="axis">The axis of the image.</param>
    /// <param name="node">The end of the path.</param>
    public static ClosedForm? Of(ImageFields fields, int axis, Node node)
    {
        var chain = new List<(int, int, int, int)>();
        while (node != fields.Image)
        {
            int[] on = Enumerable.Range(0, node.Inputs.Length)
                .Where(i => fields.Seen(node.Inputs[i], axis) is not null).ToArray();
            if (on.Length != 1 || fields.Seen(node.Inputs[on[0]], axis) is not { IsWhole: false } below
                || node.Op.Field(node, on[0], below.Axis).Reach is not { Period: 1 } step)
            {
                return null;
            }

            PixelSet taps = step.At(0);
            chain.Add(((int)taps.Span, (int)step.Step, (int)-taps.First, 1));
            node = node.Inputs[on[0]];
        }

        return Of(Enumerable.Reverse(chain));
    }
}
