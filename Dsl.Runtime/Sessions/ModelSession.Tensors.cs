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
        using Turn turn = Enter();
        BoundTensor tensor = Input(input, integers: false);
        Accept(tensor, values.Length);
        Store(tensor, values);
    }

    /// <summary>Gives an input of ints.</summary>
    /// <param name="input">Its position among the parameters of <c>Forward</c> or <c>Loss</c>.</param>
    /// <param name="values">The elements; labels must lie in 0 … classes - 1, lengths in 1 … the size they are of.</param>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape; nothing was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label or a length is out of range; nothing was changed.</exception>
    public void Write(int input, ReadOnlySpan<int> values)
    {
        using Turn turn = Enter();
        BoundTensor tensor = Input(input, integers: true);
        for (int i = 0; tensor.Plan.Limit > 0 && i < values.Length; i++)
        {
            if (!tensor.Plan.Allows(values[i]))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(values),
                    values[i],
                    $"'{tensor.Plan.Name}' element {i} is {values[i]}; it must be in 0 … {tensor.Plan.Limit - 1}"
                    + $"{tensor.Plan.AlsoAllowed}.");
            }
        }

        if (tensor.Plan.LengthsOf is { } size)
        {
            int most = Current().Sizes[size];
            tensor.Longest = LengthCheck.Require(tensor.Plan, values, most == 0 ? int.MaxValue : most);
        }

        Accept(tensor, values.Length);
        Store(tensor, MemoryMarshal.Cast<int, float>(values));
    }

    /// <summary>Copies an output of the last run, row-major in its logical shape.</summary>
    /// <param name="output">Its position; 0 for a single result.</param>
    /// <param name="values">Receives exactly its elements.</param>
    /// <exception cref="ArgumentException">The span's length is not the output's.</exception>
    public void Read(int output, Span<float> values)
    {
        using Turn turn = Enter();
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

    private BoundTensor Input(int input, bool integers)
    {
        BoundTensor tensor = Current().Inputs[input];
        return tensor.Plan.Integers == integers
            ? tensor
            : throw new ArgumentException($"'{tensor.Plan.Name}' takes {(tensor.Plan.Integers ? "ints" : "floats")}.");
    }

    /// <summary>Checks the number of elements, and works out the one symbolic size that may still be unknown.</summary>
    private void Accept(BoundTensor tensor, int length)
    {
        LoadedProgram program = Current();
        if (Unknown(program, tensor) is { } unknown)
        {
            Infer(program, tensor, unknown, length);
        }

        tensor.Resize(program.Sizes);
        if (length != tensor.Length)
        {
            throw new ArgumentException(
                $"'{tensor.Plan.Name}' has shape {Describe(tensor)}, {tensor.Length} elements; {length} were given.");
        }
    }

    private static string? Unknown(LoadedProgram program, BoundTensor tensor)
    {
        string? unknown = null;
        for (int i = 0; i < program.Program.Symbols.Count; i++)
        {
            string symbol = program.Program.Symbols[i];
            if (program.Sizes.ValueAt(i) != 0 || !Occurs(tensor, symbol))
            {
                continue;
            }

            unknown = unknown is null ? symbol : throw new ArgumentException(
                $"'{tensor.Plan.Name}' has two unknown sizes, '{unknown}' and '{symbol}': pass them to the call.");
        }

        return unknown;
    }

    /// <summary>Solves length = product of the shape. The product grows with the symbol, so halving finds it, whatever
    /// the formula.</summary>
    private static void Infer(LoadedProgram program, BoundTensor tensor, string symbol, int length)
    {
        int low = 1;
        int high = program.Maximum[symbol];
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            program.Sizes[symbol] = middle;
            tensor.Resize(program.Sizes);
            (low, high) = tensor.Length < length ? (middle + 1, high) : (low, middle);
        }

        program.Sizes[symbol] = low;
        tensor.Resize(program.Sizes);
        long found = tensor.Length;
        if (found != length)
        {
            program.Sizes[symbol] = 0;
            string shape = string.Join(", ", (object[])tensor.Plan.Shape);
            throw new ArgumentException(length > found
                ? $"'{tensor.Plan.Name}' has shape [{shape}], and the session was created for '{symbol}' of at most {low}, that is "
                    + $"{found} elements; {length} were given."
                : $"'{tensor.Plan.Name}' has shape [{shape}]: no '{symbol}' makes it {length} elements; {low} makes {found}.");
        }
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
        Copy(tensor, values);
        tensor.Given = true;
    }

    private void Copy(BoundTensor tensor, ReadOnlySpan<float> values)
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
