using System.Linq;
using Dsl;
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
        Assert.Equal((8, 2, 3, 1), (Size, DigitNet.ReceptiveFields.Deep.Stride, DigitNet.ReceptiveFields.Deep.Padding, DigitNet.ReceptiveFields.Deep.Start));
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
}
