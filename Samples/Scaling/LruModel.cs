using Dsl;
using static Dsl.Functions;

namespace Samples.Scaling;

/// <summary>A linear recurrent unit of 64 states alone, 128 features.</summary>
[Model(Example = "b=1, n=512", Steps = "n")]
internal sealed partial class LruModel
{
    /// <summary>Looks back through a state.</summary>
    [Lru(64)]
    private partial Tensor Mix(Tensor x);

    /// <summary>[b, n, 128].</summary>
    /// <param name="x">[b, n, 128].</param>
    [return: Shape("b", "n", 128)]
    public Tensor Forward([Shape("b", "n", 128)] Tensor x) => Mix(x);

    /// <summary>Something to descend: the mean square of the result.</summary>
    /// <param name="x">[b, n, 128].</param>
    public Tensor Loss([Shape("b", "n", 128)] Tensor x) => Mean(Square(Forward(x)));
}
