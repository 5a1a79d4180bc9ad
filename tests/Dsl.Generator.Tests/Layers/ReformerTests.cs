using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Lowering;
using Dsl.Generator.Memory;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Chain;
using Xunit;

namespace Dsl.Generator.Tests.Layers;

/// <summary>What the layer of attention among positions that hash alike declares, and what it keeps.</summary>
public class ReformerTests
{
    [Theory]
    [InlineData("130", 64, "4, 4, 2")]
    [InlineData("128", 64, "4, 4, 1")]
    [InlineData("n", 64, "4, 4, 32")]
    public void It_has_a_bucket_for_each_chunk_unless_it_is_told(string length, int bucketSize, string rotations)
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("A", "Reformer", ("heads", 2), ("BucketSize", bucketSize))
            .Function("Forward", null, f => f.Layer("A", f.Input("x", $"b, {length}, 8"))).Build());
        Assert.Empty(model.Problems);
        Assert.Equal(
            ["A.QueryKey 8, 8", "A.Value 8, 8", $"A.Rotations {rotations}", "A.Output 8, 8"],
            model.Parameters.Select(static p => $"{p.Name} {string.Join(", ", p.Shape)}"));
        Assert.Equal(["A.Rotations"], model.Parameters.Where(static p => !p.Learns).Select(static p => p.Name));
    }

    /// <summary>No buffer has an element for each pair of positions, forward or backward.</summary>
    [Fact]
    public void Memory_is_linear_in_the_length()
    {
        CompiledPlan plan = CompiledPlan.Make(CompiledCase.Of("reformer").Lowered);
        foreach (PlannedProgram program in plan.Programs)
        {
            long Bytes(int length)
            {
                var sizes = new SizeValues(plan.Example.Names);
                (sizes["b"], sizes["n"]) = (1, length);
                return ArenaStatement.Of(program, sizes).Bytes;
            }

            Assert.InRange(Bytes(4096), 0.95 * 4 * Bytes(1024), 1.02 * 4 * Bytes(1024));
        }
    }
}
