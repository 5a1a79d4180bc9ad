namespace Dsl.Benchmarks.Workloads;

/// <summary>A diagonal state space layer of width 128 and 64 states, as the peer has it.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class DiagonalStateSpace
{
    [S4D]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>The same for several samples, which decides how it is computed.</summary>
[Model(Example = "b=8,n=1024")]
internal sealed partial class DiagonalStateSpaces
{
    [S4D]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>A structured state space layer of width 128 and 64 states, as the diagonal one.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class StructuredStateSpace
{
    [S4]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>The same for several samples.</summary>
[Model(Example = "b=8,n=1024")]
internal sealed partial class StructuredStateSpaces
{
    [S4]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>What the convolution of such a layer costs by itself, and the same product with gates: a kernel is given,
/// of which the columns' scales are learned.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class FreeKernel
{
    [RmsNorm]
    private partial Tensor Scaled(Tensor kernel);

    [Perceptron(256)]
    private partial Tensor Gates(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x, [Shape("n", 128)] Tensor kernel)
    {
        Tensor both = Gates(Gelu(LongConvolution(x, Scaled(kernel))));
        return Slice(both, 2, 0, 128) * Sigmoid(Slice(both, 2, 128, 128));
    }

    public Tensor Loss([Shape("b", "n", 128)] Tensor x, [Shape("n", 128)] Tensor kernel) =>
        Mean(Square(Forward(x, kernel)));
}

/// <summary>A linear recurrent unit of width 128 and 64 states.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class LinearRecurrentUnit
{
    [Lru(64)]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>A block of selective state spaces of width 128, twice as wide inside, 16 states.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class SelectiveStateSpace
{
    [Mamba]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>Multi-scale retention of width 128, 4 heads.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class RetentionLayer
{
    [RetNet(4)]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>Time mixing of RWKV-4 of width 128.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class Rwkv4TimeMix
{
    [Rwkv4]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>Time mixing of RWKV-6 of width 128, heads of 32.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class Rwkv6TimeMix
{
    [Rwkv6(HeadWidth = 32)]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>The gated delta rule of width 128, heads of 32.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class GatedDeltaLayer
{
    [GatedDelta(4, ValueWidth = 32)]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}
