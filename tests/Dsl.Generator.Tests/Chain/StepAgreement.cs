extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A causal model [b, n, c] -> [b, n, d], maybe with segments, position by position against all positions at once.</summary>
internal static class StepAgreement
{
    private const int Seed = 7;

    /// <summary>A session for so many sequences and positions.</summary>
    public static ModelSession Session(CompiledCase compiled, Device on, int sequences, int positions)
    {
        var model = compiled.NewModel();
        model.Parameters.Initialize(3);
        return model.NewSession(new SessionOptions
        {
            Device = on, Sizes = new runtime::Dsl.Sizes { ["b"] = sequences, ["n"] = positions },
        });
    }

    /// <summary>Twice over, since what is remembered is forgotten in between.</summary>
    /// <param name="compiled">With <c>[Model(Steps = "n")]</c>.</param>
    /// <param name="on">The device.</param>
    /// <param name="sequences">The value of b.</param>
    /// <param name="positions">The value of n.</param>
    /// <param name="relative">What an error may be of the largest result.</param>
    /// <param name="least">What an error may be besides: of results that are 0 something is left.</param>
    /// <returns>The largest result.</returns>
    public static float Check(CompiledCase compiled, Device on, int sequences, int positions, float relative, float least = 0)
    {
        int taken = compiled.Lowered.Forward!.Inputs[0].Shape[2].Constant;
        int given = compiled.Lowered.Forward.Outputs[0].Node.Shape[2].Constant;
        using ModelSession session = Session(compiled, on, sequences, positions);
        var random = new Random(Seed);
        float[] x = [.. Enumerable.Range(0, sequences * positions * taken).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        int[] segments = Segments(random, sequences * positions);
        bool isSegmented = session.Loaded(EntryPoint.Forward)!.Program.Inputs.Count > 1;
        float[] expected = new float[sequences * positions * given];
        Run(EntryPoint.Forward, x, segments, expected);
        float scale = expected.Max(MathF.Abs);
        for (int turn = 0; turn < 2; turn++, session.Reset())
        {
            for (int t = 0; t < positions; t++)
            {
                float[] row = new float[sequences * given];
                Run(EntryPoint.Step, At(x, t, taken), At(segments, t, 1), row);
                float[] whole = At(expected, t, given);
                for (int i = 0; i < row.Length; i++)
                {
                    Assert.True(
                        MathF.Abs(whole[i] - row[i]) <= (relative * scale) + least,
                        $"position {t}, element {i}: {row[i]} step by step, {whole[i]} at once; of {scale}");
                }
            }
        }

        return scale;

        void Run(EntryPoint entry, float[] values, int[] numbers, float[] result)
        {
            session.Begin(entry, entry == EntryPoint.Step ? [("b", sequences)] : [("b", sequences), ("n", positions)]);
            session.Write(0, values);
            if (isSegmented)
            {
                session.Write(1, numbers);
            }

            session.Run();
            session.Read(0, result);
        }

        T[] At<T>(T[] all, int position, int width) => [.. Enumerable.Range(0, sequences)
            .SelectMany(s => all.AsSpan(((s * positions) + position) * width, width).ToArray())];
    }

    /// <summary>Packed texts of some positions each, of which numbers come again, and hidden positions.</summary>
    private static int[] Segments(Random random, int count)
    {
        int[] segments = new int[count];
        for (int i = 0, number = 0; i < count; i++)
        {
            number = random.Next(12) == 0 ? random.Next(4) - 1 : number;
            segments[i] = number;
        }

        return segments;
    }
}
