using System;
using System.Collections.Generic;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl.Profiling;

/// <summary>How many elements the buffers have that a program's launches name.</summary>
internal sealed class BufferLengths
{
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    public BufferLengths(LoadedProgram program, ParameterSet parameters)
    {
        foreach (BufferPlan buffer in program.Program.Buffers)
        {
            _lengths[buffer.Name] = buffer.Length.Evaluate(program.Maximum);
        }

        foreach (BufferPart part in program.Program.Parts)
        {
            _lengths[part.Name] = _lengths[part.Buffer];
        }

        foreach (Parameter parameter in parameters)
        {
            _lengths[parameter.Name] = parameter.Length;
            _lengths[CompiledModel.GradientOf(parameter.Name)] = parameter.Length;
            _lengths[CompiledModel.NextOf(parameter.Name)] = parameter.Length;
        }
    }

    /// <summary>The length of a buffer, of the one that a part begins in, of a parameter or of its gradient.</summary>
    public long Of(string buffer) => _lengths[buffer];
}
