namespace Dsl;

/// <summary>The distributions of an <see cref="Initializer"/>.</summary>
public enum InitializerKind
{
    /// <summary>One value everywhere.</summary>
    Constant,

    /// <summary>Uniform and symmetric about 0.</summary>
    Uniform,

    /// <summary>Normal with mean 0.</summary>
    Normal,

    /// <summary>Bilinear interpolation, no randomness.</summary>
    Bilinear,

    /// <summary>Blocks of orthogonal rows, each as long as a row of normal numbers.</summary>
    OrthogonalRows,

    /// <summary>Even steps from one number to another, no randomness.</summary>
    Evenly,

    /// <summary>Uniform between two numbers.</summary>
    UniformRange,

    /// <summary>The logarithm of a uniform number.</summary>
    LogOfUniform,

    /// <summary>log(-log r) of radii of a ring.</summary>
    RingDecay,

    /// <summary>log √(1 - r²) of the same radii.</summary>
    RingScale,

    /// <summary>softplus⁻¹ of a log-uniform step.</summary>
    StepBias,

    /// <summary>The same numbers in each row, no randomness.</summary>
    Rows,
}
