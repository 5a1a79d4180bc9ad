namespace Dsl.Generator.Diagnostics;

/// <summary>
/// The ids of problems that lowering finds, with the arguments of their messages in order. Arguments are plain text
/// without
/// quotes; a message that wants quotes puts them.
/// </summary>
internal static class ProblemIds
{
    /// <summary>
    /// A layer that no function calls. {0} the layer.
    /// </summary>
    public const string LayerNeverUsed = "DSL1010";

    /// <summary>
    /// Shapes do not fit. {0} who expects: a layer, a function or <c>operator +</c>; {1} what it expects, in words or
    /// as a shape;
    /// {2} who produces: a layer, a local or an input; {3} the shape it produces; {4} the remedy, an imperative
    /// sentence
    /// without a full stop.
    /// </summary>
    public const string ShapeMismatch = "DSL2001";

    /// <summary>
    /// A window is larger than the padded image. {0} the layer or function; {1} the window's extent, dilation
    /// included, <c>5x5</c>;
    /// {2} the padded image's extent, <c>4x4</c>; {3} the input's shape.
    /// </summary>
    public const string KernelLargerThanInput = "DSL2002";

    /// <summary>
    /// Groups do not divide channels. {0} the layer; {1} the groups; {2} the channels; {3} <c>input</c> or
    /// <c>output</c>.
    /// </summary>
    public const string GroupsDoNotDivide = "DSL2003";

    /// <summary>
    /// A symbol that no input declares. {0} the symbol; {1} where, in words: <c>argument 'Units' of 'Hidden'</c>,
    /// <c>the return
    /// shape of 'Forward'</c>; {2} the declared symbols, comma-separated, or <c>none</c>.
    /// </summary>
    public const string UnknownSymbol = "DSL2004";

    /// <summary>
    /// The claimed return shape is wrong. {0} the function; {1} the claim; {2} the shape that the function returns.
    /// </summary>
    public const string ReturnShapeDiffers = "DSL2005";

    /// <summary>
    /// An argument is out of range. {0} the layer or function; {1} the argument; {2} its value; {3} the range in words:
    /// <c>a constant of at least 1</c>.
    /// </summary>
    public const string ArgumentOutOfRange = "DSL2006";

    /// <summary>
    /// A text that is not a size. {0} where, in words (as {1} of DSL2004); {1} the text; {2} what is wrong with it, a
    /// sentence.
    /// </summary>
    public const string SizeDoesNotParse = "DSL2007";

    /// <summary>
    /// The loss is not one number. {0} the function; {1} the shape it returns.
    /// </summary>
    public const string LossIsNotScalar = "DSL2008";

    /// <summary>
    /// Ints where floats are expected or the other way. {0} the layer or function; {1} its operand; {2} the expected
    /// type,
    /// <c>Tensor</c> or <c>IntTensor</c>; {3} who produces what it gets; {4} the type it gets.
    /// </summary>
    public const string ElementTypeMismatch = "DSL2009";

    /// <summary>
    /// Branches of different strides meet. {0} where they meet: a function or <c>operator +</c>; {1} <c>rows</c>,
    /// <c>columns</c> or <c>rows and columns</c>; {2} the image; {3} the stride of one branch; {4} that of the other.
    /// </summary>
    public const string StridesDiffer = "DSL2201";

    /// <summary>
    /// Branches of one stride meet whose fields have different middles. {0}, {1} and {2} as for DSL2201; {3} how many pixels
    /// the middle of the second is behind that of the first.
    /// </summary>
    public const string NotAligned = "DSL2202";

    /// <summary>
    /// An input of a function without <c>[Shape]</c>. {0} the function; {1} the input.
    /// </summary>
    public const string InputShapeMissing = "DSL1007";

    /// <summary>
    /// A name in a size of a block. {0} the name; {1} where, in words; {2} the block; {3} the names there are,
    /// comma-separated, or <c>none</c>.
    /// </summary>
    public const string UnknownParameter = "DSL2010";

    /// <summary>
    /// A repeated block does not keep the shape. {0} the layer; {1} the block; {2} the shape that goes in; {3} the
    /// shape that comes out.
    /// </summary>
    public const string RepeatChangesShape = "DSL2011";

    /// <summary>
    /// A tied weight is not to be had. {0} the layer; {1} the shape of the weight it needs; {2} what is wrong, a
    /// clause.
    /// </summary>
    public const string TieDoesNotFit = "DSL2012";

    /// <summary>
    /// A loop of a block is longer than it was followed. {0} the layer; {1} the block; {2} the number of turns.
    /// </summary>
    public const string LoopTooLong = "DSL2013";

    /// <summary>
    /// Padding of a batch of sequences would reach something else. {0} the layer or function; {1} the symbolic size; {2} why,
    /// a clause; {3} what to write instead, an imperative clause.
    /// </summary>
    public const string PaddingNotApart = "DSL2015";

    /// <summary>
    /// What is to be reversible has another form. {0} the layer or method; {1} what is wrong, a clause.
    /// </summary>
    public const string NotReversible = "DSL2016";

    /// <summary>
    /// Ints for a layer that cannot keep segments apart. {0} the layer; {1} its kind; {2} why, a clause.
    /// </summary>
    public const string NoSegments = "DSL2017";

    /// <summary>
    /// A gradient is needed where there is none. {0} the function applied, e.g. <c>Sign</c>; {1} why, in words:
    /// <c>'foo' has no
    /// derivative</c>, <c>the derivative of 'sign' is zero everywhere, so 'Hidden.Weight' would never learn</c>.
    /// </summary>
    /// <remarks>
    /// Precisely: (a) an expression that uses an op which is no row of the pointwise table, wherever it occurs; (b) in
    /// <c>Loss</c>, a parameter that the loss depends on, but only through operands whose derivative is zero
    /// everywhere (sign,
    /// floor, comparisons, the condition of a select). It is reported where the gradient stops first in source order.
    /// A parameter
    /// with at least one path on which no such operand lies is fine, and so is one that only StopGradient cuts off.
    /// </remarks>
    public const string NotDifferentiable = "DSL3001";

    /// <summary>
    /// No skeleton computes this yet. {0} the layer, parameter or value; {1} what is missing, a clause; {2} what to
    /// write instead, an imperative clause.
    /// </summary>
    public const string Unsupported = "DSL4001";

    /// <summary>
    /// The reader let something through that lowering does not know. {0} the stage, always <c>Lowering</c>; {1} what.
    /// </summary>
    public const string Internal = "DSL9001";
}
