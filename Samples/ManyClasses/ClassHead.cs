using System;
using System.Collections.Generic;
using Dsl;

namespace Samples.ManyClasses;

/// <summary>A last layer over very many classes.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Copies">Arrays as large as its rows that a step with momentum has at the same time, scores aside.</param>
/// <param name="Scores">Numbers of each sample and class that it stores.</param>
/// <param name="Create">Makes its model.</param>
internal sealed record ClassHead(string Name, int Classes, int Copies, int Scores, Func<IModel> Create)
{
    /// <summary>Features of an embedding.</summary>
    public const int Width = 512;

    /// <summary>Layers that never store a score, the largest first.</summary>
    public static IReadOnlyList<ClassHead> Margins { get; } =
    [
        new("margin softmax", 1_000_000, 2, 0, static () => new MillionMargins()),
        new("margin softmax", 100_000, 2, 0, static () => new ManyMargins()),
    ];

    /// <summary>Perceptrons whose scores are stored, the largest first: weights in the model and in the session, where they have
    /// another layout, gradients and momentum.</summary>
    public static IReadOnlyList<ClassHead> Perceptrons { get; } =
    [
        new("perceptron", 1_000_000, 5, 2, static () => new MillionScores()),
        new("perceptron", 100_000, 5, 2, static () => new ManyScores()),
    ];

    /// <summary>Bytes of the rows and of their momentum: what any training of them needs.</summary>
    public long NeededBytes => 2L * Classes * Width * sizeof(float);

    /// <summary>Bytes of a step of so many samples, about.</summary>
    public long StepBytes(int samples) =>
        ((long)Copies * Classes * Width * sizeof(float)) + ((long)Scores * samples * Classes * sizeof(float));
}
