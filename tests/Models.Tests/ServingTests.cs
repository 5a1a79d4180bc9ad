using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Dsl;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>Several callers at once, each with a session of its own, as docs/getting-started.md says.</summary>
public sealed class ServingTests
{
    private const int Callers = 4;

    [Fact]
    public async Task Sessions_of_one_model_serve_several_threads()
    {
        var model = new DigitNet();
        float[] images = [.. Enumerable.Range(0, 784 * Callers).Select(static i => (i * 7919 % 256) / 255f)];
        using var start = new Barrier(Callers);
        float[][] answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(
            () =>
            {
                // Together: the first one draws the parameters that all pack.
                start.SignalAndWait();
                using DigitNet.Session session = model.CreateSession(Device.Host(threads: 1));
                var scores = new float[10];
                for (int i = 0; i < 20; i++)
                {
                    session.Forward(images.AsSpan(784 * caller, 784), scores);
                }

                return scores;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        using DigitNet.Session alone = model.CreateSession(Device.Host(threads: 1));
        for (int caller = 0; caller < Callers; caller++)
        {
            var scores = new float[10];
            alone.Forward(images.AsSpan(784 * caller, 784), scores);
            Assert.Equal(scores, answers[caller]);
        }
    }
}
