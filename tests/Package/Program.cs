using Dsl.Checkpoints;
using Dsl.Data;
using Spirals;

(Dataset train, Dataset test) = Points(3_000, seed: 1).Split(0.8, seed: 1);

var net = new SpiralNet();
net.Parameters.Initialize(seed: 1);

var options = new TrainerOptions { Epochs = 60, BatchSize = 32, Seed = 1 };
using (var trainer = new Trainer(net, Device.Host(), new AdamW(3e-3f), train, test, options))
{
    trainer.Run(new EpochLines());
}

Checkpoint.Save("spirals.safetensors", net.Parameters);

// Elsewhere: the same class, the values from the file, a session without an optimiser.
var served = new SpiralNet();
Checkpoint.Load("spirals.safetensors", served.Parameters);
using SpiralNet.Session session = served.CreateSession();
var scores = new float[3];
session.Forward([0.3f, -0.2f], scores);
Console.WriteLine($"(0.3, -0.2) is on spiral {Array.IndexOf(scores, scores.Max())}");
// Two layers from the file, under the names they have there, and a new Classify.
var tuned = new SpiralNet();
tuned.Parameters.Initialize(seed: 2);
Checkpoint.Load("spirals.safetensors", tuned.Parameters, name => name.StartsWith("Classify.") ? null : name);
var tuner = new AdamW(3e-3f)
{
    Groups = [ParameterGroup.Frozen("Hidden"), new ParameterGroup("Deeper") { RateFactor = 0.1f, WeightDecay = 0f }],
};
using (var trainer = new Trainer(tuned, Device.Host(), tuner, train, test, options with { Epochs = 10 }))
{
    trainer.Run();
}

using SpiralNet.Session again = tuned.CreateSession();
double accuracy = Trainer.Evaluate(again, test, batchSize: 32).Accuracy;
Console.WriteLine($"with a new head {accuracy:P1}");
return accuracy > 0.97 && Trainer.Evaluate(session, test, batchSize: 32).Accuracy > 0.97 ? 0 : 1;

// Points on three arms, a third of a turn apart; each sample is a row of one column and a row of the other.
static Dataset Points(int count, int seed)
{
    var random = new Random(seed);
    var points = new float[2 * count];
    var spirals = new int[count];
    for (int i = 0; i < count; i++)
    {
        float radius = random.NextSingle();
        float angle = (4f * radius) + (MathF.Tau * (i % 3) / 3f) + (0.1f * (random.NextSingle() - 0.5f));
        (points[2 * i], points[(2 * i) + 1]) = (radius * MathF.Cos(angle), radius * MathF.Sin(angle));
        spirals[i] = i % 3;
    }

    return new Dataset()
        .With("point", new Tensor(points, count, 2))
        .With("spiral", new IntTensor(spirals, count));
}

/// <summary>A line for every tenth epoch.</summary>
internal sealed class EpochLines : IProgress<TrainProgress>
{
    public void Report(TrainProgress now)
    {
        if (now is { EpochEnds: true, Validation: { } validation } && (now.Epoch + 1) % 10 == 0)
        {
            Console.WriteLine($"epoch {now.Epoch + 1}: loss {now.Loss:F3}, accuracy {validation.Accuracy:P1}");
        }
    }
}
