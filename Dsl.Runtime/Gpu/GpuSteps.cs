using System;
using System.Numerics;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Memory kernel knows.</summary>
internal struct StepGeometry
{
    internal int Kind;
    internal int Units;
    internal int Width;
    internal int ValueWidth;
    internal int Capacity;
    internal int Heads;
    internal int Row;
    internal int KeyRow;
    internal int ValueRow;
    internal int ResultRow;

    /// <summary>Positions before the present one.</summary>
    internal int Before;
    internal int BeginsChunk;

    /// <summary>Elements that are remembered of a unit.</summary>
    internal int StateFloats;
}

/// <summary>The Memory skeleton: a group for each sequence or head, a thread for each few features of its row, or of its
/// value. A thread owns columns of the state, so every sum has one owner and one order.</summary>
internal static class GpuSteps
{
    internal static void Run(ArrayView<float> memory, Slots slots, StepGeometry g)
    {
        int unit = Grid.IdxX;
        int columns = g.Kind == (int)MemoryKind.Products ? g.ValueWidth : g.Width;
        for (int column = Group.IdxX; column < columns; column += Group.DimX)
        {
            int at = (unit * columns) + column;
            int from = slots.A0 + (unit * g.Row) + column;
            int result = slots.A1 + (unit * g.ResultRow) + column;
            if (g.Kind == (int)MemoryKind.Rows)
            {
                int row = (unit * g.Capacity) + (g.Before % g.Capacity);
                memory[slots.A1 + (row * g.Width) + column] = memory[from];
            }
            else if (g.Kind == (int)MemoryKind.Sum)
            {
                int sum = slots.A2 + (unit * g.StateFloats) + column;
                Gain(memory, memory[from], sum, sum + g.Width);
                memory[result] = memory[sum];
            }
            else if (g.Kind == (int)MemoryKind.Largest)
            {
                float x = memory[from];
                float largest = memory[slots.A2 + at];
                largest = g.Before == 0 | x > largest ? x : largest;
                memory[slots.A2 + at] = largest;
                memory[result] = largest;
            }
            else if (g.Kind == (int)MemoryKind.Before)
            {
                memory[result] = memory[slots.A2 + at];
                memory[slots.A2 + at] = memory[from];
            }
            else
            {
                Products(memory, slots, g, unit, column);
            }
        }
    }

    private static void Products(ArrayView<float> memory, Slots slots, StepGeometry g, int unit, int column)
    {
        int length = g.Width * g.ValueWidth;
        int state = slots.A4 + (unit * g.StateFloats) + column;
        int lost = state + length;
        int gains = lost + length;
        int sequence = unit / g.Heads;
        int head = unit % g.Heads;
        int q = slots.A0 + (sequence * g.Row) + (head * g.Width);
        int k = slots.A1 + (sequence * g.KeyRow) + (head * g.Width);
        float value = memory[slots.A2 + (sequence * g.ValueRow) + (head * g.ValueWidth) + column];
        float sum = 0f;
        for (int i = 0; i < g.Width; i++)
        {
            int row = i * g.ValueWidth;
            if (g.BeginsChunk != 0)
            {
                Gain(memory, memory[gains + row], state + row, lost + row);
                memory[gains + row] = 0f;
            }

            float gain = memory[k + i] * value;
            if (g.Capacity > 0)
            {
                memory[gains + row] = memory[gains + row] + gain;
            }
            else
            {
                Gain(memory, gain, state + row, lost + row);
            }

            sum += memory[q + i] * memory[state + row];
        }

        memory[slots.A3 + (sequence * g.ResultRow) + (head * g.ValueWidth) + column] = sum;
    }

    /// <summary>Adds to a sum, and keeps what that loses.</summary>
    private static void Gain(ArrayView<float> memory, float value, int sum, int lost)
    {
        float before = memory[sum];
        float x = value - memory[lost];
        float after = before + x;
        memory[sum] = after;
        memory[lost] = after - before - x;
    }
}

/// <summary>A Memory launch with its kernel.</summary>
internal sealed class GpuStepsLaunch(MemoryLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<StepGeometry> _kernel = kernels.Load<StepGeometry>(GpuSteps.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var geometry = new StepGeometry
        {
            Kind = (int)launch.Shape.Kind,
            Units = launch.Units,
            Width = launch.Width,
            ValueWidth = launch.ValueWidth,
            Capacity = launch.Capacity,
            Heads = launch.Shape.Heads,
            Row = launch.Row,
            KeyRow = launch.KeyRow,
            ValueRow = launch.ValueRow,
            ResultRow = launch.ResultRow,
            Before = launch.Before,
            BeginsChunk = launch.BeginsChunk ? 1 : 0,
            StateFloats = checked((int)launch.StateFloats),
        };
        int columns = Math.Max(launch.Width, launch.ValueWidth);
        int threads = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(columns, 32, GpuKernels.MaxThreads));
        _kernel.Launch(stream, memory, launch.Slots, geometry, launch.Units, threads);
    }
}
