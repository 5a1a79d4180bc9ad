using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

/// <summary>What optimisers do with very small numbers.</summary>
public sealed class OptimizerFadingTests
{
    /// <summary>Numbers below 2⁻¹²⁶ are slow, and times 0.9 the least of them stays what it is.</summary>
    [Fact]
    public void What_no_gradient_feeds_any_more_fades_to_zero()
    {
        Optimizer[] all =
        [
            new Sgd(0.1f) { Momentum = 0.9f },
            new AdamW(0.1f) { Beta2 = 0.95f },
            new RmsProp(0.1f) { Alpha = 0.9f, Momentum = 0.8f },
        ];
        foreach (Optimizer optimizer in all)
        {
            using var memory = new FlatMemory(optimizer.StateCount, 1, (20, true));
            optimizer.Bind(memory);
            memory.Write(memory.GradientBase, 0, [.. Enumerable.Range(1, 20).Select(static i => i * 0.1f)]);
            Assert.True(optimizer.Update());
            memory.Write(memory.GradientBase, 0, new float[20]);
            for (int step = 0; step < 2000; step++)
            {
                Assert.True(optimizer.Update());
                Assert.DoesNotContain(States(), float.IsSubnormal);
            }

            Assert.All(States(), static x => Assert.Equal(0f, x));

            IEnumerable<float> States() => Enumerable.Range(0, optimizer.StateCount).SelectMany(i => memory.Read(memory.StateBase(i), 0));
        }
    }

    [Theory]
    [InlineData(1e-12f, true)]
    [InlineData(1e-20f, false)]
    public void A_gradient_counts_where_its_square_is_a_number(float gradient, bool counts)
    {
        Optimizer[] all = [new Adam(0.1f) { Epsilon = 1e-18f }, new RmsProp(0.1f) { Epsilon = 1e-18f }];
        foreach (Optimizer optimizer in all)
        {
            using var memory = new FlatMemory(optimizer.StateCount, 1, (20, true));
            optimizer.Bind(memory);
            memory.Write(memory.GradientBase, 0, [.. Enumerable.Repeat(gradient, 20)]);
            Assert.True(optimizer.Update());
            Assert.All(memory.Read(memory.ParameterBase, 0), p => Assert.Equal(counts, p < -0.05f));
            Assert.DoesNotContain(memory.Read(memory.StateBase(0), 0), float.IsSubnormal);
        }
    }
}
