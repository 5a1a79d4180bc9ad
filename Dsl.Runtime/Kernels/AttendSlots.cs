namespace Dsl.Kernels;

/// <summary>Which slot has which buffer of an attention; -1: it does not have it.</summary>
internal struct AttendSlots
{
    internal int Queries;
    internal int Keys;
    internal int Values;
    internal int Result;
    internal int LogSums;
    internal int Bias;
    internal int Segments;
    internal int Lengths;
    internal int ResultGradient;
    internal int QueryGradient;
    internal int KeyGradient;
    internal int ValueGradient;
    internal int BiasGradient;
    internal int Scratch;

    /// <summary>In the order that <see cref="AttendKernel{TWide, TNarrow}"/> and
    /// <see cref="AttendGradientKernel{TWide, TNarrow}"/> state.</summary>
    internal static AttendSlots Of(AttendLaunchBase launch)
    {
        AttendShape shape = launch.Shape;
        AttendGradients? gradients = (launch as AttendGradientLaunch)?.Gradients;
        bool softmax = shape.Score == AttentionScore.Softmax;
        int next = 3;
        int Take(bool exists) => exists ? next++ : -1;
        return new AttendSlots
        {
            Queries = 0,
            Keys = 1,
            Values = 2,
            ResultGradient = Take(gradients is not null),
            Result = Take(gradients is null || softmax),
            LogSums = Take(shape.LogSums),
            Bias = Take(shape.Bias != AttendBias.None),
            Segments = Take(shape.Segments),
            Lengths = Take(shape.Lengths),
            QueryGradient = Take(gradients is { Queries: true }),
            KeyGradient = Take(gradients is { Keys: true }),
            ValueGradient = Take(gradients is { Values: true }),
            BiasGradient = Take(gradients is { Bias: true }),
            Scratch = Take(true),
        };
    }
}
