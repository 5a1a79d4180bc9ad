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
