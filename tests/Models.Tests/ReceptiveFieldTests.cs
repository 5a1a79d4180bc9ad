using System;
using System.Linq;
using Dsl;
using Dsl.Sessions;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>Receptive fields as programs see them: constants by layer, and the list of any model.</summary>
public class ReceptiveFieldTests
{
    [Fact]
    public void DigitNet_has_its_fields_as_constants()
    {
        const int Size = DigitNet.ReceptiveFields.Deep.Size;
        Assert.Equal((8, 2), (Size, DigitNet.ReceptiveFields.Deep.Stride));
        Assert.Equal((3, 1), (DigitNet.ReceptiveFields.Deep.Padding, DigitNet.ReceptiveFields.Deep.Start));
        Assert.Equal(3, DigitNet.ReceptiveFields.Stem.Size);
        Assert.Contains("field 8x8 stride 2 padding 3", DigitNet.Summary);
    }

    [Fact]
    public void Any_model_lists_its_fields()
    {
        IModel model = new DigitNet();
        Assert.Equal(["Stem", "Deep", "Hidden", "Classify"], model.ReceptiveFields.Select(static f => f.Layer));
        Assert.Equal(new FieldAxis(8, 2, 3, 1), model.ReceptiveFields[1].Columns);
        Assert.Null(model.ReceptiveFields[2].Rows);
    }

    [Fact]
    public void Pixels_follow_from_stride_and_padding()
    {
        Assert.Equal((-3, 4), new FieldAxis(8, 2, 3, 1).PixelsOf(0));
        Assert.Equal((7, 14), new FieldAxis(8, 2, 3, 1).PixelsOf(5));
        var enlarged = new FieldAxis(2, 0.5, 0.5, 0.5) { Smallest = 1, LeastPadding = 0 };
        Assert.Equal((0, 1), enlarged.PixelsOf(0));
        Assert.Equal((0, 1), enlarged.PixelsOf(1));
    }

    /// <summary>Nothing cancels where neither weights nor pixels are negative: what is measured is what was worked
    /// out.</summary>
    [Theory]
    [InlineData(16, 16)]
    [InlineData(10, 20)]
    public void Effective_field_fills_the_one_in_theory(int row, int column)
    {
        var net = new FieldNet();
        var random = new Random(3);
        foreach (Parameter parameter in net.Parameters)
        {
            parameter.CopyFrom([.. Enumerable.Range(0, parameter.Length).Select(_ => 0.05f + (0.05f * random.NextSingle()))]);
        }

        using FieldNet.Session session = net.CreateSession();
        var field = new EffectiveReceptiveField(session, row, column);
        field.Add([.. Enumerable.Range(0, 64 * 64).Select(_ => random.NextSingle())]);
        FieldAxis axis = ((IModel)net).ReceptiveFields[^1].Rows!;
        Assert.Equal(27, FieldNet.ReceptiveFields.Eighth.Size);
        (int firstRow, int lastRow) = axis.PixelsOf(row);
        (int firstColumn, int lastColumn) = axis.PixelsOf(column);
        Assert.Equal((firstRow, lastRow, firstColumn, lastColumn), field.Support());
        Assert.True(
            field[(firstRow + lastRow) / 2, (firstColumn + lastColumn) / 2] > 100 * field[firstRow, firstColumn]);
        Assert.InRange(field.EffectiveSize(), 5, 26);
    }

    [Fact]
    public void Sensitivity_is_the_slope_of_the_result()
    {
        var net = new FieldNet();
        net.Parameters.Initialize(4);
        using FieldNet.Session session = net.CreateSession();
        var random = new Random(9);
        float[] image = [.. Enumerable.Range(0, 64 * 64).Select(_ => random.NextSingle() - 0.5f)];
        float[] weight = [.. Enumerable.Range(0, 32 * 32).Select(_ => random.NextSingle() - 0.5f)];
        var gradient = new float[64 * 64];
        session.Sensitivity(image, weight, gradient);

        double Sum(float[] x)
        {
            var result = new float[32 * 32];
            session.Forward(x, result);
            return result.Select((y, i) => (double)y * weight[i]).Sum();
        }

        // Along one direction, so that rounding and the kinks of ReLU average out.
        float[] direction = [.. image.Select(_ => random.NextSingle() - 0.5f)];
        const float Step = 1e-3f;
        double slope = (Sum([.. image.Select((x, i) => x + (Step * direction[i]))])
            - Sum([.. image.Select((x, i) => x - (Step * direction[i]))])) / (2 * Step);
        double expected = gradient.Select((g, i) => (double)g * direction[i]).Sum();
        double scale = Math.Sqrt(gradient.Sum(static g => (double)g * g)) * 0.29;
        Assert.True(Math.Abs(slope - expected) < 0.05 * scale, $"slope {slope}, gradient {expected}, seed 9");
    }

    [Fact]
    public void A_model_that_does_not_ask_has_no_sensitivity()
    {
        using DigitNet.Session session = new DigitNet().CreateSession();
        const string Message = "'DigitNet' has no gradients of inputs: write [Model(InputGradients = true)].";
        Assert.Equal(Message, Assert.Throws<InvalidOperationException>(() => session.Begin(EntryPoint.Sensitivity)).Message);
        Assert.Equal(Message, Assert.Throws<InvalidOperationException>(() => new EffectiveReceptiveField(session, 0, 0)).Message);
    }

    [Fact]
    public void A_unit_outside_the_result_is_refused()
    {
        using FieldNet.Session session = new FieldNet().CreateSession();
        Assert.Throws<ArgumentOutOfRangeException>("row", () => new EffectiveReceptiveField(session, 32, 0));
        Assert.Throws<ArgumentOutOfRangeException>("column", () => new EffectiveReceptiveField(session, 0, -1));
    }
}
