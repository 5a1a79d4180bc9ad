namespace Dsl;

/// <summary>How a layer's weights begin, where its attribute lets one choose.</summary>
public enum WeightInitializer
{
    /// <summary>Uniform in ±1/√fan-in; see <see cref="Dsl.Initializer.KaimingUniform"/>.</summary>
    KaimingUniform,

    /// <summary>Bilinear interpolation of each channel, the bias 0; see
    /// <see cref="Dsl.Initializer.Bilinear"/>.</summary>
    Bilinear,
}
