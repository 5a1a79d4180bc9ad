using System;

namespace Samples.Faces;

/// <summary>Random numbers that drawn faces are made of.</summary>
internal static class Chance
{
    /// <summary>A generator of its own for one thing of one kind; neighbouring numbers give unrelated ones.</summary>
    /// <param name="seed">Of everything.</param>
    /// <param name="kind">What is drawn.</param>
    /// <param name="number">Which of them.</param>
    public static Random Of(ulong seed, int kind, int number)
    {
        // SplitMix64 (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators").
        ulong mixed = (seed * 0x9E3779B97F4A7C15) + ((ulong)(uint)kind << 32) + (uint)number + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return new Random(unchecked((int)(mixed ^ (mixed >> 31))));
    }

    /// <summary>Any number between two.</summary>
    public static float Uniform(this Random random, float low, float high) =>
        low + ((high - low) * random.NextSingle());

    /// <summary>The sum of three uniform numbers: about normal, and at most three deviations from the mean.</summary>
    public static float Normal(this Random random, float mean, float deviation) =>
        mean + (deviation * (random.Uniform(-1, 1) + random.Uniform(-1, 1) + random.Uniform(-1, 1)));

    /// <summary>True with a probability.</summary>
    public static bool Happens(this Random random, double probability) => random.NextDouble() < probability;
}
