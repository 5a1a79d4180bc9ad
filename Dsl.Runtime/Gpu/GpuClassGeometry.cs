using System;
using Dsl.Kernels;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>What the kernels of a margin softmax know: extents, where buffers begin (-1: not there), the margin.</summary>
internal struct ClassGeometry
{
    internal MarginNumbers Margin;
    internal float Lambda;
    internal int LambdaAt;
    internal int Samples;
    internal int Classes;
    internal int SubCenters;
    internal int Rows;
    internal int Width;
    internal int Row;
    internal int OfRow;

    /// <summary>Rows of a block of whole classes, and blocks.</summary>
    internal int BlockRows;
    internal int Blocks;

    /// <summary>Parts of the classes.</summary>
    internal int Slices;
    internal int Embeddings;
    internal int Weights;
    internal int Labels;
    internal int Bias;
    internal int Losses;
    internal int LogSums;
    internal int Upstream;
    internal int OfEmbeddings;
    internal int OfWeights;
    internal int OfBias;

    /// <summary>Scratch: of each sample its length and, of its own class, the nearest row, the logit, its slope by the product, and what
    /// the gradients of embedding and row have of themselves; lengths of rows; what slices sum up.</summary>
    internal int Lengths;
    internal int OwnRow;
    internal int OwnLogit;
    internal int OwnSlope;
    internal int OfOwnEmbedding;
    internal int OfOwnRow;
    internal int RowLengths;
    internal int Parts;

    internal static ClassGeometry Of(ClassLogitsLaunch launch)
    {
        ClassLogitsShape shape = launch.Shape;
        int rows = shape.Classes * shape.SubCenters;
        int blockRows = GpuAttendTile.Side / shape.SubCenters * shape.SubCenters;
        int blocks = (rows + blockRows - 1) / blockRows;
        int scratch = launch.ScratchAt;
        int samples = launch.Samples;
        return new ClassGeometry
        {
            Margin = launch.Margin,
            Lambda = shape.Lambda,
            LambdaAt = launch.LambdaAt,
            Samples = samples,
            Classes = shape.Classes,
            SubCenters = shape.SubCenters,
            Rows = rows,
            Width = shape.Width,
            Row = launch.Row,
            OfRow = launch.OfRow,
            BlockRows = blockRows,
            Blocks = blocks,
            Slices = Math.Min(blocks, launch.IsGradient ? ClassTiles.Slices : ClassTiles.ManySlices),
            Embeddings = launch.EmbeddingsAt,
            Weights = launch.RowsAt,
            Labels = launch.LabelsAt,
            Bias = launch.BiasAt,
            Losses = launch.LossesAt,
            LogSums = launch.LogSumsAt,
            Upstream = launch.IsGradient ? launch.UpstreamAt : -1,
            OfEmbeddings = launch.GradientAt(ClassGradients.Embeddings),
            OfWeights = launch.GradientAt(ClassGradients.Rows),
            OfBias = launch.GradientAt(ClassGradients.Bias),
            Lengths = scratch,
            OwnRow = scratch + samples,
            OwnLogit = scratch + (2 * samples),
            OwnSlope = scratch + (3 * samples),
            OfOwnEmbedding = scratch + (4 * samples),
            OfOwnRow = scratch + (5 * samples),
            RowLengths = scratch + (ClassTiles.PerSample * samples),
            Parts = scratch + (ClassTiles.PerSample * samples) + rows,
        };
    }

    /// <summary>λ.</summary>
    internal readonly float Share(ArrayView<float> memory) => LambdaAt < 0 ? Lambda : memory[LambdaAt];

    /// <summary>1/x; 0 for what counts as zeros.</summary>
    internal static float Inverse(float x) => x < MarginNumbers.Smallest ? 0f : 1f / x;

    /// <summary>What products of a row are multiplied by.</summary>
    internal readonly float InverseOf(ArrayView<float> memory, int row) =>
        Margin.KeepsRows != 0 ? 1f : Inverse(memory[RowLengths + row]);

    /// <summary>What products of an embedding are multiplied by.</summary>
    internal readonly float FactorOf(ArrayView<float> memory, int sample) =>
        Margin.KeepsLength != 0 ? 1f : Margin.Scale * Inverse(memory[Lengths + sample]);
}

/// <summary>A product of an embedding with the nearest row of a class: its logit, and its slope by the product.</summary>
internal struct ClassCell
{
    internal float Logit;
    internal float Slope;

    /// <summary>Whether it is the sample's own class.</summary>
    internal bool IsOwn;

    /// <summary>Whether it is the row that counts: of other classes the nearest of the tile, of its own the one that was found
    /// before.</summary>
    internal bool Counts;

    internal static ClassCell Of(
        ArrayView<float> memory, in ClassGeometry g, int sample, int row, int label, float product, float nearest)
    {
        ClassCell cell;
        int own = row / g.SubCenters;
        float slope = g.FactorOf(memory, sample) * g.InverseOf(memory, row);
        float offset = memory[g.Bias < 0 ? g.Embeddings : g.Bias + own];
        float z = (product * slope) + (g.Bias < 0 ? 0f : offset);
        float ownLogit = memory[g.OwnLogit + sample];
        float ownSlope = memory[g.OwnSlope + sample];
        cell.IsOwn = own == label;
        cell.Logit = cell.IsOwn ? ownLogit : z;
        cell.Slope = cell.IsOwn ? ownSlope : slope;
        cell.Counts = cell.IsOwn ? new GpuMemory(memory).Int(g.OwnRow + sample) == row : nearest != 0f;
        return cell;
    }
}
