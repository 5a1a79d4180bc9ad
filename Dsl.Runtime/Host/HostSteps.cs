using System;
using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>The Memory skeleton on the host: a unit is a sequence, or one of its heads.</summary>
internal static unsafe class HostSteps
{
    public static void Run(MemoryLaunch launch, float* memory, int first, int end)
    {
        nint width = launch.Width;
        float* x = memory + launch.Slots.A0;
        float* second = memory + launch.Slots.A1;
        for (int unit = first; unit < end; unit++)
        {
            float* row = x + ((nint)unit * launch.Row);
            switch (launch.Shape.Kind)
            {
                case MemoryKind.Rows:
                    nint at = ((nint)unit * launch.Capacity) + (launch.Before % launch.Capacity);
                    Copy(row, second + (at * width), launch.Width);
                    break;
                case MemoryKind.Sum:
                    float* sum = memory + launch.Slots.A2 + (unit * launch.StateFloats);
                    Gain(row, 1f, sum, sum + width, launch.Width);
                    Copy(sum, second + ((nint)unit * launch.ResultRow), launch.Width);
                    break;
                case MemoryKind.Largest:
                    float* largest = memory + launch.Slots.A2 + (unit * width);
                    for (int i = 0; i < launch.Width; i++)
                    {
                        largest[i] = launch.Before == 0 ? row[i] : Math.Max(largest[i], row[i]);
                    }

                    Copy(largest, second + ((nint)unit * launch.ResultRow), launch.Width);
                    break;
                case MemoryKind.Before:
                    float* before = memory + launch.Slots.A2 + (unit * width);
                    Copy(before, second + ((nint)unit * launch.ResultRow), launch.Width);
                    Copy(row, before, launch.Width);
                    break;
                default:
                    Products(launch, memory, unit);
                    break;
            }
        }
    }

    private static void Products(MemoryLaunch launch, float* memory, int unit)
    {
        (int d, int e) = (launch.Width, launch.ValueWidth);
        (nint sequence, nint head) = Math.DivRem(unit, launch.Shape.Heads);
        float* q = memory + launch.Slots.A0 + (sequence * launch.Row) + (head * d);
        float* k = memory + launch.Slots.A1 + (sequence * launch.KeyRow) + (head * d);
        float* v = memory + launch.Slots.A2 + (sequence * launch.ValueRow) + (head * e);
        float* result = memory + launch.Slots.A3 + (sequence * launch.ResultRow) + (head * e);
        nint length = (nint)d * e;
        float* state = memory + launch.Slots.A4 + (unit * launch.StateFloats);
        float* lost = state + length;
        bool chunks = launch.Capacity > 0;
        float* gains = lost + length;
        if (launch.BeginsChunk)
        {
            Gain(gains, 1f, state, lost, d * e);
            new Span<float>(gains, d * e).Clear();
        }

        new Span<float>(result, e).Clear();
        for (int i = 0; i < d; i++)
        {
            nint row = (nint)i * e;
            if (chunks)
            {
                Add(v, k[i], gains + row, e);
            }
            else
            {
                Gain(v, k[i], state + row, lost + row, e);
            }

            Add(state + row, q[i], result, e);
        }
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    /// <summary>to += factor · from.</summary>
    private static void Add(float* from, float factor, float* to, int count)
    {
        var all = new Vector<float>(factor);
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.FusedMultiplyAdd(Vector.Load(from + i), all, Vector.Load(to + i)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = MathF.FusedMultiplyAdd(from[i], factor, to[i]);
        }
    }

    /// <summary>sums += factor · from, and what that loses.</summary>
    private static void Gain(float* from, float factor, float* sums, float* lost, int count)
    {
        var all = new Vector<float>(factor);
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> before = Vector.Load(sums + i);
            Vector<float> x = Vector.FusedMultiplyAdd(Vector.Load(from + i), all, -Vector.Load(lost + i));
            Vector<float> after = before + x;
            after.Store(sums + i);
            (after - before - x).Store(lost + i);
        }

        for (; i < count; i++)
        {
            float before = sums[i];
            float x = MathF.FusedMultiplyAdd(from[i], factor, -lost[i]);
            sums[i] = before + x;
            lost[i] = sums[i] - before - x;
        }
    }
}
