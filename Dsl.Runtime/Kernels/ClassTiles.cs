namespace Dsl.Kernels;

/// <summary>How classes and samples of a margin softmax are cut: by shapes alone, so that sums do not depend on the number of
/// threads.</summary>
internal static class ClassTiles
{
    /// <summary>Samples are padded to whole blocks of this many.</summary>
    public const int Block = 64;

    /// <summary>The most slices of the classes on the host; each has sums of its own for the gradient of embeddings.</summary>
    public const int Slices = 16;

    /// <summary>The most slices of the classes on an accelerator, whose forward pass keeps two numbers a sample for each.</summary>
    public const int ManySlices = 64;

    /// <summary>Rows of a tile: whole register tiles of 14 and of 6 rows.</summary>
    public const int Rows = 126;

    /// <summary>The most rows of a class.</summary>
    public const int MostSubCenters = 63;

    /// <summary>The most features of an embedding: a tile's gradient has to fit a worker's scratch.</summary>
    public const int MostWidth = 3072;

    /// <summary>Features come in whole panels of the widest register tile.</summary>
    public const int Panel = 32;

    /// <summary>Rows that a register tile may write behind the last one.</summary>
    public const int Ragged = 16;

    /// <summary>Floats for each sample beside its features: what is normalised by, the logit of its class, the sum.</summary>
    public const int PerSample = 6;

    /// <summary>Rows of a tile that are whole classes.</summary>
    public static int RowsOf(int subCenters) => Rows / subCenters * subCenters;

    /// <summary>Samples in scratch.</summary>
    public static Size Padded(Size samples) => (samples + (Block - 1)) / Block * Block;

    /// <summary>Rows of a slice's sums for the gradient of embeddings.</summary>
    public static Size Pitch(Size samples) => Padded(samples) + Ragged;

    /// <summary>Features in whole panels.</summary>
    public static int Width(int width) => (width + Panel - 1) / Panel * Panel;

    /// <summary>Elements of scratch of the forward pass: embeddings transposed, numbers of each sample, maxima and sums of each
    /// slice, the norm of each row.</summary>
    public static Size Scratch(Size samples, int width, int rows) =>
        (Padded(samples) * (width + PerSample + (2 * ManySlices))) + rows;

    /// <summary>Elements of scratch of the backward pass: embeddings transposed, numbers of each sample, the norm of each row, the
    /// sums of each slice.</summary>
    public static Size GradientScratch(Size samples, int width, int rows) =>
        (Padded(samples) * (width + PerSample)) + rows + (Pitch(samples) * (Slices * Width(width)));
}
