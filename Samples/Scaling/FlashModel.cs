using Dsl;
using static Dsl.Functions;

namespace Samples.Scaling;

/// <summary>A gated attention unit in linear time alone, 128 features.</summary>
[Model(Example = "b=1, n=512", Steps = "n")]
internal sealed partial class FlashModel
{
    /// <summary>Weighs its chunk, looks farther back through a state.</summary>
    [Flash(Causal = true)]
    private partial Tensor Attend(Tensor x);

    /// <summary>[b, n, 128].</summary>
    /// <param name="x">[b, n, 128].</param>
    [return: Shape("b", "n", 128)]
    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Attend(x);

    /// <summary>Something to descend: the mean square of the result.</summary>
    /// <param name="x">[b, n, 128].</param>
    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}
