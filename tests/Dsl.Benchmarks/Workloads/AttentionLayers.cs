namespace Dsl.Benchmarks.Workloads;

/// <summary>Causal attention of 4 heads of 32 with its projections, as the peer has it.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class AttentionLayer
{
    [Perceptron(384)]
    private partial Tensor Project(Tensor x);

    [Perceptron(128)]
    private partial Tensor Output(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x)
    {
        Tensor p = Project(x);
        return Output(Attend(Slice(p, 2, 0, 128), Slice(p, 2, 128, 128), Slice(p, 2, 256, 128), 4, causal: true));
    }

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>Causal linear attention with elu + 1, 4 heads of 32, as the peer has it.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class LinearAttentionLayer
{
    [Perceptron(384)]
    private partial Tensor Project(Tensor x);

    [Perceptron(128)]
    private partial Tensor Output(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x)
    {
        Tensor p = Project(x);
        return Output(
            LinearAttend(Slice(p, 2, 0, 128), Slice(p, 2, 128, 128), Slice(p, 2, 256, 128), 4, causal: true));
    }

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>A causal gated attention unit of width 128, values of 256, keys of 128, as the peer has it.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class GauUnit
{
    [Gau(Causal = true, Context = 1024, Buckets = 0)]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}

/// <summary>The same in linear time, in chunks of 256.</summary>
[Model(Example = "b=1,n=1024")]
internal sealed partial class FlashUnit
{
    [Flash(Causal = true)]
    private partial Tensor Unit(Tensor x);

    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Unit(x);

    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}
