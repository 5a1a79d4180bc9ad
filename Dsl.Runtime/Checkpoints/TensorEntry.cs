using System;
using System.Collections.Generic;

namespace Dsl.Checkpoints;

/// <summary>One tensor of a safetensors file: what the header says about it, already checked.</summary>
/// <param name="Name">The key.</param>
/// <param name="DType">The element type as the format spells it, for example <c>F32</c>.</param>
/// <param name="Shape">Extents; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the beginning of the data section.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorEntry(string Name, string DType, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The number of elements.</summary>
    public long Length { get; } = Product(Shape);

    /// <summary>The shape as text, for example <c>[3, 4]</c>.</summary>
    public string ShapeText => "[" + string.Join(", ", Shape) + "]";

    /// <summary>The types that a float is read from.</summary>
    internal static string[] FloatTypes { get; } = ["F32", "F64", "F16", "BF16"];

    /// <summary>Bytes of one element; 0 for a type that the format does not know.</summary>
    /// <remarks>The types of the format (https://github.com/huggingface/safetensors). Read are F32, F64, F16, BF16, I32 and I64;
    /// the others
    /// only have to be measured, so that a file that also holds them can be checked and read.</remarks>
    internal static int ElementBytes(string dtype) => dtype switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" => 1,
        "I16" or "U16" or "F16" or "BF16" => 2,
        "I32" or "U32" or "F32" => 4,
        "I64" or "U64" or "F64" or "C64" => 8,
        _ => 0,
    };

    /// <exception cref="OverflowException">More elements than a file can hold.</exception>
    internal static long Product(IReadOnlyList<long> shape)
    {
        long product = 1;
        foreach (long extent in shape)
        {
            product = checked(product * extent);
        }

        return product;
    }
}
