extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Compiled layers of sequences: what later positions may change, and how long sequences may be.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class CausalityTests
{
    private const int Length = 70, Channels = 24, Known = 41;

    [Theory]
    [InlineData("causal performer")]
    [InlineData("causal performer of long keys")]
    [InlineData("strided attention")]
    [InlineData("performer of rectified features")]
    public void Later_positions_change_no_bit_of_earlier_results(string name)
    {
        CompiledCase compiled = CompiledCase.Of(name);
        using var session = compiled.NewModel().NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["n"] = Length },
        });
        var random = new Random(7);
        float[] x = [.. Enumerable.Range(0, Length * Channels).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        float[] before = Run(x);
        for (int i = Known * Channels; i < x.Length; i++)
        {
            x[i] *= 40;
        }

        float[] after = Run(x);
        Assert.Equal(before[..(Known * Channels)], after[..(Known * Channels)]);
        Assert.NotEqual(before, after);
        Assert.All(after, static v => Assert.True(float.IsFinite(v)));

        float[] Run(float[] values)
        {
            session.Begin(EntryPoint.Forward, ("b", 1), ("n", Length));
            session.Write(0, values);
            session.Run();
            var result = new float[Length * Channels];
            session.Read(0, result);
            return result;
        }
    }

    /// <summary>The sort of a causal layer sees later positions, so chunks may depend on them; values do not reach earlier
    /// ones.</summary>
    [Fact]
    public void Later_values_change_no_bit_of_earlier_results_among_positions_that_hash_alike()
    {
        using var session = CompiledCase.Of("attention of those that hash alike").NewModel().NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["n"] = Length },
        });
        var random = new Random(7);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        float[] x = Numbers(Length * Channels), values = Numbers(Length * Channels), rotations = Numbers(6 * 3 * 4);
        float[] before = Run();
        for (int i = Known * Channels; i < values.Length; i++)
        {
            values[i] *= 40;
        }

        float[] after = Run();
        Assert.Equal(before[..(Known * Channels)], after[..(Known * Channels)]);
        Assert.NotEqual(before, after);

        float[] Run()
        {
            session.Begin(EntryPoint.Forward, ("b", 1), ("n", Length));
            session.Write(0, x);
            session.Write(1, values);
            session.Write(2, rotations);
            session.Run();
            var result = new float[Length * Channels];
            session.Read(0, result);
            return result;
        }
    }

    [Fact]
    public void A_sequence_longer_than_the_weights_for_its_positions_is_refused()
    {
        var options = new SessionOptions { Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["n"] = 71 } };
        var refused = Assert.Throws<ArgumentException>(() =>
            CompiledCase.Of("linformer").NewModel().NewSession(options));
        Assert.Contains("of 'x' is 71 and must be at most 70", refused.Message, StringComparison.Ordinal);
    }
}
