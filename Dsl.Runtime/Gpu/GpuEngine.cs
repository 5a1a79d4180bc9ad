using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Dsl.Kernels;
using Dsl.Sessions;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>An accelerator's stream and one buffer on it. Used by one thread at a time.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal sealed class GpuEngine : Engine
{
    // Kernels read nothing past the end; the slack keeps that true of readers of whole vectors.
    private const int Slack = 1024;

    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly AcceleratorStream _stream;
    private readonly GpuLoader _loader;
    private readonly GpuKernel<FillGeometry> _fill;
    private MemoryBuffer1D<float, Stride1D.Dense>? _buffer;
    private ArrayView<float> _memory;

    /// <summary>Takes a device into use.</summary>
    /// <param name="kind">What drives it.</param>
    /// <param name="device">Which of its kind, from 0.</param>
    /// <exception cref="NotSupportedException">There is no such device.</exception>
    internal GpuEngine(GpuKind kind, int device = 0)
    {
        _context = GpuContexts.Create(kind);
        try
        {
            _accelerator = GpuContexts.Accelerator(_context, kind, device);
        }
        catch
        {
            _context.Dispose();
            throw;
        }

        _stream = _accelerator.DefaultStream;
        var kernels = new AcceleratorKernels(_accelerator);
        _loader = new GpuLoader(kernels);
        _fill = kernels.Load<FillGeometry>(GpuFill.Run);
        Description = $"{GpuContexts.Name(kind)}, {_accelerator.Name}, {_accelerator.MemorySize >> 20} MiB";
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override void Allocate(long elements)
    {
        if (elements > int.MaxValue - Slack)
        {
            throw new NotSupportedException(
                $"The session needs {elements} elements, kernels address at most {int.MaxValue - Slack}: "
                + "use a smaller batch.");
        }

        _accelerator.Bind();
        _buffer = _accelerator.Allocate1D<float>(elements + Slack);
        _buffer.MemSetToZero(_stream);
        _stream.Synchronize();
        _memory = _buffer.View.BaseView;
    }

    /// <inheritdoc/>
    public override object Load(Launch[] launches)
    {
        _accelerator.Bind();
        var loaded = new GpuLaunch[launches.Length];
        for (int i = 0; i < loaded.Length; i++)
        {
            loaded[i] = _loader.Load(launches[i]);
        }

        return loaded;
    }

    /// <inheritdoc/>
    public override void Run(object loaded)
    {
        _accelerator.Bind();
        foreach (var launch in (GpuLaunch[])loaded)
        {
            launch.Run(_stream, _memory);
        }
    }

    /// <inheritdoc/>
    public override void Write(long at, ReadOnlySpan<float> values)
    {
        if (values.Length > 0)
        {
            _accelerator.Bind();
            _memory.SubView(at, values.Length).CopyFromCPU(_stream, values);
            _stream.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override void Read(long at, Span<float> values)
    {
        if (values.Length > 0)
        {
            _accelerator.Bind();
            _memory.SubView(at, values.Length).CopyToCPU(_stream, values);
            _stream.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override void Fill(long at, long count, float value)
    {
        _accelerator.Bind();
        var geometry = new FillGeometry
        {
            At = checked((int)at),
            Count = checked((int)count),
            ValueBits = BitConverter.SingleToInt32Bits(value),
        };
        long groups = (count + GpuKernels.MaxThreads - 1) / GpuKernels.MaxThreads;
        _fill.Launch(_stream, _memory, default, geometry, groups, GpuKernels.MaxThreads);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _buffer?.Dispose();
        _accelerator.Dispose();
        _context.Dispose();
    }

    [RequiresDynamicCode(GpuSupport.Reason)]
    [RequiresUnreferencedCode(GpuSupport.Reason)]
    private sealed class AcceleratorKernels(Accelerator accelerator) : GpuKernels
    {
        private readonly Dictionary<MethodInfo, object> _loaded = [];

        internal override GpuKernel<TGeometry> Load<TGeometry>(Action<ArrayView<float>, Slots, TGeometry> kernel)
        {
            if (!_loaded.TryGetValue(kernel.Method, out var known))
            {
                // One path for every device, so that what is tested on OpenCL is what runs on CUDA.
                var compiled = PtxText.Compile(accelerator.GetBackend(), kernel.Method);
                known = new GpuKernel<TGeometry>(accelerator.LoadKernel(compiled).CreateLauncherDelegate<
                    Action<AcceleratorStream, KernelConfig, ArrayView<float>, Slots, TGeometry>>());
                _loaded.Add(kernel.Method, known);
            }

            return (GpuKernel<TGeometry>)known;
        }
    }
}
