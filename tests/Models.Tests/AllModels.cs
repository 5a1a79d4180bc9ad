using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Plans;
using Dsl.Sessions;
using Models.Face;
using Models.Language;
using Models.Segmentation;
using Models.Vision;

namespace Models.Tests;

/// <summary>Every model class of the library.</summary>
internal static class AllModels
{
    /// <summary>The value of symbols other than the batch: times 8 where images are halved three times.</summary>
    private const int OpenExtent = 3;

    /// <summary>Networks of full size, whose parameters alone take up to 600 MB, and language models of medium size. Each has a small variant of the same
    /// blocks that the theories train; of these the tests look at what the build worked out.</summary>
    private static readonly string[] s_fullSize =
    [
        nameof(CharFlashMedium), nameof(CharGauMedium), nameof(CharLinearTransformerMedium), nameof(CharPerformerMedium),
        nameof(CharSparseTransformerMedium), nameof(CharTransformerMedium), nameof(DeepFace), nameof(Fcn16s), nameof(Fcn32s), nameof(Fcn8s),
        nameof(IrResNet50), nameof(MobileFaceNet), nameof(ResNet18), nameof(ResNet50), nameof(SphereFace20),
        nameof(TransposedUNet), nameof(UNet), nameof(Vgg16),
    ];

    /// <summary>The classes that can be trained in a moment, by name, for theories.</summary>
    public static IEnumerable<object[]> Names =>
        Types.Select(static t => t.Name).Except(s_fullSize).Select(static name => new object[] { name });

    /// <summary>All classes by name.</summary>
    public static IEnumerable<object[]> NamesWithFullSize => Types.Select(static t => new object[] { t.Name });

    private static IEnumerable<Type> Types => typeof(DigitNet).Assembly.GetTypes()
        .Where(static t => typeof(IModel).IsAssignableFrom(t) && !t.IsAbstract)
        .OrderBy(static t => t.Name, StringComparer.Ordinal);

    /// <summary>A new instance with its initial parameters.</summary>
    public static IModel Make(string name) => (IModel)Activator.CreateInstance(Types.Single(t => t.Name == name))!;

    /// <summary>What the build made of a class, without an instance and its parameters.</summary>
    public static CompiledModel Compiled(string name) =>
        (CompiledModel)Types.Single(t => t.Name == name).GetProperty(nameof(IModel.Compiled))!.GetValue(null)!;

    /// <summary>The programs of a model.</summary>
    public static IEnumerable<Program> Programs(IModel model) => Programs(model.Compiled);

    /// <summary>The programs of a model.</summary>
    public static IEnumerable<Program> Programs(CompiledModel compiled) =>
        new[] { compiled.Forward, compiled.Loss, compiled.Train, compiled.Sensitivity, compiled.Step }.Where(static p => p is not null)!;

    /// <summary>Seeded inputs for one program at the given sizes: uniform floats, labels within their limit, sequences as
    /// long as they can be.</summary>
    public static void WriteInputs(ModelSession session, Program program, SizeValues sizes, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < program.Inputs.Count; i++)
        {
            TensorPlan input = program.Inputs[i];
            if (input.Integers)
            {
                session.Write(i, Ints(input, sizes, random));
            }
            else
            {
                session.Write(i, Enumerable.Range(0, Length(input, sizes)).Select(_ => random.NextSingle()).ToArray());
            }
        }
    }

    /// <summary>Labels within their limit. Sequences are as long as they can be, since eager code takes them so.</summary>
    public static int[] Ints(TensorPlan input, SizeValues sizes, Random random) =>
        [.. Enumerable.Range(0, Length(input, sizes)).Select(_ => input.LengthsOf is { } size
            ? sizes[size] : random.Next(Math.Max(1, input.Limit)))];

    /// <summary>Elements of an input.</summary>
    public static int Length(TensorPlan input, SizeValues sizes) =>
        (int)input.Shape.Aggregate(1L, (product, dim) => product * dim.Evaluate(sizes));

    /// <summary>The largest sizes of a session: so many samples, small images where their size is open.</summary>
    public static Sizes AtMost(Program program, int batch)
    {
        var sizes = new Sizes();
        foreach ((string symbol, int value) in Given(program, batch))
        {
            sizes[symbol] = value;
        }

        return sizes;
    }

    /// <summary>The sizes of a call.</summary>
    public static SizeValues Sizes(Program program, int batch)
    {
        var sizes = new SizeValues(program.Symbols);
        foreach ((string symbol, int value) in Given(program, batch))
        {
            sizes[symbol] = value;
        }

        return sizes;
    }

    /// <summary>A value for every symbol of the program, as a call takes them.</summary>
    public static (string Name, int Value)[] Given(Program program, int batch) =>
        [.. program.Symbols.Select(symbol => (symbol, symbol == "b" ? batch : OpenExtent))];
}
