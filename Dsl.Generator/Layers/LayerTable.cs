using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Layers;

/// <summary>The registry of layers: one line each.</summary>
internal static class LayerTable
{
    private static readonly Dictionary<string, ILayer> ByKind = new ILayer[]
    {
        new PerceptronLayer(),
        new ConvLayer(),
        new ConvTransposeLayer(),

        new LayerNormLayer(),
        new RmsNormLayer(),
        new ScaleNormLayer(),
        new GroupNormLayer(),
        new InstanceNormLayer(),
        new PReluLayer(),
        new EmbeddingLayer(),
        new PixelShuffleLayer(),
        new PixelUnshuffleLayer(),
        new BatchNormLayer(),
        new DropoutLayer(),
        new UpsampleLayer(),
        new LocalConvLayer(),
        new AttentionLayer(),
        new LinearAttentionLayer(),
        new PerformerLayer(),
        new LinformerLayer(),
        new SparseAttentionLayer(),
        new ReformerLayer(),
        new GauLayer(),
        new FlashLayer(),
        new RetNetLayer(),
        new GatedDeltaLayer(),
        new Rwkv4Layer(),
        new Rwkv6Layer(),
        new RwkvChannelMixLayer(),
        new S4DLayer(),
        new S4Layer(),
        new LruLayer(),
        new HippoLayer(),
        new MambaLayer(),
        new MarginSoftmaxLayer(),
        new CenterLossLayer(),
    }.ToDictionary(static l => l.Kind, StringComparer.Ordinal);

    /// <summary>All layers.</summary>
    public static IReadOnlyCollection<ILayer> All => ByKind.Values;

    /// <summary>The layer of an attribute, or null.</summary>
    public static ILayer? Find(string kind) => ByKind.TryGetValue(kind, out ILayer? layer) ? layer : null;
}
