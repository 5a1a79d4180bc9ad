using System;
using System.Linq;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>
/// The effective receptive field of one unit: how strongly the unit depends on each pixel, |∂y/∂x|, summed over the
/// channels
/// of the image and averaged over images. What is seen in theory bounds it; after training and at random weights alike
/// it
/// is a bell in the middle of that.
/// </summary>
/// <remarks>Luo, Li, Urtasun and Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural
/// Networks",
/// NeurIPS 2016. The model needs <c>[Model(InputGradients = true)]</c>, one image [b, c, h, w] as input and a result
/// [b, k, i, j]
/// or [b, k].</remarks>
public sealed class EffectiveReceptiveField
{
    private readonly ModelSession _session;
    private readonly (string Name, int Value)[] _sizes;
    private readonly float[] _weight;
    private readonly float[] _gradient;
    private readonly double[] _sum;
    private readonly int _channels;

    /// <summary>Chooses a unit; all channels of the result at its position count.</summary>
    /// <param name="session">A session of the model, for at least one image.</param>
    /// <param name="row">The unit's row in the result; 0 when the result has none.</param>
    /// <param name="column">Its column.</param>
    /// <param name="sizes">The symbolic sizes other than that of the batch, which is 1.</param>
    /// <exception cref="InvalidOperationException">The model has no program <c>Sensitivity</c>.</exception>
    /// <exception cref="ArgumentException">The model has other inputs than one image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The unit is outside the result.</exception>
    public EffectiveReceptiveField(ModelSession session, int row, int column, Sizes? sizes = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        CompiledModel model = session.Model.Compiled;
        Program program = model.Sensitivity ?? throw new InvalidOperationException(
            $"'{model.Name}' has no gradients of inputs: write [Model(InputGradients = true)].");
        if (program.Inputs.Count != 2 || program.Inputs[0].Shape.Length != 4 || program.Inputs[0].Integers)
        {
            throw new ArgumentException(
                $"'{model.Name}' takes {string.Join(", ", program.Inputs.SkipLast(1).Select(static i => i.Name))}; "
                + "an effective field needs one image of rank 4.",
                nameof(session));
        }

        var values = new SizeValues(program.Symbols);
        foreach (string symbol in program.Symbols)
        {
            values[symbol] = sizes is not null && sizes.TryGet(symbol, out int value) ? value : 1;
        }

        int[] image = Extents(program.Inputs[0], values);
        int[] result = Extents(program.Inputs[1], values);
        (int rows, int columns) = result.Length == 4 ? (result[2], result[3]) : (1, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, columns);
        _session = session;
        _sizes = [.. program.Symbols.Select(s => (s, values[s]))];
        _channels = image[1];
        (Height, Width) = (image[2], image[3]);
        _gradient = new float[_channels * Height * Width];
        _sum = new double[Height * Width];
        _weight = new float[result.Aggregate(1, static (product, extent) => product * extent)];
        for (int channel = 0; channel < _weight.Length / (rows * columns); channel++)
        {
            _weight[(((channel * rows) + row) * columns) + column] = 1;
        }
    }

    /// <summary>Rows of the image.</summary>
    public int Height { get; }

    /// <summary>Columns of the image.</summary>
    public int Width { get; }

    /// <summary>Images measured so far.</summary>
    public int Images { get; private set; }

    /// <summary>Mean |∂y/∂x| of a pixel, over the images measured so far.</summary>
    /// <param name="row">From the top.</param>
    /// <param name="column">From the left.</param>
    public double this[int row, int column] => _sum[(row * Width) + column] / Math.Max(1, Images);

    /// <summary>Measures one image.</summary>
    /// <param name="image">[c, h, w], row by row.</param>
    /// <exception cref="ArgumentException">The number of elements is not the image's.</exception>
    public void Add(ReadOnlySpan<float> image)
    {
        _session.Begin(EntryPoint.Sensitivity, _sizes);
        _session.Write(0, image);
        _session.Write(1, _weight);
        _session.Run();
        _session.Read(0, _gradient);
        for (int i = 0; i < _gradient.Length; i++)
        {
            _sum[i % _sum.Length] += Math.Abs(_gradient[i]);
        }

        Images++;
    }

    /// <summary>The rows and columns of the pixels that the unit depends on at all; null when there are none.</summary>
    public (int FirstRow, int LastRow, int FirstColumn, int LastColumn)? Support()
    {
        int[] seen = [.. Enumerable.Range(0, _sum.Length).Where(i => _sum[i] > 0)];
        return seen.Length == 0 ? null : (
            seen.Min(i => i / Width), seen.Max(i => i / Width), seen.Min(i => i % Width), seen.Max(i => i % Width));
    }

    /// <summary>The side of a square of as many pixels as are stronger than <paramref name="part"/> of the strongest:
    /// the size that
    /// the paper states, with one minus 95.45 %.</summary>
    /// <param name="part">From 0 to 1.</param>
    public double EffectiveSize(double part = 1 - 0.9545)
    {
        double least = part * _sum.Max();
        return Math.Sqrt(_sum.Count(v => v > 0 && v >= least));
    }

    private static int[] Extents(TensorPlan tensor, SizeValues sizes) =>
        [.. tensor.Shape.Select(d => checked((int)d.Evaluate(sizes)))];
}
