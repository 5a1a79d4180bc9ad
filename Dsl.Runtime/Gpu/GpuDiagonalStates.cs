using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>Diagonal scans that take states [batch, part, channel, state] instead of u, or give them instead of
/// y.</summary>
internal static class GpuDiagonalStates
{
    /// <summary>The last states: a thread for each state of each channel of each sample.</summary>
    internal static void To(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        int modes = g.Channels * g.States;
        int sample = GpuLaunch.Item / modes;
        int mode = GpuLaunch.Item - (sample * modes);
        if (sample < g.Batch)
        {
            float re = memory[slots.A1 + mode];
            float im = memory[slots.A2 + mode];
            int u = slots.A0 + g.U.Of(sample, 0) + (mode / g.States);
            int goesOn = slots.A4 + (sample * g.Positions);
            float x = 0f;
            float i = 0f;
            int positions = g.Own(memory, sample);
            for (int done = 0; done < positions; done++)
            {
                float stays = done > 0 && g.BeginsAnewOf(memory, goesOn, done, positions) ? 0f : 1f;
                int position = g.Reverse != 0 ? positions - 1 - done : done;
                float next = (stays * ((re * x) - (im * i))) + memory[u + (position * g.U.Position)];
                i = stays * ((re * i) + (im * x));
                x = next;
            }

            int to = slots.A3 + (sample * 2 * modes) + mode;
            memory[to] = x;
            memory[to + modes] = i;
        }
    }

    /// <summary>What states give: threads as in <see cref="GpuDiagonalScan"/>.</summary>
    internal static void From(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        var re = SharedMemory.Allocate<float>(GpuDiagonalScan.States);
        var im = SharedMemory.Allocate<float>(GpuDiagonalScan.States);
        var sums = SharedMemory.Allocate<float>(
            GpuDiagonalScan.Rows * GpuDiagonalScan.Block * GpuDiagonalScan.MostColumns);
        int modes = g.Channels * g.States;
        int sample = Grid.IdxX / g.ColumnBlocks;
        int column0 = (Grid.IdxX - (sample * g.ColumnBlocks)) * g.Columns;
        int row = Group.IdxX / GpuDiagonalScan.MostColumns;
        int lane = Group.IdxX - (row * GpuDiagonalScan.MostColumns);
        int columns = IntrinsicMath.Min(g.Columns, g.Channels - column0);

        // Lanes beyond the columns compute what the last one does, and store nothing.
        int own = IntrinsicMath.Min(lane, columns - 1);
        int mode = (column0 + own) * g.States;
        int from = slots.A0 + (sample * 2 * modes) + mode;
        int y = slots.A3 + g.Y.Of(sample, 0) + column0;
        int goesOn = slots.A4 + (sample * g.Positions);
        for (int state = row; state < g.States; state += GpuDiagonalScan.Rows)
        {
            if (lane < columns)
            {
                re[(state * g.Columns) + lane] = memory[from + state];
                im[(state * g.Columns) + lane] = memory[from + modes + state];
            }
        }

        Group.Barrier();
        int positions = g.Own(memory, sample);
        for (int done = 0; done < positions; done += GpuDiagonalScan.Block)
        {
            int count = IntrinsicMath.Min(GpuDiagonalScan.Block, positions - done);
            for (int i = 0; i < count; i++)
            {
                float stays = done + i > 0 && g.BeginsAnewOf(memory, goesOn, done + i, positions) ? 0f : 1f;
                float sum = 0f;
                for (int state = row; state < g.States; state += GpuDiagonalScan.Rows)
                {
                    int at = (state * g.Columns) + own;
                    float lambda = memory[slots.A1 + mode + state];
                    float turn = memory[slots.A2 + mode + state];
                    float real = re[at] * stays;
                    float imaginary = im[at] * stays;
                    sum += real;
                    if (lane < columns)
                    {
                        re[at] = (lambda * real) - (turn * imaginary);
                        im[at] = (lambda * imaginary) + (turn * real);
                    }
                }

                sums[(((row * GpuDiagonalScan.Block) + i) * GpuDiagonalScan.MostColumns) + lane] = sum;
            }

            Group.Barrier();
            for (int i = row; i < count; i += GpuDiagonalScan.Rows)
            {
                float sum = 0f;
                for (int part = 0; part < GpuDiagonalScan.Rows; part++)
                {
                    sum += sums[(((part * GpuDiagonalScan.Block) + i) * GpuDiagonalScan.MostColumns) + lane];
                }

                int position = g.Reverse != 0 ? positions - 1 - done - i : done + i;
                if (lane < columns)
                {
                    memory[y + (position * g.Y.Position) + lane] = sum;
                }
            }

            Group.Barrier();
        }

        for (int position = positions + row; position < g.Positions; position += GpuDiagonalScan.Rows)
        {
            if (lane < columns)
            {
                memory[y + (position * g.Y.Position) + lane] = 0f;
            }
        }
    }
}

/// <summary>A launch that takes or gives states, with its kernel.</summary>
internal sealed class GpuDiagonalStatesLaunch : GpuLaunch
{
    private readonly DiagonalScanLaunch _launch;
    private readonly GpuKernel<DiagonalScanGeometry> _kernel;

    /// <exception cref="NotSupportedException">The states of a channel do not fit into shared memory.</exception>
    internal GpuDiagonalStatesLaunch(DiagonalScanLaunch launch, GpuKernels kernels)
    {
        _launch = launch;
        if (launch.Shape.FromStates)
        {
            GpuDiagonalScanLaunch.RequireRoom(launch);
            _kernel = kernels.Load<DiagonalScanGeometry>(GpuDiagonalStates.From);
        }
        else
        {
            _kernel = kernels.Load<DiagonalScanGeometry>(GpuDiagonalStates.To);
        }
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = DiagonalScanGeometry.InBlocks(_launch);
        long groups = _launch.Shape.FromStates ? g.Blocks : Groups((long)g.Batch * g.Channels * g.States);
        _kernel.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
    }
}
