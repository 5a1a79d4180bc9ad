using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>A Collective launch: ranks tell each other what is in the host's memory, so operands are read and the result is
/// written.</summary>
internal sealed class GpuCollectiveLaunch(CollectiveLaunch launch) : GpuLaunch
{
    private readonly float[][] _operands = new float[launch.Kernel.Buffers.Count - 1][];
    private float[] _result = [];

    internal override long Prepare()
    {
        for (int i = 0; i < _operands.Length; i++)
        {
            _operands[i] = Room(_operands[i], launch.OperandLength);
        }

        _result = Room(_result, launch.ResultLength);
        return 0;
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        for (int i = 0; i < _operands.Length; i++)
        {
            memory.SubView(launch.Slots.Offset(i), launch.OperandLength).CopyToCPU(stream, Operand(i));
        }

        stream.Synchronize();
        Span<float> result = _result.AsSpan(0, launch.ResultLength);
        launch.Compute(Operand(0), Operand(1), Operand(2), result);
        memory.SubView(launch.Slots.Offset(_operands.Length), result.Length).CopyFromCPU(stream, result);
        stream.Synchronize();
    }

    private Span<float> Operand(int i) => i < _operands.Length ? _operands[i].AsSpan(0, launch.OperandLength) : default;

    private static float[] Room(float[]? room, int length) => room?.Length >= length ? room : new float[length];
}
