using Dsl;
using static Dsl.Functions;

namespace Samples.Scaling;

/// <summary>A gated attention unit alone, 128 features.</summary>
[Model(Example = "b=1, n=512", Steps = "n")]
internal sealed partial class GauModel
{
    /// <summary>Every position weighs all up to it.</summary>
    [Gau(Causal = true, Context = 1024, Buckets = 0)]
    private partial Tensor Attend(Tensor x);

    /// <summary>[b, n, 128].</summary>
    /// <param name="x">[b, n, 128].</param>
    [return: Shape("b", "n", 128)]
    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Attend(x);

    /// <summary>Something to descend: the mean square of the result.</summary>
    /// <param name="x">[b, n, 128].</param>
    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}
