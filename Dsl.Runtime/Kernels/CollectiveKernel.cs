using System;
using Dsl.Sharding;

namespace Dsl.Kernels;

/// <summary>What is told to whom.</summary>
public sealed record CollectiveShape
{
    /// <summary>What.</summary>
    public required CollectiveKind Kind { get; init; }

    /// <summary>How many ranks there are.</summary>
    public required int Ranks { get; init; }

    /// <summary>Elements: of the operand of <see cref="CollectiveKind.Gather"/>, else of the result.</summary>
    public required Size Length { get; init; }

    /// <summary>Of <see cref="CollectiveKind.OwnLabels"/> the classes of each rank.</summary>
    public int Classes { get; init; }
}

/// <summary>A collective operation of the ranks of a training.</summary>
public sealed class CollectiveKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The operands, then the result. The operands of <see cref="CollectiveKind.Losses"/> are the logarithms of
    /// the sums over all classes, then losses and logarithms of sums over those of this rank.</param>
    /// <param name="shape">What is told to whom.</param>
    public CollectiveKernel(string name, string[] buffers, CollectiveShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>What is told to whom.</summary>
    public CollectiveShape Shape { get; }

    internal override Launch Prepare() => new CollectiveLaunch(this);
}

/// <summary>A <see cref="CollectiveKernel"/> in one session.</summary>
public sealed unsafe class CollectiveLaunch : Launch
{
    internal CollectiveLaunch(CollectiveKernel kernel)
        : base(kernel) => Shape = kernel.Shape;

    internal CollectiveShape Shape { get; }

    /// <summary>The ranks; the session says so. Null: it is alone and must not run this.</summary>
    internal ICollectives? Collectives { get; set; }

    internal int Length { get; private set; }

    /// <summary>Elements of an operand.</summary>
    internal int OperandLength => Shape.Kind == CollectiveKind.Scatter ? Length * Shape.Ranks : Length;

    /// <summary>Elements of the result.</summary>
    internal int ResultLength => Shape.Kind == CollectiveKind.Gather ? Length * Shape.Ranks : Length;

    internal override void Resize(SizeValues sizes) => Length = checked((int)Shape.Length.Evaluate(sizes));

    internal override int Slices(int phase) => 1;

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        int last = Kernel.Buffers.Count - 1;
        Compute(
            new ReadOnlySpan<float>(memory + Slots.Offset(0), OperandLength),
            last > 1 ? new ReadOnlySpan<float>(memory + Slots.Offset(1), Length) : default,
            last > 2 ? new ReadOnlySpan<float>(memory + Slots.Offset(2), Length) : default,
            new Span<float>(memory + Slots.Offset(last), ResultLength));
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Collective(this);

    /// <summary>Computes the result in the host's memory.</summary>
    internal void Compute(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> third, Span<float> result)
    {
        ICollectives ranks = Collectives
            ?? throw new InvalidOperationException($"'{Kernel.Name}' needs {Shape.Ranks} ranks, but the session has none.");
        switch (Shape.Kind)
        {
            case CollectiveKind.Gather:
                ranks.AllGather(first, result);
                break;
            case CollectiveKind.Scatter:
                ranks.ReduceScatter(first, result);
                break;
            case CollectiveKind.OwnLabels:
                OwnLabels(first, ranks.Rank * Shape.Classes, result);
                break;
            case CollectiveKind.LogSum:
                LogSum(ranks, first, result);
                break;
            default:
                for (int i = 0; i < result.Length; i++)
                {
                    result[i] = third[i] - second[i];
                }

                ranks.AllReduce(result, Reduction.Sum);
                for (int i = 0; i < result.Length; i++)
                {
                    result[i] = first[i] - result[i];
                }

                break;
        }
    }

    private void OwnLabels(ReadOnlySpan<float> labels, int begin, Span<float> own)
    {
        for (int i = 0; i < own.Length; i++)
        {
            // Far below 0 an ignored label must not wrap around.
            long label = (long)BitConverter.SingleToInt32Bits(labels[i]) - begin;
            own[i] = BitConverter.Int32BitsToSingle(label >= 0 && label < Shape.Classes ? (int)label : -1);
        }
    }

    /// <summary>max + log Σ exp(x - max): of the results' room twice, first the maxima, then the sums.</summary>
    private static void LogSum(ICollectives ranks, ReadOnlySpan<float> sums, Span<float> result)
    {
        const int Part = 256;
        Span<float> part = stackalloc float[Part];
        for (int at = 0; at < sums.Length; at += Part)
        {
            ReadOnlySpan<float> own = sums.Slice(at, Math.Min(Part, sums.Length - at));
            Span<float> to = result.Slice(at, own.Length);
            Span<float> largest = part[..own.Length];
            own.CopyTo(largest);
            ranks.AllReduce(largest, Reduction.Max);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = MathF.Exp(own[i] - largest[i]);
            }

            ranks.AllReduce(to, Reduction.Sum);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = largest[i] + MathF.Log(to[i]);
            }
        }
    }
}
