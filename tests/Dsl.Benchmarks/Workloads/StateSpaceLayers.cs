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
