using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Xunit;

namespace Dsl.Runtime.Tests.Parameters;

public class ParameterSetTests
{
    [Fact]
    public void ParametersAreNamedShapedAndAligned()
    {
        ParameterSet set = Make();
        Assert.Equal(["Stem.Weight", "Stem.Bias", "Scale"], set.Select(static p => p.Name));
        Assert.Equal([4, 1, 3, 3], set["Stem.Weight"].Shape);
        Assert.Equal(36 + 4 + 1, set.Length);
        Assert.True(set[0].Decays);
        Assert.False(set[1].Decays);
        Assert.Equal("Stem.Bias [4]", set[1].ToString());
        Assert.All(set, static p => Assert.Equal(0, AddressOf(p) % 64));
    }

    [Fact]
    public void AMisspeltNameGetsNearOnes()
    {
        ParameterSet set = Make();
        var error = Assert.Throws<KeyNotFoundException>(() => set["stem.Wieght"]);
        Assert.Contains("Did you mean Stem.Weight?", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<KeyNotFoundException>(() => set["Q"]);
        Assert.Contains("There are: Stem.Weight, Stem.Bias, Scale.", error.Message, StringComparison.Ordinal);
        Assert.False(set.TryGet("Q", out _));
        Assert.Throws<ArgumentException>(() => new ParameterSet([Info("A", 1), Info("A", 2)]));
    }

    [Fact]
    public void TheSameSeedGivesTheSameHash()
    {
        ParameterSet a = Make();
        ParameterSet b = Make();
        Assert.Equal(a.Sha256(), b.Sha256());
        b.Initialize(1);
        Assert.NotEqual(a.Sha256(), b.Sha256());
        b.Initialize(0);
        Assert.Equal(a.Sha256(), b.Sha256());
    }

    [Fact]
    public void TheHashIsOverLogicalBytesWithoutGaps()
    {
        ParameterSet set = Make();
        byte[] bytes = [.. set.SelectMany(static p => p.ReadOnlyValues.ToArray()).SelectMany(BitConverter.GetBytes)];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), set.Sha256());
    }

    [Fact]
    public void ReadingFetchesAndWritingRaisesTheVersion()
    {
        ParameterSet set = Make();
        int fetched = 0;
        set.Fetch = () =>
        {
            fetched++;
            set[2].Raw[0] = 42;
        };
        long version = set.Version;
        Assert.Equal(42, set["Scale"].ReadOnlyValues[0]);
        Assert.Equal(version, set.Version);
        _ = set.Sha256();
        Assert.Equal(2, fetched);
        set["Stem.Bias"].CopyFrom([1, 2, 3, 4]);
        Assert.True(set.Version > version);
        Assert.Equal([1, 2, 3, 4], set["Stem.Bias"].ReadOnlyValues.ToArray());
        version = set.Version;
        set.Initialize(3);
        Assert.True(set.Version > version);
        Assert.Equal(5, fetched);
    }

    [Fact]
    public void CopyFromChecksTheLength()
    {
        var error = Assert.Throws<ArgumentException>(() => Make()["Stem.Bias"].CopyFrom([1, 2]));
        Assert.Contains("'Stem.Bias' of shape [4] has 4 elements, 2 are given", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void SizesAreNamedAndPositive()
    {
        var sizes = new Sizes { ["t"] = 3, ["b"] = 64 };
        Assert.Equal("b=64, t=3", sizes.ToString());
        Assert.Equal(64, sizes["b"]);
        Assert.Throws<ArgumentException>(() => sizes["h"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => sizes["h"] = 0);
    }

    private static ParameterSet Make() => new([
        new ParameterInfo("Stem.Weight", [4, 1, 3, 3], Initializer.KaimingUniform(9), true),
        new ParameterInfo("Stem.Bias", [4], Initializer.Normal(1), false),
        new ParameterInfo("Scale", [], Initializer.Ones(), false)]);

    private static ParameterInfo Info(string name, int length) => new(name, [length], Initializer.Zeros(), false);

    private static unsafe nint AddressOf(Parameter parameter) => (nint)Unsafe.AsPointer(ref parameter.Raw[0]);
}
