namespace Models.Vision;

/// <summary>VGG16 up to its last maximum: five stages of 2, 2, 3, 3 and 3 convolutions (Simonyan and Zisserman 2014,
/// arXiv:1409.1556, configuration D).</summary>
/// <param name="width">Channels of the first stage; 64 in the paper.</param>
/// <param name="border">Zero pixels around the image.</param>
[Block]
public sealed partial class VggTrunk(int width, int border = 1)
{
    /// <summary>Half the size.</summary>
    [Use<VggStage>(nameof(width), 2, nameof(border))]
    private partial Tensor One(Tensor x);

    /// <summary>A quarter.</summary>
    [Use<VggStage>("2*width", 2)]
    private partial Tensor Two(Tensor x);

    /// <summary>An eighth.</summary>
    [Use<VggStage>("4*width", 3)]
    private partial Tensor Three(Tensor x);

    /// <summary>A sixteenth.</summary>
    [Use<VggStage>("8*width", 3)]
    private partial Tensor Four(Tensor x);

    /// <summary>A thirty-second.</summary>
    [Use<VggStage>("8*width", 3)]
    private partial Tensor Five(Tensor x);

    /// <summary>What the last three stages give, [b, 4·width, h/8, w/8], [b, 8·width, h/16, w/16] and [b, 8·width,
    /// h/32, w/32] with a border of 1.</summary>
    /// <param name="image">[b, c, h, w].</param>
    public (Tensor Third, Tensor Fourth, Tensor Fifth) Forward(Tensor image)
    {
        Tensor third = Three(Two(One(image)));
        Tensor fourth = Four(third);
        return (third, fourth, Five(fourth));
    }
}
