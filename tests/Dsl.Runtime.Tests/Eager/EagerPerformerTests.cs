using Dsl.Eager;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

public sealed class EagerPerformerTests
{
    [Fact]
    public void A_long_query_reads_the_only_key()
    {
        // |q|²/2 is 100 here: as a factor of features it would leave nothing of them.
        var queries = new Tensor([20f, 0, 0, 0], 1, 1, 4);
        var keys = new Tensor([0.1f, -0.2f, 0.3f, 0], 1, 1, 4);
        var values = new Tensor([1f, -2, 3, 4], 1, 1, 4);
        var directions = new Tensor([0.1f, 1, 0, 0, -0.1f, 0, 1, 0, 0.05f, 0, 0, 1], 3, 4);
        Tensor read = EagerPerformer.Attend(queries, keys, values, directions, 1, new PerformerAttribute(1) { Epsilon = 0 });
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(values.Values[i], read.Values[i], 1e-5f);
        }
    }
}
