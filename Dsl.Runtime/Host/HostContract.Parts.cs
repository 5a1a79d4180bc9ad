using System;
using Dsl.Kernels;
using Dsl.Vectors;
using unsafe Consumer = delegate*<float*, in Dsl.Kernels.Slots, float*, int, int, int, int, int, int, void>;

namespace Dsl.Host;

/// <content>A long depth in parts: each slice sums its part for the whole result, then the parts are added.</content>
internal static unsafe partial class HostContract
{
    /// <summary>One part of a long depth: the sums of the whole result, to the slice's place in what all slices
    /// share.</summary>
    private static void Part<F, I, M>(ContractLaunch launch, TileCode tile, float* memory, float* scratch, int part)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ContractPlan plan = launch.Plan;
        TileOperands t = Operands(launch, memory, 0, 0, 0);
        (int first, int end) = Slicing.Range(t.Depth, plan.Parts, part);
        t.A += first * t.ADepth;
        t.B += first * t.BDepth;
        t.Depth = end - first;
        var area = new Area(0, 0, plan.Rows, 0, plan.Columns)
        {
            AsksForA = IsFar(launch, plan.Rows),
            AsksForB = IsFar(launch, plan.Columns),
        };
        Blocks<F, I, M>(
            tile, null, memory, in launch.Slots, scratch, in area, t, launch.Shared + ((nint)part * plan.Rows * plan.Columns));
    }

    /// <summary>Adds the parts of a row of the result in their order, and hands it to the body.</summary>
    private static void Add<F, I, M>(ContractLaunch launch, Consumer consume, float* memory, float* scratch, int row)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ContractPlan plan = launch.Plan;
        int columns = plan.Columns;
        nint whole = (nint)plan.Rows * columns;
        float* parts = launch.Shared + ((nint)row * columns);
        for (int c = 0; c < columns; c += F.Lanes)
        {
            int rest = columns - c;
            F sum = rest >= F.Lanes ? F.Load(parts + c) : F.Load(parts + c, rest);
            for (int part = 1; part < plan.Parts; part++)
            {
                float* from = parts + (part * whole) + c;
                sum += rest >= F.Lanes ? F.Load(from) : F.Load(from, rest);
            }

            F.Store(scratch + c, sum);
        }

        consume(memory, in launch.Slots, scratch, columns, 1, columns, 0, row, 0);
    }

    private static void Keep(float* sums, int panel, int rows, int columns, float* to, int row)
    {
        for (int r = 0; r < rows; r++)
        {
            new ReadOnlySpan<float>(sums + (r * panel), columns).CopyTo(new Span<float>(to + ((nint)r * row), columns));
        }
    }
}
