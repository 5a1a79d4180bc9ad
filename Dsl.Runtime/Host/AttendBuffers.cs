using System;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>Where the buffers of an attention begin, its gradient's included; what it does not have is null.</summary>
internal readonly unsafe struct AttendBuffers
{
    public readonly float* Queries;
    public readonly float* Keys;
    public readonly float* Values;
    public readonly float* Result;
    public readonly float* LogSums;
    public readonly float* ResultGradient;
    public readonly float* QueryGradient;
    public readonly float* KeyGradient;
    public readonly float* ValueGradient;
    public readonly float* BiasGradient;
    public readonly float* Scratch;
    private readonly float* _bias;
    private readonly int* _segments;
    private readonly int* _lengths;

    public AttendBuffers(AttendLaunchBase launch, float* memory)
    {
        AttendSlots slots = AttendSlots.Of(launch);
        Queries = At(launch, memory, slots.Queries);
        Keys = At(launch, memory, slots.Keys);
        Values = At(launch, memory, slots.Values);
        Result = At(launch, memory, slots.Result);
        LogSums = At(launch, memory, slots.LogSums);
        ResultGradient = At(launch, memory, slots.ResultGradient);
        QueryGradient = At(launch, memory, slots.QueryGradient);
        KeyGradient = At(launch, memory, slots.KeyGradient);
        ValueGradient = At(launch, memory, slots.ValueGradient);
        BiasGradient = At(launch, memory, slots.BiasGradient);
        Scratch = At(launch, memory, slots.Scratch);
        _bias = At(launch, memory, slots.Bias);
        _segments = (int*)At(launch, memory, slots.Segments);
        _lengths = (int*)At(launch, memory, slots.Lengths);
    }

    /// <summary>The bias of a head.</summary>
    public float* BiasOf(in AttendExtents e, int head) => _bias == null ? null : _bias + ((nint)head * e.BiasHead);

    /// <summary>The segment numbers of a sequence.</summary>
    public int* SegmentsOf(in AttendExtents e, int batch) =>
        _segments == null ? null : _segments + ((nint)batch * e.SegmentBatch);

    /// <summary>The extents with a sequence's own number of keys.</summary>
    public AttendExtents Own(in AttendExtents e, int batch)
    {
        AttendExtents own = e;
        if (_lengths != null)
        {
            own.OwnKeys = Math.Min(_lengths[batch], e.Keys);
        }

        return own;
    }

    private static float* At(AttendLaunchBase launch, float* memory, int slot) =>
        slot < 0 ? null : memory + launch.Slots.Offset(slot);
}
