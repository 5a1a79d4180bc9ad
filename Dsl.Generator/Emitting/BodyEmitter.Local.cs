using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <content>Local convolutions: pools whose taps are products over the channels of a pixel, with the weights of its
/// site.</content>
internal static partial class BodyEmitter
{
    /// <summary>
    /// <c>int site = y / … * … + x / …; F sum = state.S0; for (int i = 0; i &lt; …; i++) { sum = F.Fma(m.Scalar(pixel
    /// + i), m.Load(weight + i * …), sum); } state.S0 = sum;</c>, where lanes are the channels that are computed.
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
        scope.Line($"int pixel = {Pixel(scope, context, source, "image", "y", "x")};");
        scope.Line($"int weight = {scope.At(weights)} + (site * {w.Taps} + tap) * {depth * lanes} + channel;");
        scope.Line("F sum = state.S0;");
        scope.Line($"for (int i = 0; i < {depth}; i++)");
        scope.Line("{");
        scope.Line($"    sum = F.Fma(m.Scalar(pixel + i), m.Load(weight + i * {lanes}), sum);");
        scope.Line("}");
        scope.Line("");
        scope.Line("state.S0 = sum;");
    }

    /// <summary>
    /// <c>Open / Accumulate / Merge / Close</c> over the images (and the windows of a region); outer is (site, tap,
    /// input), columns are outputs: <c>state.S0 = F.Fma(m.Scalar(x + … + input), m.Load(dy + … + column),
    /// state.S0);</c>
    /// </summary>
    public static Body LocalConvolveWeights(KernelContext context)
    {
        Node anchor = context.Kernel.Anchors[0];
        var op = (LocalConvolveWeightGradientOp)anchor.Op;
        WindowGeometry w = op.Window;
        int region = op.Region;
        int inputs = anchor.Shape[3].Constant;
        int outputs = anchor.Shape[2].Constant;
        var open = new BodyScope(context, null);
        var accumulate = new BodyScope(context, null);
        var merge = new BodyScope(context, null);
        var close = new BodyScope(context, null);
        open.Line("state.S0 = F.Splat(0f);");
        accumulate.Line($"int tap = outer / {inputs} % {w.Taps};");
        accumulate.Line($"int site = outer / {inputs * w.Taps};");
        accumulate.Line($"int image = row / {region * region};");
        accumulate.Line($"int y = site / {anchor.Shape[1]} * {region} + row / {region} % {region};");
        accumulate.Line($"int x = site % {anchor.Shape[1]} * {region} + row % {region};");
        accumulate.Line($"int sourceY = y * {w.StrideY} + tap / {w.KernelWidth};");
        accumulate.Line($"int sourceX = x * {w.StrideX} + tap % {w.KernelWidth};");
        string source = Pixel(accumulate, context, anchor.Inputs[0], "image", "sourceY", "sourceX");
        string gradient = Pixel(accumulate, context, anchor.Inputs[1], "image", "y", "x");
        accumulate.Line($"F value = m.Scalar({source} + outer % {inputs});");
        accumulate.Line($"state.S0 = F.Fma(value, m.Load({gradient} + column), state.S0);");
        merge.Line("state.S0 = state.S0 + other.S0;");
        close.StoreAt(anchor, $"outer * {outputs} + column", "state.S0");
        return new Body(
            "IReduceBody",
            "    public static int Width => 1;\n\n"
            + Method("Open<F, I, M>(ref State<F> state)", Lanes, open) + "\n"
            + Method(
                "Accumulate<F, I, M, TMem>(TMem m, in Slots s, int outer, int row, int column, ref State<F> state)",
                Memory,
                accumulate) + "\n"
            + Method("Merge<F, I, M>(ref State<F> state, in State<F> other)", Lanes, merge) + "\n"
            + Method(
                "Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)", Memory, close));
    }

    /// <summary>Where a pixel begins, as C#.</summary>
    private static string Pixel(BodyScope scope, KernelContext context, Node image, string at, string y, string x)
    {
        Layout layout = context.Layouts.Of(image);
        return $"{scope.At(image)} + {at} * {scope.Text(layout.Strides[0])} + {y} * {scope.Text(layout.Strides[2])} "
            + $"+ {x} * {scope.Text(layout.Strides[3])}";
    }
}
