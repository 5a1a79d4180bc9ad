namespace Dsl;

/// <content>The unary pointwise functions on tensors, until the generator writes them.</content>
public static partial class Functions
{
    /// <summary><see cref="Abs(float)"/> of every element.</summary>
    public static Tensor Abs(Tensor x) => Map(Abs, x);

    /// <summary><see cref="Sign(float)"/> of every element.</summary>
    public static Tensor Sign(Tensor x) => Map(Sign, x);

    /// <summary><see cref="Floor(float)"/> of every element.</summary>
    public static Tensor Floor(Tensor x) => Map(Floor, x);

    /// <summary><see cref="Sqrt(float)"/> of every element.</summary>
    public static Tensor Sqrt(Tensor x) => Map(Sqrt, x);

    /// <summary><see cref="Rsqrt(float)"/> of every element.</summary>
    public static Tensor Rsqrt(Tensor x) => Map(Rsqrt, x);

    /// <summary><see cref="Reciprocal(float)"/> of every element.</summary>
    public static Tensor Reciprocal(Tensor x) => Map(Reciprocal, x);

    /// <summary><see cref="Square(float)"/> of every element.</summary>
    public static Tensor Square(Tensor x) => Map(Square, x);

    /// <summary><see cref="Exp(float)"/> of every element.</summary>
    public static Tensor Exp(Tensor x) => Map(Exp, x);

    /// <summary><see cref="Expm1(float)"/> of every element.</summary>
    public static Tensor Expm1(Tensor x) => Map(Expm1, x);

    /// <summary><see cref="Log(float)"/> of every element.</summary>
    public static Tensor Log(Tensor x) => Map(Log, x);

    /// <summary><see cref="Log1p(float)"/> of every element.</summary>
    public static Tensor Log1p(Tensor x) => Map(Log1p, x);

    /// <summary><see cref="Sin(float)"/> of every element.</summary>
    public static Tensor Sin(Tensor x) => Map(Sin, x);

    /// <summary><see cref="Cos(float)"/> of every element.</summary>
    public static Tensor Cos(Tensor x) => Map(Cos, x);

    /// <summary><see cref="Tanh(float)"/> of every element.</summary>
    public static Tensor Tanh(Tensor x) => Map(Tanh, x);

    /// <summary><see cref="Sigmoid(float)"/> of every element.</summary>
    public static Tensor Sigmoid(Tensor x) => Map(Sigmoid, x);

    /// <summary><see cref="Erf(float)"/> of every element.</summary>
    public static Tensor Erf(Tensor x) => Map(Erf, x);

    /// <summary><see cref="Softplus(float)"/> of every element.</summary>
    public static Tensor Softplus(Tensor x) => Map(Softplus, x);

    /// <summary><see cref="Relu(float)"/> of every element.</summary>
    public static Tensor Relu(Tensor x) => Map(Relu, x);

    /// <summary><see cref="Silu(float)"/> of every element.</summary>
    public static Tensor Silu(Tensor x) => Map(Silu, x);

    /// <summary><see cref="Gelu(float)"/> of every element.</summary>
    public static Tensor Gelu(Tensor x) => Map(Gelu, x);

    /// <summary><see cref="GeluTanh(float)"/> of every element.</summary>
    public static Tensor GeluTanh(Tensor x) => Map(GeluTanh, x);

    /// <summary><see cref="Elu(float)"/> of every element.</summary>
    public static Tensor Elu(Tensor x) => Map(Elu, x);

    /// <summary><see cref="EluPlusOne(float)"/> of every element.</summary>
    public static Tensor EluPlusOne(Tensor x) => Map(EluPlusOne, x);

    /// <summary><see cref="Selu(float)"/> of every element.</summary>
    public static Tensor Selu(Tensor x) => Map(Selu, x);

    /// <summary><see cref="LeakyRelu(float)"/> of every element.</summary>
    public static Tensor LeakyRelu(Tensor x) => Map(LeakyRelu, x);

    /// <summary><see cref="Relu2(float)"/> of every element.</summary>
    public static Tensor Relu2(Tensor x) => Map(Relu2, x);

    /// <summary><see cref="Relu6(float)"/> of every element.</summary>
    public static Tensor Relu6(Tensor x) => Map(Relu6, x);

    /// <summary><see cref="HardSigmoid(float)"/> of every element.</summary>
    public static Tensor HardSigmoid(Tensor x) => Map(HardSigmoid, x);

    /// <summary><see cref="HardSwish(float)"/> of every element.</summary>
    public static Tensor HardSwish(Tensor x) => Map(HardSwish, x);

    /// <summary><see cref="Softsign(float)"/> of every element.</summary>
    public static Tensor Softsign(Tensor x) => Map(Softsign, x);

    /// <summary><see cref="LogSigmoid(float)"/> of every element.</summary>
    public static Tensor LogSigmoid(Tensor x) => Map(LogSigmoid, x);

    /// <summary><see cref="Laplace(float)"/> of every element.</summary>
    public static Tensor Laplace(Tensor x) => Map(Laplace, x);

    /// <summary><see cref="ExpNegExp(float)"/> of every element.</summary>
    public static Tensor ExpNegExp(Tensor x) => Map(ExpNegExp, x);
}
