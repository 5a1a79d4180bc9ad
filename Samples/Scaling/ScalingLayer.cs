using System;
using System.Collections.Generic;
using Dsl;

namespace Samples.Scaling;

/// <summary>A layer that is measured, as a model of its own: <c>Forward</c> and <c>Loss</c> of one input [b, n, 128]
/// with the sizes <c>b</c> and <c>n</c>. One that has <c>Step</c> is timed position by position, too.</summary>
/// <param name="Name">What tables and files call it.</param>
/// <param name="Make">A new instance.</param>
internal sealed record ScalingLayer(string Name, Func<IModel> Make)
{
    /// <summary>Features of a position.</summary>
    public const int Width = 128;

    /// <summary>All of them: one line each.</summary>
    public static IReadOnlyList<ScalingLayer> All { get; } =
    [
        new("softmax", static () => new SoftmaxModel()),
        new("linear", static () => new LinearModel()),
        new("gau", static () => new GauModel()),
        new("flash", static () => new FlashModel()),
        new("s4d", static () => new S4DModel()),
        new("lru", static () => new LruModel()),
        new("retnet", static () => new RetNetModel()),
        new("rwkv4", static () => new Rwkv4Model()),
        new("rwkv6", static () => new Rwkv6Model()),
    ];
}
