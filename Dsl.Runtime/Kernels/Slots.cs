using System;

namespace Dsl.Kernels;

/// <summary>
/// What a kernel is launched with: where its buffers begin (element offsets into the session's memory), the values of the
/// program's symbolic sizes, and numbers of its own. A public struct of ints, because it travels to the GPU as a kernel argument.
/// </summary>
public struct Slots
{
    /// <summary>Where buffer 0 begins; for an image buffer, its first pixel inside the halo.</summary>
    public int A0;

    /// <summary>Where buffer 1 begins.</summary>
    public int A1;

    /// <summary>Where buffer 2 begins.</summary>
    public int A2;

    /// <summary>Where buffer 3 begins.</summary>
    public int A3;

    /// <summary>Where buffer 4 begins.</summary>
    public int A4;

    /// <summary>Where buffer 5 begins.</summary>
    public int A5;

    /// <summary>Where buffer 6 begins.</summary>
    public int A6;

    /// <summary>Where buffer 7 begins.</summary>
    public int A7;

    /// <summary>Where buffer 8 begins.</summary>
    public int A8;

    /// <summary>Where buffer 9 begins.</summary>
    public int A9;

    /// <summary>Where buffer 10 begins.</summary>
    public int A10;

    /// <summary>Where buffer 11 begins.</summary>
    public int A11;

    /// <summary>Where buffer 12 begins.</summary>
    public int A12;

    /// <summary>Where buffer 13 begins.</summary>
    public int A13;

    /// <summary>The value of the program's symbol 0.</summary>
    public int N0;

    /// <summary>The value of the program's symbol 1.</summary>
    public int N1;

    /// <summary>The value of the program's symbol 2.</summary>
    public int N2;

    /// <summary>The value of the program's symbol 3.</summary>
    public int N3;

    /// <summary>The kernel's number 0: kernels that share a body differ in these.</summary>
    public int P0;

    /// <summary>The kernel's number 1.</summary>
    public int P1;

    /// <summary>The kernel's number 2.</summary>
    public int P2;

    /// <summary>The kernel's number 3.</summary>
    public int P3;

    /// <summary>The kernel's number 4.</summary>
    public int P4;

    /// <summary>The kernel's number 5.</summary>
    public int P5;

    /// <summary>The kernel's number 6.</summary>
    public int P6;

    /// <summary>The kernel's number 7.</summary>
    public int P7;

    /// <summary>The key of this step's random numbers, first word.</summary>
    public int Key0;

    /// <summary>The key of this step's random numbers, second word.</summary>
    public int Key1;

    /// <summary>The most buffers one kernel can name.</summary>
    public const int MaxBuffers = 14;

    /// <summary>The most numbers a kernel can bring along for its body.</summary>
    public const int MaxNumbers = 8;

    /// <summary>The most symbols one program can have.</summary>
    public const int MaxSizes = 4;

    /// <summary>Where buffer <paramref name="index"/> begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such slot.</exception>
    public readonly int Offset(int index) => index switch
    {
        0 => A0,
        1 => A1,
        2 => A2,
        3 => A3,
        4 => A4,
        5 => A5,
        6 => A6,
        7 => A7,
        8 => A8,
        9 => A9,
        10 => A10,
        11 => A11,
        12 => A12,
        13 => A13,
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, "A kernel has at most 14 buffers."),
    };

    internal void SetOffset(int index, int value)
    {
        switch (index)
        {
            case 0: A0 = value; break;
            case 1: A1 = value; break;
            case 2: A2 = value; break;
            case 3: A3 = value; break;
            case 4: A4 = value; break;
            case 5: A5 = value; break;
            case 6: A6 = value; break;
            case 7: A7 = value; break;
            case 8: A8 = value; break;
            case 9: A9 = value; break;
            case 10: A10 = value; break;
            case 11: A11 = value; break;
            case 12: A12 = value; break;
            case 13: A13 = value; break;
            default: throw new ArgumentOutOfRangeException(nameof(index), index, "A kernel has at most 14 buffers.");
        }
    }

    internal void SetNumber(int index, int value)
    {
        switch (index)
        {
            case 0: P0 = value; break;
            case 1: P1 = value; break;
            case 2: P2 = value; break;
            case 3: P3 = value; break;
            case 4: P4 = value; break;
            case 5: P5 = value; break;
            case 6: P6 = value; break;
            case 7: P7 = value; break;
            default: throw new ArgumentOutOfRangeException(nameof(index), index, "A kernel has at most 8 numbers.");
        }
    }

    internal void SetSize(int index, int value)
    {
        switch (index)
        {
            case 0: N0 = value; break;
            case 1: N1 = value; break;
            case 2: N2 = value; break;
            case 3: N3 = value; break;
            default: throw new ArgumentOutOfRangeException(nameof(index), index, "A program has at most 4 symbolic sizes.");
        }
    }
}
