using System;
using Dsl.Eager;

namespace Dsl;

/// <summary>
/// What a layer applies to its outputs. A member names a unary function of <see cref="Functions"/>; to add one, write
/// the function below, its member here and its line in <see cref="Functions.Of"/>.
/// </summary>
public enum Activation
{
    /// <summary>The identity.</summary>
    None,

    /// <summary><see cref="Functions.Relu(float)"/>.</summary>
    Relu,

    /// <summary><see cref="Functions.Sigmoid(float)"/>.</summary>
    Sigmoid,

    /// <summary><see cref="Functions.Tanh(float)"/>.</summary>
    Tanh,

    /// <summary><see cref="Functions.Silu(float)"/>.</summary>
    Silu,

    /// <summary><see cref="Functions.Gelu(float)"/>.</summary>
    Gelu,

    /// <summary><see cref="Functions.GeluTanh(float)"/>.</summary>
    GeluTanh,

    /// <summary><see cref="Functions.Elu(float)"/>.</summary>
    Elu,

    /// <summary><see cref="Functions.Selu(float)"/>.</summary>
    Selu,

    /// <summary><see cref="Functions.LeakyRelu(float)"/>.</summary>
    LeakyRelu,

    /// <summary><see cref="Functions.Relu2(float)"/>.</summary>
    Relu2,

    /// <summary><see cref="Functions.Relu6(float)"/>.</summary>
    Relu6,

    /// <summary><see cref="Functions.HardSigmoid(float)"/>.</summary>
    HardSigmoid,

    /// <summary><see cref="Functions.HardSwish(float)"/>.</summary>
    HardSwish,

    /// <summary><see cref="Functions.Softplus(float)"/>.</summary>
    Softplus,

    /// <summary><see cref="Functions.Softsign(float)"/>.</summary>
    Softsign,

    /// <summary><see cref="Functions.LogSigmoid(float)"/>.</summary>
    LogSigmoid,

    /// <summary><see cref="Functions.Laplace(float)"/>.</summary>
    Laplace,

    /// <summary><see cref="Functions.EluPlusOne(float)"/>.</summary>
    EluPlusOne,

    /// <summary><see cref="Functions.ExpNegExp(float)"/>.</summary>
    ExpNegExp,

    /// <summary><see cref="Functions.Mish(float)"/>.</summary>
    Mish,
}

/// <content>
/// The pointwise library. Primitives are rows of the compiler's table, where their derivatives are; composites are read
/// from these very lines, differentiated symbolically and fused. Every unary one also exists on tensors.
/// </content>
public static partial class Functions
{
    /// <summary>|x|; derivative 0 at 0.</summary>
    [Primitive("abs")] public static float Abs(float x) => MathF.Abs(x);

    /// <summary>-1, 0 or 1; derivative 0. NaN stays NaN.</summary>
    [Primitive("sign")] public static float Sign(float x) => float.IsNaN(x) ? x : MathF.Sign(x);

    /// <summary>⌊x⌋; derivative 0.</summary>
    [Primitive("floor")] public static float Floor(float x) => MathF.Floor(x);

    /// <summary>√x; NaN below 0.</summary>
    [Primitive("sqrt")] public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <summary>1/√x; NaN below 0.</summary>
    [Primitive("rsqrt")] public static float Rsqrt(float x) => (float)(1 / Math.Sqrt(x));

    /// <summary>1/x.</summary>
    [Primitive("reciprocal")] public static float Reciprocal(float x) => 1f / x;

    /// <summary>x².</summary>
    [Primitive("square")] public static float Square(float x) => x * x;

    /// <summary>eˣ.</summary>
    [Primitive("exp")] public static float Exp(float x) => (float)Math.Exp(x);

    /// <summary>eˣ - 1 without cancellation near 0.</summary>
    [Primitive("expm1")] public static float Expm1(float x) => (float)SpecialFunctions.Expm1(x);

    /// <summary>The natural logarithm; NaN below 0.</summary>
    [Primitive("log")] public static float Log(float x) => (float)Math.Log(x);

    /// <summary>log(1 + x) without cancellation near 0; NaN below -1.</summary>
    [Primitive("log1p")] public static float Log1p(float x) => (float)SpecialFunctions.Log1p(x);

    /// <summary>The sine of x radians.</summary>
    [Primitive("sin")] public static float Sin(float x) => (float)Math.Sin(x);

    /// <summary>The cosine of x radians.</summary>
    [Primitive("cos")] public static float Cos(float x) => (float)Math.Cos(x);

    /// <summary>The hyperbolic tangent.</summary>
    [Primitive("tanh")] public static float Tanh(float x) => (float)Math.Tanh(x);

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [Primitive("sigmoid")] public static float Sigmoid(float x) => (float)(1 / (1 + Math.Exp(-x)));

    /// <summary>The error function 2/√π·∫₀ˣ exp(-t²) dt.</summary>
    [Primitive("erf")] public static float Erf(float x) => (float)SpecialFunctions.Erf(x);

    /// <summary>log(1 + eˣ), without overflow.</summary>
    [Primitive("softplus")]
    public static float Softplus(float x) =>
        (float)(Math.Max(x, 0) + SpecialFunctions.Log1p(Math.Exp(-Math.Abs((double)x))));

    /// <summary>max(x, 0); derivative 0 at 0.</summary>
    [Primitive("relu")] public static float Relu(float x) => MathF.Max(x, 0f);

    /// <summary>The larger one; NaN wins; for equal operands the first one gets the gradient.</summary>
    [Primitive("max")] public static float Max(float x, float y) => MathF.Max(x, y);

    /// <summary>The smaller one; NaN wins; for equal operands the first one gets the gradient.</summary>
    [Primitive("min")] public static float Min(float x, float y) => MathF.Min(x, y);

    /// <summary>xʸ; NaN for a negative x unless y is an integer.</summary>
    [Primitive("pow")] public static float Pow(float x, float y) => (float)Math.Pow(x, y);

    /// <summary>1 where x &lt; y, else 0. Has no gradient.</summary>
    [Primitive("less")] public static float Less(float x, float y) => x < y ? 1f : 0f;

    /// <summary>1 where x ≤ y, else 0. Has no gradient.</summary>
    [Primitive("lessequal")] public static float LessEqual(float x, float y) => x <= y ? 1f : 0f;

    /// <summary>1 where x = y, else 0. Has no gradient.</summary>
    [Primitive("equal")] public static float Equal(float x, float y) => x == y ? 1f : 0f;

    /// <summary>Where the condition is above 0 one value, else the other.</summary>
    [Pointwise] public static float Where(float condition, float yes, float no) => condition > 0f ? yes : no;

    /// <summary>x, but at least <paramref name="low"/> and at most <paramref name="high"/>.</summary>
    [Pointwise] public static float Clamp(float x, float low, float high) => Min(Max(x, low), high);

    /// <summary>x·sigmoid(x), also called Swish (Elfwing et al. 2017, arXiv:1702.03118).</summary>
    [Pointwise] public static float Silu(float x) => x * Sigmoid(x);

    /// <summary>x·Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    [Pointwise] public static float Gelu(float x) => 0.5f * x * (1f + Erf(x * 0.70710678f));

    /// <summary>The approximation of <see cref="Gelu(float)"/> by tanh, as in GPT-2.</summary>
    [Pointwise]
    public static float GeluTanh(float x) => 0.5f * x * (1f + Tanh(0.7978846f * (x + 0.044715f * x * x * x)));

    /// <summary>x above 0, eˣ - 1 below (Clevert et al. 2015, arXiv:1511.07289).</summary>
    [Pointwise] public static float Elu(float x) => x > 0f ? x : Expm1(Min(x, 0f));

    /// <summary><see cref="Elu(float)"/> + 1: the positive feature map of linear attention
    /// (arXiv:2006.16236).</summary>
    [Primitive("eluplusone")] public static float EluPlusOne(float x) => x > 0f ? x + 1f : Exp(x);

    /// <summary>The scaled ELU that keeps mean 0 and variance 1 (Klambauer et al. 2017, arXiv:1706.02515).</summary>
    [Pointwise] public static float Selu(float x) => 1.05070099f * (x > 0f ? x : 1.67326324f * Expm1(Min(x, 0f)));

    /// <summary>x above 0, x/100 below (Maas et al. 2013).</summary>
    [Pointwise] public static float LeakyRelu(float x) => x > 0f ? x : 0.01f * x;

    /// <summary>relu(x)² (So et al. 2021, Primer, arXiv:2109.08668).</summary>
    [Pointwise] public static float Relu2(float x) => Square(Relu(x));

    /// <summary>relu(x) cut at 6 (MobileNetV2, arXiv:1801.04381).</summary>
    [Pointwise] public static float Relu6(float x) => Min(Relu(x), 6f);

    /// <summary>A piecewise linear sigmoid: relu6(x + 3)/6 (MobileNetV3, arXiv:1905.02244).</summary>
    [Pointwise] public static float HardSigmoid(float x) => Relu6(x + 3f) / 6f;

    /// <summary>x·hardSigmoid(x) (MobileNetV3, arXiv:1905.02244).</summary>
    [Pointwise] public static float HardSwish(float x) => x * HardSigmoid(x);

    /// <summary>x/(1 + |x|).</summary>
    [Pointwise] public static float Softsign(float x) => x / (1f + Abs(x));

    /// <summary>log(sigmoid(x)), without overflow.</summary>
    [Pointwise] public static float LogSigmoid(float x) => -Softplus(-x);

    /// <summary>x·tanh(softplus(x)) (Misra 2019, arXiv:1908.08681).</summary>
    [Pointwise] public static float Mish(float x) => x * Tanh(Softplus(x));

    /// <summary>Φ((x - √½)/√(1/4π)), which approximates relu² with a bounded slope (Ma et al. 2022, Mega,
    /// arXiv:2209.10655).</summary>
    [Pointwise] public static float Laplace(float x) => 0.5f * (1f + Erf((x - 0.70710678f) * 2.5066283f));

    /// <summary>exp(-exp(min(x, 5))): the decay of RWKV in (0, 1) from an unbounded number.</summary>
    [Pointwise] public static float ExpNegExp(float x) => Exp(-Exp(Min(x, 5f)));

    /// <summary>x·sigmoid(gate): a gated linear unit (Dauphin et al. 2016, arXiv:1612.08083).</summary>
    [Pointwise] public static float Glu(float x, float gate) => x * Sigmoid(gate);

    /// <summary>x·silu(gate) (Shazeer 2020, arXiv:2002.05202).</summary>
    [Pointwise] public static float SwiGlu(float x, float gate) => x * Silu(gate);

    /// <summary>x·gelu(gate) (Shazeer 2020, arXiv:2002.05202).</summary>
    [Pointwise] public static float GeGlu(float x, float gate) => x * Gelu(gate);

    /// <summary>x·relu(gate) (Shazeer 2020, arXiv:2002.05202).</summary>
    [Pointwise] public static float ReGlu(float x, float gate) => x * Relu(gate);

    /// <summary>The function an activation names; null for <see cref="Activation.None"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a member of the enum.</exception>
    internal static Func<float, float>? Of(Activation activation) => activation switch
    {
        Activation.None => null,
        Activation.Relu => Relu,
        Activation.Sigmoid => Sigmoid,
        Activation.Tanh => Tanh,
        Activation.Silu => Silu,
        Activation.Gelu => Gelu,
        Activation.GeluTanh => GeluTanh,
        Activation.Elu => Elu,
        Activation.Selu => Selu,
        Activation.LeakyRelu => LeakyRelu,
        Activation.Relu2 => Relu2,
        Activation.Relu6 => Relu6,
        Activation.HardSigmoid => HardSigmoid,
        Activation.HardSwish => HardSwish,
        Activation.Softplus => Softplus,
        Activation.Softsign => Softsign,
        Activation.LogSigmoid => LogSigmoid,
        Activation.Laplace => Laplace,
        Activation.EluPlusOne => EluPlusOne,
        Activation.ExpNegExp => ExpNegExp,
        Activation.Mish => Mish,
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
    };
}
