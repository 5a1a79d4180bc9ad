using System;
using Dsl.Vectors;

namespace Dsl.Gpu;

/// <summary>The int of one GPU thread. The members that take host pointers are never part of a kernel.</summary>
internal readonly unsafe struct GpuInt : IInts<GpuFloat, GpuInt, GpuMask>
{
    internal readonly int V;

    internal GpuInt(int v) => V = v;

    public static GpuInt Splat(int value) => new(value);

    public static GpuInt Iota(int start) => new(start);

    public static GpuInt operator +(GpuInt a, GpuInt b) => new(a.V + b.V);

    public static GpuInt operator -(GpuInt a, GpuInt b) => new(a.V - b.V);

    public static GpuInt operator *(GpuInt a, GpuInt b) => new(a.V * b.V);

    public static GpuInt operator &(GpuInt a, GpuInt b) => new(a.V & b.V);

    public static GpuInt operator |(GpuInt a, GpuInt b) => new(a.V | b.V);

    public static GpuInt operator ^(GpuInt a, GpuInt b) => new(a.V ^ b.V);

    public static GpuInt ShiftLeft(GpuInt a, int by) => new(a.V << by);

    public static GpuInt ShiftRight(GpuInt a, int by) => new((int)((uint)a.V >> by));

    public static GpuInt MultiplyHigh(GpuInt a, GpuInt b) => new((int)(((ulong)(uint)a.V * (uint)b.V) >> 32));

    public static GpuMask Less(GpuInt a, GpuInt b) => new(a.V < b.V);

    public static GpuMask Equal(GpuInt a, GpuInt b) => new(a.V == b.V);

    public static GpuInt Select(GpuMask mask, GpuInt a, GpuInt b) => new(mask.V ? a.V : b.V);

    public static GpuInt Load(int* at) => throw new NotSupportedException();

    public static GpuInt Load(int* at, int count) => throw new NotSupportedException();

    public static void Store(int* at, GpuInt value) => throw new NotSupportedException();

    public static void Store(int* at, GpuInt value, int count) => throw new NotSupportedException();

    public static GpuFloat Gather(float* from, GpuInt index) => throw new NotSupportedException();
}
