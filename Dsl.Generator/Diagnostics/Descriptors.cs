using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Diagnostics;

/// <summary>
/// Every diagnostic: DSL1xxx reading, DSL2xxx shapes, DSL3xxx differentiation, DSL4xxx schedule, DSL9xxx internal. A
/// message says what, where, expected against actual, then the remedy. An id is never reused; each has a page under
/// <c>docs/diagnostics</c>, a line in
/// <c>AnalyzerReleases.Unshipped.md</c> and a program in the tests.
/// </summary>
internal static class Descriptors
{
    private const string Reading = "Dsl.Reading";
    private const string Shapes = "Dsl.Shapes";
    private const string Autodiff = "Dsl.Autodiff";
    private const string Schedule = "Dsl.Schedule";
    private const string Internal = "Dsl.Internal";
    private const string Pages = "docs/diagnostics/";

    // The analyzer that checks AnalyzerReleases recognises fields with an initializer only.
    private static readonly DiagnosticDescriptor Dsl1001 = new(
        "DSL1001", "A model or block class is not partial",
        "Class '{0}' is not partial but the build writes its other half: write 'partial class {0}'",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1001.md");

    private static readonly DiagnosticDescriptor Dsl1002 = new(
        "DSL1002", "A layer's signature is wrong",
        "Layer '{0}' must be a partial method without a body from Tensor or IntTensor values to Tensor: {1}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1002.md");

    private static readonly DiagnosticDescriptor Dsl1003 = new(
        "DSL1003", "A statement or expression cannot be read",
        "'{0}' in '{1}' cannot be read as dataflow: {2}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1003.md");

    private static readonly DiagnosticDescriptor Dsl1004 = new(
        "DSL1004", "A model or block has no Forward",
        "{0} '{1}' has no 'Forward' that says how its layers are connected: add '{2}'",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1004.md");

    private static readonly DiagnosticDescriptor Dsl1005 = new(
        "DSL1005", "A model or block class is nested or generic",
        "{0} '{1}' is {2} but has to be a plain class of a namespace: move it there and give sizes as constants",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1005.md");

    private static readonly DiagnosticDescriptor Dsl1006 = new(
        "DSL1006", "A layer has two attributes",
        "Layer '{0}' is both [{1}] and [{2}] but a method is one layer: remove one, or declare a second method",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1006.md");

    private static readonly DiagnosticDescriptor Dsl1007 = new(
        "DSL1007", "An input has no shape",
        "Input '{1}' of '{0}' has no shape, from which all others follow: write [Shape(\"b\", …)] before it",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1007.md");

    private static readonly DiagnosticDescriptor Dsl1008 = new(
        "DSL1008", "A function calls itself",
        "'{0}' calls itself, directly or through others, and calls are inlined: {1}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1008.md");

    private static readonly DiagnosticDescriptor Dsl1009 = new(
        "DSL1009", "A pointwise function cannot be read",
        "'{0}' in the pointwise function '{1}' cannot be read: {2}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1009.md");

    private static readonly DiagnosticDescriptor Dsl1010 = new(
        "DSL1010", "A layer is never used",
        "Layer '{0}' is called neither by 'Forward' nor by 'Loss', so it has no parameters: call it or remove it",
        Reading, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + "DSL1010.md");

    private static readonly DiagnosticDescriptor Dsl1011 = new(
        "DSL1011", "A layer uses what is no block",
        "Layer '{0}' uses '{1}', which is not to be had as a block: {2}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1011.md");

    private static readonly DiagnosticDescriptor Dsl1012 = new(
        "DSL1012", "The arguments of a block are wrong",
        "Block '{0}' takes ({1}) but layer '{2}' gives ({3}): give as many, each of its kind, in that order",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1012.md");

    private static readonly DiagnosticDescriptor Dsl1013 = new(
        "DSL1013", "A block has too many variants",
        "'{0}' of block '{1}' goes more than {2} ways, depending on constructor parameters: decide less in one block, or split it",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1013.md");

    private static readonly DiagnosticDescriptor Dsl1014 = new(
        "DSL1014", "A block's constructor is wrong",
        "Block '{0}' has to depend on a primary constructor with constants alone but {1}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1014.md");

    private static readonly DiagnosticDescriptor Dsl1015 = new(
        "DSL1015", "A name is taken",
        "'{0}' of '{1}' {2}: rename it",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1015.md");

    private static readonly DiagnosticDescriptor Dsl1016 = new(
        "DSL1016", "A layer is outside a model",
        "Class '{0}' has the layer '{1}' but is neither a model nor a block, so nobody writes the layer's body: write [{2}] "
        + "before it",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1016.md");

    private static readonly DiagnosticDescriptor Dsl1017 = new(
        "DSL1017", "The signature of Forward or Loss is wrong",
        "'{0}' must be a method of the instance from Tensor or IntTensor values to Tensor: {1}",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1017.md");

    private static readonly DiagnosticDescriptor Dsl1018 = new(
        "DSL1018", "The project does not allow unsafe code",
        "The kernels of '{0}' use pointers, which the project does not allow: write <AllowUnsafeBlocks>true</AllowUnsafeBlocks> "
        + "in its project file",
        Reading, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL1018.md");

    private static readonly DiagnosticDescriptor Dsl2001 = new(
        "DSL2001", "Shapes do not fit",
        "'{0}' expects {1} but '{2}' produces '{3}': {4}",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2001.md");

    private static readonly DiagnosticDescriptor Dsl2002 = new(
        "DSL2002", "A window is larger than its input",
        "'{0}' has a window of {1} but its padded input '{3}' is only {2}: make the window smaller or pad more",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2002.md");

    private static readonly DiagnosticDescriptor Dsl2003 = new(
        "DSL2003", "Groups do not divide the channels",
        "Layer '{0}' has {1} groups, which do not divide its {2} {3} channels: choose a divisor",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2003.md");

    private static readonly DiagnosticDescriptor Dsl2004 = new(
        "DSL2004", "A symbolic size is not known",
        "Symbolic size '{0}' in {1} occurs in no input's [Shape], which have {2}: use one of these, or a number",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2004.md");

    private static readonly DiagnosticDescriptor Dsl2005 = new(
        "DSL2005", "The claimed result shape is wrong",
        "'{0}' is claimed to return '{1}' but returns '{2}': correct [return: Shape] or the layers before it",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2005.md");

    private static readonly DiagnosticDescriptor Dsl2006 = new(
        "DSL2006", "An argument is out of range",
        "Argument '{1}' of '{0}' is {2} but must be {3}: change it",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2006.md");

    private static readonly DiagnosticDescriptor Dsl2007 = new(
        "DSL2007", "A size is not readable",
        "Size '{1}' in {0} cannot be read: {2}",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2007.md");

    private static readonly DiagnosticDescriptor Dsl2008 = new(
        "DSL2008", "The loss is not a scalar",
        "'{0}' returns '{1}' but a loss is one number: reduce it, for example with Mean",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2008.md");

    private static readonly DiagnosticDescriptor Dsl2009 = new(
        "DSL2009", "Ints and floats are mixed up",
        "Operand '{1}' of '{0}' has to be {2} but '{3}' is {4}: pass a tensor of the other kind",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2009.md");

    private static readonly DiagnosticDescriptor Dsl2010 = new(
        "DSL2010", "A name in a size of a block is not known",
        "'{0}' in {1} is neither a constructor parameter of block '{2}' nor a name in its inputs' [Shape], which are {3}: use one of these, or a number",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2010.md");

    private static readonly DiagnosticDescriptor Dsl2011 = new(
        "DSL2011", "A repeated block changes the shape",
        "'{0}' repeats block '{1}', which turns '{2}' into '{3}': make the block keep the shape, or remove Repeat",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2011.md");

    private static readonly DiagnosticDescriptor Dsl2012 = new(
        "DSL2012", "A tied weight does not fit",
        "'{0}' needs a tied weight of the shape '{1}' but {2}: name a layer of this class that has one, or remove [Tied]",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2012.md");

    private static readonly DiagnosticDescriptor Dsl2013 = new(
        "DSL2013", "A loop of a block is too long",
        "'{0}' makes a loop of block '{1}' run more than {2} times: give smaller arguments, or write [Use(Repeat = …)] for the loop",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2013.md");

    private static readonly DiagnosticDescriptor Dsl2014 = new(
        "DSL2014", "The example's sizes are wrong",
        "Example '{0}' of '{1}' cannot be used for the numbers of the build: {2}",
        Shapes, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + "DSL2014.md");

    private static readonly DiagnosticDescriptor Dsl2015 = new(
        "DSL2015", "Padding would reach other positions",
        "'{0}' cannot keep the padding of '{1}' apart, as [Lengths] asks: {2}; {3}",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2015.md");

    private static readonly DiagnosticDescriptor Dsl2016 = new(
        "DSL2016", "Not reversible",
        "'{0}' is not reversible, since {1}: let it use a block whose Forward of (x1, x2) returns (y1, y2) with y1 = x1 + F(x2) "
        + "and y2 = x2 + G(y1), or remove [Reversible]",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2016.md");

    private static readonly DiagnosticDescriptor Dsl2017 = new(
        "DSL2017", "A layer takes no segments",
        "'{0}' is given numbers of segments, but [{1}] takes none, since {2}: leave them out, or use a layer that keeps "
        + "segments apart: [Attention], [SparseAttention], [LinearAttention], [Performer], [Gau], [RetNet], [GatedDelta], "
        + "[Rwkv4], [Rwkv6], [S4], [S4D], [Mamba], [Lru] or [Hippo]",
        Shapes, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL2017.md");

    private static readonly DiagnosticDescriptor Dsl2201 = new(
        "DSL2201", "Branches have different strides",
        "'{0}' joins branches that step over the {1} of '{2}' by {3} and by {4} pixels, so equal positions show different "
        + "places: give both branches the same stride",
        Shapes, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + "DSL2201.md");

    private static readonly DiagnosticDescriptor Dsl2202 = new(
        "DSL2202", "Branches are not aligned",
        "'{0}' joins branches whose receptive fields in the {1} of '{2}' are {3} pixels apart instead of 0: pad or crop both "
        + "branches alike, half of it on each side",
        Shapes, DiagnosticSeverity.Info, true, helpLinkUri: Pages + "DSL2202.md");

    private static readonly DiagnosticDescriptor Dsl3001 = new(
        "DSL3001", "A function has no derivative",
        "'{0}' cannot be differentiated: {1}",
        Autodiff, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL3001.md");

    private static readonly DiagnosticDescriptor Dsl4001 = new(
        "DSL4001", "Not supported yet",
        "'{0}' cannot be compiled yet: {1}; {2}",
        Schedule, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL4001.md");

    private static readonly DiagnosticDescriptor Dsl9001 = new(
        "DSL9001", "A stage of the compiler failed",
        "Stage '{0}' failed, which is a mistake of the compiler and not of the model; please report this text: {1}",
        Internal, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "DSL9001.md");

    /// <summary>The table, in order of ids.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = new[]
    {
        Dsl1001, Dsl1002, Dsl1003, Dsl1004, Dsl1005, Dsl1006, Dsl1007,
        Dsl1008, Dsl1009, Dsl1010, Dsl1011, Dsl1012, Dsl1013, Dsl1014,
        Dsl1015, Dsl1016, Dsl1017, Dsl1018, Dsl2001, Dsl2002, Dsl2003, Dsl2004,
        Dsl2005, Dsl2006, Dsl2007, Dsl2008, Dsl2009, Dsl2010, Dsl2011,
        Dsl2012, Dsl2013, Dsl2014, Dsl2015, Dsl2016, Dsl2017, Dsl2201,
        Dsl2202, Dsl3001, Dsl4001, Dsl9001,
    };

    private static Dictionary<string, DiagnosticDescriptor> ById { get; } = All.ToDictionary(static d => d.Id);

    /// <summary>The descriptor of an id, or null.</summary>
    public static DiagnosticDescriptor? Find(string id) =>
        ById.TryGetValue(id, out DiagnosticDescriptor? found) ? found : null;

    /// <summary>Whether a problem stops the compilation of its model.</summary>
    public static bool IsError(string id) =>
        Find(id) is not { DefaultSeverity: not DiagnosticSeverity.Error };
}
