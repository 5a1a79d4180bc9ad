using System;
using System.Collections.Generic;
using System.Linq;
using Models.Face;
using Models.Segmentation;
using Models.Vision;

namespace Dsl.Benchmarks.Workloads;

/// <summary>A training step to measure.</summary>
/// <param name="Name">What, how large, how many samples, which optimiser; where the peer has it, as its list has
/// it.</param>
/// <param name="Create">Makes the model.</param>
/// <param name="Sizes">The values of its symbolic sizes.</param>
/// <param name="Optimizer">Makes the optimiser; one belongs to one session.</param>
internal sealed record Workload(string Name, Func<IModel> Create, Sizes Sizes, Func<Optimizer> Optimizer)
{
    /// <summary>Every workload; to add one, add a row. The models of the library follow the peer's.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("mlp-784-512-512-10-b128-adam", static () => new Mlp(), Batch(128), Adam),
        new("mlp-784-512-512-10-b1-adam", static () => new Mlp(), Batch(1), Adam),
        new("convnet-28x28-b64-adam", static () => new ConvNet(), Batch(64), Adam),
        new("digitnet-28x28-b64-adam", static () => new DigitNet(), Batch(64), Adam),
        new("unet-128x128-base16-d3-b4-adam", static () => new UNet(), Batch(4), Adam),
        new("unetbn-128x128-base16-d3-b4-adam", static () => new UNetNorm(), Batch(4), Adam),
        new("resnet18-64x64-b8", static () => new ResNet(), Batch(8), Adam),

        new("digitlinear-28x28-b64-adam", static () => new DigitLinear(), Batch(64), Adam),
        new("digitmlp-28x28-b128-adam", static () => new DigitMlp(), Batch(128), Adam),
        new("fieldnet-64x64-b16-adam", static () => new FieldNet(), Batch(16), Adam),
        new("smallresnet18-64x64-b32-adam", static () => new SmallResNet18(), Batch(32), Adam),
        new("smallresnet50-64x64-b32-adam", static () => new SmallResNet50(), Batch(32), Adam),
        new("smallvgg16-64x64-b32-adam", static () => new SmallVgg16(), Batch(32), Adam),
        new("smalldensevgg-128x128-b8-adam", static () => new SmallDenseVgg(), Images(8, 4), Adam),
        new("smallfcn8s-64x64-b4-adam", static () => new SmallFcn8s(), Images(4, 2), Adam),
        new("smalltransposedunet-128x128-b4-adam", static () => new SmallTransposedUNet(), Images(4, 8), Adam),
        new("nucleusunet-128x128-b8-adam", static () => new NucleusUNet(), Images(8, 16), Adam),
        new("shapeunet-64x64-b16-adam", static () => new ShapeUNet(), Images(16, 8), Adam),
        new("espcn-17x17-b16-adam", static () => new Espcn(), Images(16, 17), Adam),
        new("superresolution-24x24-b16-adam", static () => new SuperResolution(), Images(16, 24), Adam),
        new("smalldeepface-64x64-b16-adam", static () => new SmallDeepFace(), Batch(16), Adam),
        new("smalldeepid-39x31-b64-adam", static () => new SmallDeepId(), Batch(64), Adam),
        new("deepid-39x31-b64-adam", static () => new DeepId(), Batch(64), Adam),
        new("sdpa-layer-causal-n1024", static () => new AttentionLayer(), Positions(1024), Adam),
        new("sdpa-layer-causal-n4096", static () => new AttentionLayer(), Positions(4096), Adam),
        new("linattn-layer-causal-chunk-n1024", static () => new LinearAttentionLayer(), Positions(1024), Adam),
        new("linattn-layer-causal-chunk-n4096", static () => new LinearAttentionLayer(), Positions(4096), Adam),
        new("linattn-layer-causal-chunk-n16384", static () => new LinearAttentionLayer(), Positions(16384), Adam),
        new("gau-d128-e256-s128-causal-n1024", static () => new GauUnit(), Positions(1024), Adam),
        new("gau-d128-e256-s128-causal-n4096", static () => new GauUnit(), Positions(4096), Adam),
        new("flash-d128-e256-s128-causal-n1024", static () => new FlashUnit(), Positions(1024), Adam),
        new("flash-d128-e256-s128-causal-n4096", static () => new FlashUnit(), Positions(4096), Adam),
        new("flash-d128-e256-s128-causal-n16384", static () => new FlashUnit(), Positions(16384), Adam),
        new("s4d-h128-state64-n1024-b1", static () => new DiagonalStateSpace(), Positions(1024), Adam),
        new("s4d-h128-state64-n4096-b1", static () => new DiagonalStateSpace(), Positions(4096), Adam),
        new("s4d-h128-state64-n16384-b1", static () => new DiagonalStateSpace(), Positions(16384), Adam),
        new("s4d-h128-state64-n1024-b8", static () => new DiagonalStateSpaces(), Positions(1024, 8), Adam),
        new("s4-h128-state64-n1024-b1", static () => new StructuredStateSpace(), Positions(1024), Adam),
        new("s4-h128-state64-n4096-b1", static () => new StructuredStateSpace(), Positions(4096), Adam),
        new("s4-h128-state64-n16384-b1", static () => new StructuredStateSpace(), Positions(16384), Adam),
        new("s4-h128-state64-n1024-b8", static () => new StructuredStateSpaces(), Positions(1024, 8), Adam),
        new("fft-h128-n1024-b1", static () => new FreeKernel(), Positions(1024), Adam),
        new("fft-h128-n16384-b1", static () => new FreeKernel(), Positions(16384), Adam),
        new("fft-h128-n1024-b8", static () => new FreeKernel(), Positions(1024, 8), Adam),
        new("lru-h128-state64-n1024-b1", static () => new LinearRecurrentUnit(), Positions(1024), Adam),
        new("lru-h128-state64-n4096-b1", static () => new LinearRecurrentUnit(), Positions(4096), Adam),
        new("lru-h128-state64-n16384-b1", static () => new LinearRecurrentUnit(), Positions(16384), Adam),
        new("mamba-h128-state16-n1024-b1", static () => new SelectiveStateSpace(), Positions(1024), Adam),
        new("mamba-h128-state16-n4096-b1", static () => new SelectiveStateSpace(), Positions(4096), Adam),
        new("mamba-h128-state16-n16384-b1", static () => new SelectiveStateSpace(), Positions(16384), Adam),
        new("retnet-h128-heads4-n1024-b1", static () => new RetentionLayer(), Positions(1024), Adam),
        new("retnet-h128-heads4-n4096-b1", static () => new RetentionLayer(), Positions(4096), Adam),
        new("retnet-h128-heads4-n16384-b1", static () => new RetentionLayer(), Positions(16384), Adam),
        new("rwkv4-h128-n1024-b1", static () => new Rwkv4TimeMix(), Positions(1024), Adam),
        new("rwkv4-h128-n4096-b1", static () => new Rwkv4TimeMix(), Positions(4096), Adam),
        new("rwkv4-h128-n16384-b1", static () => new Rwkv4TimeMix(), Positions(16384), Adam),
        new("rwkv6-h128-heads4-n1024-b1", static () => new Rwkv6TimeMix(), Positions(1024), Adam),
        new("rwkv6-h128-heads4-n4096-b1", static () => new Rwkv6TimeMix(), Positions(4096), Adam),
        new("rwkv6-h128-heads4-n16384-b1", static () => new Rwkv6TimeMix(), Positions(16384), Adam),
        new("delta-h128-heads4-n1024-b1", static () => new GatedDeltaLayer(), Positions(1024), Adam),
        new("delta-h128-heads4-n4096-b1", static () => new GatedDeltaLayer(), Positions(4096), Adam),
        new("delta-h128-heads4-n16384-b1", static () => new GatedDeltaLayer(), Positions(16384), Adam),
        new("arcface-512-b64-c10000-sgd", static () => new FaceHead(), Batch(64), Momentum),
        new("arcface-512-b64-c100000-sgd", static () => new LargeFaceHead(), Batch(64), Momentum),
    ];

    /// <summary>The workloads with a text in their name.</summary>
    public static IEnumerable<Workload> Matching(string filter) =>
        All.Where(w => w.Name.Contains(filter, StringComparison.OrdinalIgnoreCase));

    private static Adam Adam() => new(1e-3f);

    private static Sgd Momentum() => new(0.1f) { Momentum = 0.9f, WeightDecay = 5e-4f };

    private static Sizes Batch(int samples) => new() { ["b"] = samples };

    /// <summary>One sequence.</summary>
    private static Sizes Positions(int positions, int samples = 1) => new() { ["b"] = samples, ["n"] = positions };

    /// <summary>Square images; their side is a multiple that the model names.</summary>
    private static Sizes Images(int samples, int side) => new() { ["b"] = samples, ["h"] = side, ["w"] = side };
}
