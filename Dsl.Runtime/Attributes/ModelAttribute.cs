using System;

namespace Dsl;

/// <summary>
/// Marks a partial class as a model: its annotated partial methods are layers, its <c>Forward</c> (and, when it can be
/// trained, its <c>Loss</c>) is read as dataflow and compiled into kernels when the class is compiled.
/// </summary>
/// <remarks>The class must be <c>partial</c>; otherwise the build reports it on the class name.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelAttribute : Attribute
{
    /// <summary>Values of the symbolic sizes for which the build states memory and cost as numbers, e.g. <c>"b=128"</c>
    /// or <c>"b=8, t=1024"</c>. It binds nothing: a session chooses its own sizes.</summary>
    public string? Example { get; set; }

    /// <summary>Whether sessions get the entry point <c>Sensitivity</c>: the gradients of a weighted sum of what <c>Forward</c>
    /// returns, with respect to its inputs. It costs a fourth program, and nothing when it is not asked for.</summary>
    public bool InputGradients { get; set; }

    /// <summary>The symbolic size that counts the positions of sequences, <c>"n"</c>: sessions then get the entry point
    /// <c>Step</c>, which takes one position after the other and remembers what it needs of earlier ones: a state of constant
    /// size, or the keys and values of as many positions as the session has room for. Every layer must be causal.</summary>
    public string? Steps { get; set; }
}
