using System;
using System.Collections.Generic;
using System.Linq;
using Models.Vision;

namespace Dsl.Benchmarks.Workloads;

/// <summary>A training step to measure.</summary>
/// <param name="Name">As the peer's list has it: what, how large, which optimiser.</param>
/// <param name="Create">Makes the model.</param>
/// <param name="Sizes">The values of its symbolic sizes.</param>
/// <param name="Optimizer">Makes the optimiser; one belongs to one session.</param>
internal sealed record Workload(string Name, Func<IModel> Create, Sizes Sizes, Func<Optimizer> Optimizer)
{
    /// <summary>Every workload; to add one, add a row.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("mlp-784-512-512-10-b128-adam", static () => new Mlp(), new Sizes { ["b"] = 128 }, Adam),
        new("mlp-784-512-512-10-b1-adam", static () => new Mlp(), new Sizes { ["b"] = 1 }, Adam),
        new("convnet-28x28-b64-adam", static () => new ConvNet(), new Sizes { ["b"] = 64 }, Adam),
        new("digitnet-28x28-b64-adam", static () => new DigitNet(), new Sizes { ["b"] = 64 }, Adam),
        new("unet-128x128-base16-d3-b4-adam", static () => new UNet(), new Sizes { ["b"] = 4 }, Adam),
        new("unetbn-128x128-base16-d3-b4-adam", static () => new UNetNorm(), new Sizes { ["b"] = 4 }, Adam),
        new("resnet18-64x64-b8", static () => new ResNet(), new Sizes { ["b"] = 8 }, Adam),
    ];

    /// <summary>The workloads with a text in their name.</summary>
    public static IEnumerable<Workload> Matching(string filter) =>
        All.Where(w => w.Name.Contains(filter, StringComparison.OrdinalIgnoreCase));

    private static Adam Adam() => new(1e-3f);
}
