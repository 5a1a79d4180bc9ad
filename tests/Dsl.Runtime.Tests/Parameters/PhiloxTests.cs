using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Runtime.Tests.Host;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Parameters;

[Collection(HostTests.Name)]
public class PhiloxTests
{
    /// <summary>The known-answer vectors that the authors publish with Random123 (kat_vectors, philox4x32, 10
    /// rounds).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void KnownAnswers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3) =>
        Assert.Equal((w0, w1, w2, w3), Philox.Words(c0, c1, c2, c3, k0, k1));

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void ManyBlocksAtATimeAreTheSameBlocks(int lanes)
    {
        Skip.IfNot(HostVectors.Supports(lanes), $"This processor has no vectors of {lanes} floats.");
        const ulong Seed = 0xFEDC_BA98_7654_3210;
        const ulong Stream = 0x1_0000_0007;
        HostVectors.Override(lanes);
        try
        {
            for (int blocks = 0; blocks < 40; blocks++)
            {
                uint first = uint.MaxValue - 50 + (uint)blocks;
                uint[] words = new uint[4 * blocks];
                Philox.Blocks(Seed, Stream, first, words);
                Assert.Equal(
                    Enumerable.Range(0, blocks).SelectMany(i =>
                    {
                        (uint w0, uint w1, uint w2, uint w3) = Philox.Block(Seed, Stream, first + (uint)i);
                        return new[] { w0, w1, w2, w3 };
                    }),
                    words);
            }
        }
        finally
        {
            HostVectors.Override(null);
        }
    }

    [Fact]
    public void AStreamContinuesFromASavedPosition()
    {
        var stream = new PhiloxStream(7, 3);
        uint[] words = [.. Enumerable.Range(0, 11).Select(_ => stream.NextWord())];
        var resumed = new PhiloxStream(7, 3) { Position = 6 };
        Assert.Equal(words[6..], Enumerable.Range(0, 5).Select(_ => resumed.NextWord()));
        Assert.Equal(11ul, stream.Position);
    }

    [Fact]
    public void NumbersBelowABoundAreUniform()
    {
        var stream = new PhiloxStream(1, 0);
        int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++)
        {
            counts[stream.NextBelow(6)]++;
        }

        // Six standard deviations of a binomial count.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 550, 10_000 + 550));
    }
}
