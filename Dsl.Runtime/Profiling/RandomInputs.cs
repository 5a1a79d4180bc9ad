using System;
using System.Collections.Generic;
using Dsl.Sessions;

namespace Dsl.Profiling;

/// <summary>Random inputs of a program at its largest sizes, as they lie in the session's memory: floats in 0 … 1,
/// ints below their limit, sequences as long as they can be, zeros in between.</summary>
internal sealed unsafe class RandomInputs
{
    private readonly List<(long At, float[] Values)> _inputs = [];

    public RandomInputs(LoadedProgram program)
    {
        var random = new Random(1);
        foreach (BoundTensor input in program.Inputs)
        {
            input.Resize(program.Maximum);
            int? length = input.Plan.LengthsOf is { } size ? program.Maximum[size] : null;
            var logical = new float[input.Length];
            for (int i = 0; i < logical.Length; i++)
            {
                logical[i] = input.Plan.Integers
                    ? BitConverter.Int32BitsToSingle(length ?? random.Next(Math.Max(1, input.Plan.Limit)))
                    : random.NextSingle();
            }

            var physical = new float[input.Extent];
            fixed (float* from = logical, to = physical)
            {
                StridedCopy.Scatter(from, to, input.Shape, input.Strides);
            }

            _inputs.Add((input.At, physical));
        }
    }

    /// <summary>Gives them: every run needs them anew, because the arena reuses their memory.</summary>
    public void Write(Engine engine)
    {
        foreach ((long at, float[] values) in _inputs)
        {
            engine.Write(at, values);
        }
    }
}
