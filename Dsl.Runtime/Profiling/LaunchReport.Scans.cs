using System;
using System.Numerics;
using Dsl.Host;
using Dsl.Kernels;

namespace Dsl.Profiling;

/// <content>Scans and what else goes along a sequence.</content>
internal sealed partial record LaunchReport
{
    private readonly partial struct Reader
    {
        /// <summary>Flops are those of one position after another; scores within chunks come on top.</summary>
        public LaunchReport OuterScan(OuterScanLaunch launch)
        {
            OuterScanShape s = launch.Shape;
            long rows = (long)launch.Batch * launch.Positions * s.Heads;
            return Report(
                "OuterScan",
                $"{launch.Batch}x{launch.Positions}x{s.Heads} {s.Keys}->{s.Values} by {s.Chunk} {Tile(launch.Tile)}",
                rows * s.Values,
                4 * rows * s.Keys * s.Values,
                rows * s.Keys,
                rows * s.Keys);
        }

        public LaunchReport DecayScan(DecayScanLaunch launch)
        {
            DecayScanShape s = launch.Shape;
            long rows = (long)launch.Batch * launch.Positions * s.Heads;
            long decays = s.Decay switch { DecayAxis.Key => s.Keys, DecayAxis.Value => s.Values, _ => 1 };
            return Report(
                "DecayScan",
                $"{launch.Batch}x{launch.Positions}x{s.Heads} {s.Keys}->{s.Values}",
                rows * s.Values,
                5 * rows * s.Keys * s.Values,
                rows * s.Keys,
                rows * s.Keys,
                rows * s.Values,
                rows * decays);
        }

        public LaunchReport DiagonalScan(DiagonalScanLaunch launch)
        {
            DiagonalScanShape s = launch.Shape;
            long rows = (long)launch.Batch * launch.Positions * s.Channels;
            long modes = (long)s.Channels * s.States;
            if (launch.IsOfStates)
            {
                long states = 2 * launch.Batch * modes;
                return Report(
                    s.ToStates ? "DiagonalScanStates" : "DiagonalScan",
                    $"{launch.Batch}x{launch.Positions}x{s.Channels} {s.States} states",
                    rows,
                    8 * rows * s.States,
                    s.ToStates ? [rows, modes, modes, states] : [states, modes, modes, rows]);
            }

            return Report(
                launch.IsSums ? "DiagonalScanSums" : "DiagonalScan",
                $"{launch.Batch}x{launch.Positions}x{s.Channels} {s.States} states",
                launch.IsSums ? 4 * modes : rows,
                (launch.IsSums ? 24 : 12) * rows * s.States,
                launch.IsSums ? [rows, rows, modes, modes] : [rows, modes, modes, modes, modes]);
        }

        public LaunchReport LowRankScan(LowRankScanLaunch launch)
        {
            LowRankScanShape s = launch.Shape;
            long rows = (long)launch.Batch * launch.Positions * s.Channels;
            long modes = LowRankParts.Rows * (long)s.Channels * s.States;
            if (s.FromStates || s.ToStates)
            {
                // Each as in its shape: [u], modes, [y], start and last states, [where they begin anew], the gradient.
                long states = 2L * launch.Batch * s.Channels * s.States;
                return Report(
                    launch.IsGradient ? "LowRankScanGradient" : s.ToStates ? "LowRankScanStates" : "LowRankScan",
                    $"{launch.Batch}x{launch.Positions}x{s.Channels} {s.States} states",
                    rows,
                    (launch.IsGradient ? 92 : 24) * rows * s.States,
                    launch.IsGradient ? [rows, modes, rows, states, states, .. s.Resets ? (long[])[rows] : [], modes]
                        : s.ToStates ? [rows, modes, states, states] : [modes, rows, states]);
            }


            // A step is 12 multiply-adds for each state; the gradient has two forward, one back of 10, and sums of 12.
            return Report(
                launch.IsGradient ? "LowRankScanGradient" : "LowRankScan",
                $"{launch.Batch}x{launch.Positions}x{s.Channels} {s.States} states",
                rows,
                (launch.IsGradient ? 92 : 24) * rows * s.States,
                s.Impulse ? [modes, rows, modes] : [rows, modes, rows, modes]);
        }

        public LaunchReport HippoScan(HippoScanLaunch launch)
        {
            HippoScanShape s = launch.Shape;
            long rows = (long)launch.Batch * launch.Positions * s.Channels;
            long values = rows * s.Order;
            long transition = s.Scaled ? 0 : s.Order * (s.Order + 1L);
            long starts = (long)launch.Batch * s.Channels * launch.StartPitch;
            return Report(
                s.ToStart ? "HippoScanStart" : s.Transposed ? "HippoScanT" : "HippoScan",
                $"{launch.Batch}x{launch.Positions}x{s.Channels} {s.Order} coefficients",
                s.ToStart ? starts : s.Transposed ? rows : values,
                s.Scaled ? 8 * values : 2 * rows * transition,
                [
                    s.Transposed ? values : rows, .. s.Scaled ? (long[])[] : [transition],
                    s.ToStart ? starts : s.Transposed ? rows : values, .. s.Starts ? (long[])[starts] : [],
                    .. s.Resets ? (long[])[rows] : [],
                ]);
        }

        public LaunchReport LinearScan(LinearScanLaunch launch)
        {
            LinearScanShape s = launch.Shape;
            long elements = (long)launch.Batch * launch.Positions * launch.Width;
            return Report(
                s.Adjoint ? "LinearScanT" : "LinearScan",
                $"{launch.Batch}x{launch.Positions}x{s.Channels}{(s.Complex ? " complex" : "")}",
                elements,
                (s.Complex ? 4 : 2) * elements,
                [launch.A.Position == 0 ? launch.Width : elements, elements, elements]);
        }

        public LaunchReport DeltaScan(DeltaScanLaunch launch)
        {
            DeltaScanShape s = launch.Shape;
            long rows = (long)launch.Sequences * launch.Positions;
            (long keys, long values) = (rows * s.Keys, rows * s.Values);

            // An element of the state is left, written, and read twice; of the gradient what is kept of it, what goes back and three
            // products with it; then the pairs of a chunk.
            long flops = launch.IsGradient
                ? (18 * keys * s.Values) + (DeltaScanParts.Chunk * ((2 * values) + (4 * keys))) : 7 * keys * s.Values;
            return Report(
                launch.IsGradient ? "DeltaScanGradient" : "DeltaScan",
                $"{launch.Batch}x{launch.Positions}x{s.Heads} {s.Keys}->{s.Values}",
                values,
                flops,
                launch.IsGradient ? [keys, keys, values, values, rows, keys, keys, values, rows, rows] : [keys, keys, values, rows]);
        }

        public LaunchReport Spectral(SpectralLaunch launch)
        {
            SpectralShape s = launch.Shape;
            long rows = (long)launch.Batch * launch.Positions * s.Channels;
            long taps = (long)launch.Taps * s.Channels;

            // 2.5·n·log2(n) for a real transform, the usual count; what lies between the transforms is little.
            long transforms = (2L * launch.Batch) + 1;
            long each = 5L * launch.Padded * BitOperations.Log2((uint)launch.Padded) / 2;
            return Report(
                launch.IsOfKernel ? "SpectralTaps" : "Spectral",
                $"{launch.Batch}x{launch.Positions}x{s.Channels} by {launch.Taps} padded to {launch.Padded}",
                rows,
                transforms * s.Channels * each,
                rows,
                taps);
        }

        public LaunchReport SelectiveScan(SelectiveScanLaunch launch)
        {
            SelectiveScanShape s = launch.Shape;
            long positions = (long)launch.Batch * launch.Positions;
            (long rows, long states, long modes) = (positions * s.Channels, positions * s.States, (long)s.Channels * s.States);
            return Report(
                launch.IsGradient ? "SelectiveScanGradient" : "SelectiveScan",
                $"{launch.Batch}x{launch.Positions}x{s.Channels} {s.States} states",
                rows,
                (launch.IsGradient ? 25 : 7) * rows * s.States,
                launch.IsGradient ? [rows, rows, rows, modes, states, states, rows, rows, modes, states, states]
                    : [rows, rows, modes, states, states]);
        }

        public LaunchReport CumulativeSum(CumulativeSumLaunch launch) => Report(
            "CumulativeSum",
            $"{launch.Outer}x{launch.Length}x{launch.Inner}",
            (long)launch.Outer * launch.Length * launch.Inner);
    }
}
