using System;
using Dsl;
using Models.Sequence;
using Xunit;

namespace Models.Tests.Sequence;

/// <summary>A stream that is heard in parts.</summary>
public sealed class StreamTests
{
    private const int Streams = 8, Positions = 16;

    /// <summary>Symbols come every twentieth position, so half of the parts begin long after the last one: what it was is known from
    /// the state, and from nothing else.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_came_in_an_earlier_part_is_known_from_the_state(bool carries)
    {
        const int Seed = 1;
        var model = new StreamRecall();
        model.Parameters.Initialize(Seed);
        using var session = model.CreateSession(optimizer: new Adam(3e-3f));
        var random = new Random(Seed);
        int[] last = new int[Streams], symbols = new int[Streams * Positions], labels = new int[Streams * Positions];
        float[] state = new float[Streams * StreamRecall.StateLength], next = new float[state.Length];
        double loss = 0;
        const int Steps = 1000, Counted = 100;
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < symbols.Length; i++)
            {
                int stream = i / Positions;
                symbols[i] = random.Next(20) == 0 ? random.Next(1, StreamRecall.Symbols) : 0;
                last[stream] = symbols[i] > 0 ? symbols[i] : last[stream];
                labels[i] = last[stream];
            }

            float value = session.Train(symbols, state, labels, next, Streams, Positions);
            loss += step >= Steps - Counted ? value / Counted : 0;
            (state, next) = carries ? (next, state) : (state, next);
        }

        Assert.True(carries ? loss < 0.3 : loss > 1, $"seed {Seed}: {loss} nats");
    }
}
