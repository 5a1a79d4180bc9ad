namespace Dsl.Generator.Scheduling;

/// <summary>How a skeleton reads an operand.</summary>
internal enum OperandForm
{
    /// <summary>The body computes or loads it at each point of the domain: any view, any expression.</summary>
    Body,

    /// <summary>The skeleton walks it in memory by strides: a transpose will do, a repeated element will not.</summary>
    Strided,

    /// <summary>In memory as a value of its own, not seen through a view; the body indexes it.</summary>
    Buffer,

    /// <summary>In memory channel-last, with the halo that <see cref="Ops.Op.HaloOf"/> states.</summary>
    Image,
}

/// <summary>Where an op runs: what its definition says to the scheduler.</summary>
/// <param name="Skeleton">The skeleton that computes it.</param>
/// <param name="Forms">How operands are read, by position; the last one stands for all behind it.</param>
internal sealed record Placement(Skeleton Skeleton, params OperandForm[] Forms)
{
    /// <summary>Whether the result lies channel-last: [image][y][x][channel].</summary>
    public bool YieldsImage { get; init; }

    /// <summary>Whether the result lies row-major, whatever reads it.</summary>
    public bool YieldsRows { get; init; }

    /// <summary>How an operand is read.</summary>
    public OperandForm Form(int operand) =>
        Forms.Length == 0 ? OperandForm.Body : Forms[System.Math.Min(operand, Forms.Length - 1)];
}
