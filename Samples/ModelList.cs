using System;
using System.Collections.Generic;
using Dsl;
using Models.Face;
using Models.Language;
using Models.Segmentation;
using Models.Sequence;
using Models.Vision;

namespace Samples;

/// <summary>The models of the library by the name that verbs know them by: one line each.</summary>
internal static class ModelList
{
    /// <summary>New instances, by name.</summary>
    public static IReadOnlyDictionary<string, Func<IModel>> All { get; } =
        new SortedDictionary<string, Func<IModel>>(StringComparer.Ordinal)
        {
            ["char-flash"] = static () => new CharFlash(),
            ["char-flash-medium"] = static () => new CharFlashMedium(),
            ["char-delta"] = static () => new CharGatedDelta(),
            ["char-gau"] = static () => new CharGau(),
            ["char-gau-medium"] = static () => new CharGauMedium(),
            ["char-linear"] = static () => new CharLinearTransformer(),
            ["char-linear-medium"] = static () => new CharLinearTransformerMedium(),
            ["char-performer"] = static () => new CharPerformer(),
            ["char-performer-medium"] = static () => new CharPerformerMedium(),
            ["char-sparse"] = static () => new CharSparseTransformer(),
            ["char-sparse-medium"] = static () => new CharSparseTransformerMedium(),
            ["char-reformer"] = static () => new CharReformer(),
            ["char-retnet"] = static () => new CharRetNet(),
            ["char-lru"] = static () => new CharLru(),
            ["mamba-copying"] = static () => new MambaCopying(),
            ["s4d-copying"] = static () => new S4DCopying(),
            ["mamba-induction"] = static () => new MambaInduction(),
            ["char-mamba"] = static () => new CharMamba(),
            ["char-s4"] = static () => new CharS4(),
            ["char-s4d"] = static () => new CharS4D(),
            ["char-rwkv4"] = static () => new CharRwkv4(),
            ["char-rwkv6"] = static () => new CharRwkv6(),
            ["char-transformer"] = static () => new CharTransformer(),
            ["char-transformer-small"] = static () => new CharTransformerSmall(),
            ["char-transformer-medium"] = static () => new CharTransformerMedium(),
            ["classify-flash"] = static () => new FlashClassifier(),
            ["classify-gau"] = static () => new GauClassifier(),
            ["classify-linear"] = static () => new LinearTransformerClassifier(),
            ["classify-linformer"] = static () => new LinformerClassifier(),
            ["classify-performer"] = static () => new PerformerClassifier(),
            ["classify-reformer"] = static () => new ReformerClassifier(),
            ["classify-sparse"] = static () => new SparseTransformerClassifier(),
            ["classify-transformer"] = static () => new TransformerClassifier(),
            ["conv"] = static () => new DigitNet(),
            ["deepface"] = static () => new DeepFace(),
            ["deepid"] = static () => new DeepId(),
            ["deepid-bank"] = static () => new DeepIdBank(),
            ["dense-vgg16"] = static () => new SmallDenseVgg(),
            ["espcn"] = static () => new Espcn(),
            ["fcn16s"] = static () => new Fcn16s(),
            ["fcn32s"] = static () => new Fcn32s(),
            ["fcn8s"] = static () => new Fcn8s(),
            ["field"] = static () => new FieldNet(),
            ["glyph-arcface"] = static () => new GlyphNetArcFace(),
            ["glyph-asoftmax"] = static () => new GlyphNetASoftmax(),
            ["glyph-cosface"] = static () => new GlyphNetCosFace(),
            ["glyph-normface"] = static () => new GlyphNetNormFace(),
            ["glyph-softmax"] = static () => new GlyphNetSoftmax(),
            ["hippo-recurrent"] = static () => new HippoRecurrent(),
            ["hippo-pixels"] = static () => new HippoPixels(),
            ["ir-resnet50"] = static () => new IrResNet50(),
            ["linear"] = static () => new DigitLinear(),
            ["mlp"] = static () => new DigitMlp(),
            ["mobilefacenet"] = static () => new MobileFaceNet(),
            ["nucleus"] = static () => new NucleusUNet(),
            ["resnet18"] = static () => new ResNet18(),
            ["resnet50"] = static () => new ResNet50(),
            ["s4d-forecast"] = static () => new S4DForecast(),
            ["s4d-pixels"] = static () => new S4DPixels(),
            ["s4d-recall"] = static () => new S4DRecall(),
            ["s4d-speech"] = static () => new S4DSpeech(),
            ["shapes"] = static () => new ShapeUNet(),
            ["small-deepface"] = static () => new SmallDeepFace(),
            ["small-deepid"] = static () => new SmallDeepId(),
            ["small-fcn8s"] = static () => new SmallFcn8s(),
            ["small-ir-resnet"] = static () => new SmallIrResNet(),
            ["small-mobilefacenet"] = static () => new SmallMobileFaceNet(),
            ["small-resnet18"] = static () => new SmallResNet18(),
            ["small-resnet50"] = static () => new SmallResNet50(),
            ["small-sphereface"] = static () => new SmallSphereFace(),
            ["small-unet"] = static () => new SmallTransposedUNet(),
            ["small-vgg16"] = static () => new SmallVgg16(),
            ["sphereface20"] = static () => new SphereFace20(),
            ["stream-recall"] = static () => new StreamRecall(),
            ["super"] = static () => new SuperResolution(),
            ["transposed-unet"] = static () => new TransposedUNet(),
            ["unet"] = static () => new UNet(),
            ["vgg16"] = static () => new Vgg16(),
        };

    /// <summary>The names as a sentence lists them.</summary>
    public static string Names => string.Join(", ", All.Keys);
}
