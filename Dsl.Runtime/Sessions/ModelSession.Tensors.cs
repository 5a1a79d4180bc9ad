using System;
using System.Runtime.InteropServices;

namespace Dsl.Sessions;

/// <content>Inputs and outputs: checked, then copied between the caller's row-major order and the session's layout.</content>
public abstract unsafe partial class ModelSession
{
    private float[] _staging = [];

    /// <summary>Gives an input of floats, row-major in its declared shape.</summary>
    /// <param name="input">Its position among the parameters of <c>Forward</c> or <c>Loss</c>.</param>
    /// <param name="values">The elements. A symbolic size that is not known yet follows from their number.</param>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape; nothing was changed.</exception>
    public void Write(int input, ReadOnlySpan<float> values)
    {
        BoundTensor tensor = Accept(input, values.Length, integers: false);
        Store(tensor, values);
    }

    /// <summary>Gives an input of ints.</summary>
    /// <param name="input">Its position among the parameters of <c>Forward</c> or <c>Loss</c>.</param>
    /// <param name="values">The elements; labels must lie in 0 … classes - 1.</param>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape; nothing was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is out of range; nothing was changed.</exception>
    public void Write(int input, ReadOnlySpan<int> values)
    {
        BoundTensor tensor = Accept(input, values.Length, integers: true);
        int limit = tensor.Plan.Limit;
        if (limit > 0)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if ((uint)values[i] >= (uint)limit)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(values), values[i], $"'{tensor.Plan.Name}' element {i} is {values[i]}; labels lie in 0 … {limit - 1}.");
                }
            }
        }

        Store(tensor, MemoryMarshal.Cast<int, float>(values));
    }

    /// <summary>Copies an output of the last run, row-major in its logical shape.</summary>
    /// <param name="output">Its position; 0 for a single result.</param>
    /// <param name="values">Receives exactly its elements.</param>
    /// <exception cref="ArgumentException">The span's length is not the output's.</exception>
    public void Read(int output, Span<float> values)
    {
        LoadedProgram program = Current();
        BoundTensor tensor = program.Outputs[output];
        tensor.Resize(program.Sizes);
        if (values.Length != tensor.Length)
        {
            throw new ArgumentException(
                $"'{tensor.Plan.Name}' has shape {Describe(tensor)}, {tensor.Length} elements; a span of {values.Length} was given.", nameof(values));
        }

        if (tensor.IsDense)
        {
            Engine.Read(tensor.At, values);
            return;
        }

        Span<float> staging = Staging(tensor.Extent);
        Engine.Read(tensor.At, staging);
        fixed (float* from = staging, to = values)
        {
            StridedCopy.Gather(from, to, tensor.Shape, tensor.Strides);
        }
    }

    private BoundTensor Accept(int input, int length, bool integers)
    {
        LoadedProgram program = Current();
        BoundTensor tensor = program.Inputs[input];
        if (tensor.Plan.Integers != integers)
        {
            throw new ArgumentException($"'{tensor.Plan.Name}' takes {(tensor.Plan.Integers ? "ints" : "floats")}.");
        }

        Infer(program, tensor, length);
        tensor.Resize(program.Sizes);
        if (length != tensor.Length)
        {
            throw new ArgumentException(
                $"'{tensor.Plan.Name}' has shape {Describe(tensor)}, {tensor.Length} elements; {length} were given.");
        }

        tensor.Given = true;
        return tensor;
    }

    /// <summary>Solves length = product of the shape for the one symbol that is still unknown.</summary>
    private static void Infer(LoadedProgram program, BoundTensor tensor, int length)
    {
        string? unknown = null;
        for (int i = 0; i < program.Program.Symbols.Count; i++)
        {
            string symbol = program.Program.Symbols[i];
            if (program.Sizes.ValueAt(i) != 0 || !Occurs(tensor, symbol))
            {
                continue;
            }

            if (unknown is not null)
            {
                throw new ArgumentException(
                    $"'{tensor.Plan.Name}' has two unknown sizes, '{unknown}' and '{symbol}': pass them to the call.");
            }

            unknown = symbol;
        }

        if (unknown is null)
        {
            return;
        }

        program.Sizes[unknown] = 1;
        tensor.Resize(program.Sizes);
        long unit = tensor.Length;
        program.Sizes[unknown] = 0;
        if (unit <= 0 || length % unit != 0 || length == 0)
        {
            throw new ArgumentException(
                $"'{tensor.Plan.Name}' has shape {string.Join(", ", (object[])tensor.Plan.Shape)}: {length} elements are not a multiple of {unit}.");
        }

        SetSize(program, unknown, checked((int)(length / unit)));
    }

    private static bool Occurs(BoundTensor tensor, string symbol)
    {
        foreach (Size dim in tensor.Plan.Shape)
        {
            if (dim.Mentions(symbol))
            {
                return true;
            }
        }

        return false;
    }

    private void Store(BoundTensor tensor, ReadOnlySpan<float> values)
    {
        if (tensor.IsDense)
        {
            Engine.Write(tensor.At, values);
            return;
        }

        fixed (float* from = values)
        {
            if (Engine.Pointer != null)
            {
                StridedCopy.Scatter(from, Engine.Pointer + tensor.At, tensor.Shape, tensor.Strides);
                return;
            }

            // The gaps are a halo: zeros.
            Span<float> staging = Staging(tensor.Extent);
            staging.Clear();
            fixed (float* to = staging)
            {
                StridedCopy.Scatter(from, to, tensor.Shape, tensor.Strides);
            }

            Engine.Write(tensor.At, staging);
        }
    }

    private Span<float> Staging(long length)
    {
        if (_staging.Length < length)
        {
            _staging = GC.AllocateUninitializedArray<float>(checked((int)length), pinned: true);
        }

        return _staging.AsSpan(0, (int)length);
    }

    private static string Describe(BoundTensor tensor) => "[" + string.Join(", ", tensor.Shape.ToArray()) + "]";
}
