using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <content>Local convolutions: pools whose taps are products over the channels of a pixel, with the weights of its
/// site.</content>
internal static partial class BodyEmitter
{
    /// <summary>
    /// <c>int site = y / … * … + x / …; F sum0 = state.S0; … for (int i = 0; i &lt; …; i += 4) { sum0 = F.Fma(m.Scalar(pixel
    /// + i), m.Load(weight + i * …), sum0); … } state.S0 = (sum0 + sum1) + (sum2 + sum3);</c>, where lanes are the channels that
    /// are computed.
    /// </summary>
    private static void LocalProduct(BodyScope scope, KernelContext context, Node anchor, string weights)
    {
        Node source = anchor.Inputs[0];
        Node weight = anchor.Inputs[1];
        bool transposed = anchor.Op is LocalConvolveInputGradientOp;
        (WindowGeometry w, int region) = anchor.Op is LocalConvolveInputGradientOp backward
            ? (backward.Window, backward.Region)
            : (((LocalConvolveOp)anchor.Op).Window, ((LocalConvolveOp)anchor.Op).Region);
        int depth = source.Shape[1].Constant;
        int lanes = anchor.Shape[1].Constant;

        // Forward, (y, x) is a pixel that the window sees through the tap; backward, it is the window.
        string row = transposed ? "y" : $"(y - tap / {w.KernelWidth}) / {w.StrideY}";
        string column = transposed ? "x" : $"(x - tap % {w.KernelWidth}) / {w.StrideX}";
        scope.Line($"int site = {row} / {region} * {weight.Shape[1]} + {column} / {region};");
        string images = scope.Text(context.Layouts.Of(source).Strides[0]);
        scope.Line($"int pixel = {scope.At(source)} + image * {images} + {Pixel(scope, context, source, "y", "x")};");
        scope.Line($"int weight = {scope.At(weights)} + (site * {w.Taps} + tap) * {depth * lanes} + channel;");
        int chains = Math.Min(depth, MostChains);
        scope.Line("F sum0 = state.S0;");
        for (int chain = 1; chain < chains; chain++)
        {
            scope.Line($"F sum{chain} = F.Splat(0f);");
        }

        scope.Line($"for (int i = 0; i < {depth / chains * chains}; i += {chains})");
        scope.Line("{");
        for (int chain = 0; chain < chains; chain++)
        {
            scope.Line($"    sum{chain} = {Product(chain, chain == 0 ? "i" : $"i + {chain}")};");
        }

        scope.Line("}");
        scope.Line("");
        for (int i = depth / chains * chains; i < depth; i++)
        {
            scope.Line($"sum{i % chains} = {Product(i % chains, $"{i}")};");
        }

        scope.Line(chains == MostChains ? "state.S0 = (sum0 + sum1) + (sum2 + sum3);"
            : $"state.S0 = {string.Join(" + ", Enumerable.Range(0, chains).Select(static c => $"sum{c}"))};");

        string Product(int chain, string i) => $"F.Fma(m.Scalar(pixel + {i}), m.Load(weight + {(i.Contains(" ") ? $"({i})" : i)} * {lanes}), sum{chain})";
    }

    /// <summary>Chains of products over the channels of a pixel: one waits for the one before it.</summary>
    private const int MostChains = 4;

    /// <summary>
    /// <c>Move / Open / Accumulate / Merge / Close</c> over the images (and the windows of a region), of which slots 0 and 1 are
    /// the inputs and the gradients of the outputs; outer is (site, tap), columns are (input, output), or (output, input) where
    /// inputs fill vectors and outputs do not: <c>state.S0 = F.Fma(m.Scalar(x + … + input), m.Load(dy + … + output), state.S0);</c>
    /// </summary>
    public static Body LocalConvolveWeights(KernelContext context)
    {
        Node anchor = context.Kernel.Anchors[0];
        var op = (LocalConvolveWeightGradientOp)anchor.Op;
        WindowGeometry w = op.Window;
        int region = op.Region;
        int inputs = anchor.Shape[3].Constant;
        int outputs = anchor.Shape[2].Constant;
        int segment = LocalConvolveLanes(anchor);
        Node source = anchor.Inputs[0];
        Node gradient = anchor.Inputs[1];
        var move = new BodyScope(context, null);
        var open = new BodyScope(context, null);
        var accumulate = new BodyScope(context, null);
        var merge = new BodyScope(context, null);
        var close = new BodyScope(context, null);
        move.Line($"int tap = outer % {w.Taps}, site = outer / {w.Taps};");
        move.Line($"int y = site / {anchor.Shape[1]} * {region}, x = site % {anchor.Shape[1]} * {region};");
        move.Line($"int sourceY = y * {w.StrideY} + tap / {w.KernelWidth}, sourceX = x * {w.StrideX} + tap % {w.KernelWidth};");
        move.Line($"s.A0 += {Pixel(move, context, source, "sourceY", "sourceX")};");
        move.Line($"s.A1 += {Pixel(move, context, gradient, "y", "x")};");
        open.Line("state.S0 = F.Splat(0f);");
        if (region > 1)
        {
            accumulate.Line($"int image = row / {region * region}, y = row / {region} % {region}, x = row % {region};");
        }

        string image = region > 1 ? "image" : "row";
        string from = Image(0);
        string to = Image(1);
        if (region > 1)
        {
            from += $" + {Pixel(accumulate, context, source, $"y * {w.StrideY}", $"x * {w.StrideX}")}";
            to += $" + {Pixel(accumulate, context, gradient, "y", "x")}";
        }

        (string one, string lanes) = segment == outputs ? (from, to) : (to, from);
        accumulate.Line($"F value = m.Scalar({one} + column / {segment});");
        accumulate.Line($"state.S0 = F.Fma(value, m.Load({lanes} + column % {segment}), state.S0);");
        merge.Line("state.S0 = state.S0 + other.S0;");
        string weights = $"outer * {inputs * outputs} + ";
        if (segment == outputs)
        {
            close.StoreAt(anchor, weights + "column", "state.S0");
        }
        else
        {
            close.StoreAt(anchor, $"{weights}column % {inputs} * {outputs} + column / {inputs}", "state.S0", outputs);
        }

        return new Body(
            "IReduceBody",
            "    public static int Width => 1;\n\n"
            + Method("Move(ref Slots s, int outer)", "", move) + "\n"
            + Method("Open<F, I, M>(ref State<F> state)", Lanes, open) + "\n"
            + Method(
                "Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)",
                Memory,
                accumulate) + "\n"
            + Method("Merge<F, I, M>(ref State<F> state, in State<F> other)", Lanes, merge) + "\n"
            + Method(
                "Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)", Memory, close));

        string Image(int slot) =>
            $"{accumulate.At(slot)} + {image} * {accumulate.Text(context.Layouts.Of(anchor.Inputs[slot]).Strides[0])}";
    }

    /// <summary>Of the weights of a site and tap, the axis along which vectors lie: outputs, or inputs where only these fill
    /// vectors.</summary>
    public static int LocalConvolveLanes(Node gradient)
    {
        int inputs = gradient.Shape[3].Constant;
        int outputs = gradient.Shape[2].Constant;
        return outputs % 8 != 0 && inputs % 8 == 0 ? inputs : outputs;
    }

    /// <summary>Where a pixel begins, from where its image does, as C#.</summary>
    private static string Pixel(BodyScope scope, KernelContext context, Node image, string y, string x)
    {
        Layout layout = context.Layouts.Of(image);
        return $"{y} * {scope.Text(layout.Strides[2])} + {x} * {scope.Text(layout.Strides[3])}";
    }
}
