using System;
using System.Diagnostics.CodeAnalysis;
using Dsl.Kernels;
using Dsl.Sessions;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>A stream of an accelerator and one buffer on it. Used by one thread at a time.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal sealed class GpuEngine : Engine
{
    // Kernels read nothing past the end; the slack keeps that true of readers of whole vectors.
    private const int Slack = 1024;

    private readonly GpuDevice _device;
    private readonly Accelerator _accelerator;
    private readonly AcceleratorStream _stream;
    private readonly GpuKernel<FillGeometry> _fill;
    private MemoryBuffer1D<float, Stride1D.Dense>? _buffer;
    private long _elements;
    private long _working;
    private ArrayView<float> _memory;

    /// <summary>Takes a device into use.</summary>
    /// <param name="kind">What drives it.</param>
    /// <param name="device">Which of its kind, from 0.</param>
    /// <exception cref="NotSupportedException">There is no such device.</exception>
    internal GpuEngine(GpuKind kind, int device = 0)
    {
        _device = GpuDevice.Take(kind, device);
        _accelerator = _device.Accelerator;
        try
        {
            _stream = _accelerator.CreateStream();
            _fill = Guarded(kernels => kernels.Load<FillGeometry>(GpuFill.Run));
        }
        catch
        {
            _stream?.Dispose();
            _device.Release();
            throw;
        }

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
                + "use a smaller batch or an optimiser with fewer arrays, or shard classes among ranks (Shards).");
        }

        _accelerator.Bind();
        _elements = elements;
        _buffer = _accelerator.Allocate1D<float>(elements + Slack);
        _buffer.MemSetToZero(_stream);
        _stream.Synchronize();
        _memory = _buffer.View.BaseView;
    }

    /// <inheritdoc/>
    public override object Load(Launch[] launches)
    {
        _accelerator.Bind();
        return Guarded(kernels =>
        {
            var loader = new GpuLoader(kernels);
            return Array.ConvertAll(launches, loader.Load);
        });
    }

    /// <inheritdoc/>
    public override void Build()
    {
        if (_device.Kernels.IsWaiting)
        {
            _accelerator.Bind();
            Guarded(static kernels =>
            {
                kernels.Build();
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public override void Run(object loaded)
    {
        var launches = (GpuLaunch[])loaded;
        _accelerator.Bind();
        lock (_device.Gate)
        {
            Prepare(launches);
        }

        foreach (var launch in launches)
        {
            // Ranks wait for each other, and may share the device.
            if (launch is GpuCollectiveLaunch)
            {
                launch.Run(_stream, _memory);
                continue;
            }

            lock (_device.Gate)
            {
                launch.Run(_stream, _memory);
            }
        }
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        _accelerator.Bind();
        _stream.Synchronize();
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
        Build();
        _accelerator.Bind();
        var geometry = new FillGeometry
        {
            At = checked((int)at),
            Count = checked((int)count),
            ValueBits = BitConverter.SingleToInt32Bits(value),
        };
        long groups = (count + GpuKernels.MaxThreads - 1) / GpuKernels.MaxThreads;
        lock (_device.Gate)
        {
            _fill.Launch(_stream, _memory, default, geometry, groups, GpuKernels.MaxThreads);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _accelerator.Bind();
        _stream.Synchronize();
        _buffer?.Dispose();
        _stream.Dispose();
        _device.Release();
    }

    // Working memory lies behind the session's, because kernels know one view. It grows until the largest extents were
    // seen.
    private void Prepare(GpuLaunch[] launches)
    {
        long working = 0;
        try
        {
            foreach (var launch in launches)
            {
                working = Math.Max(working, launch.Prepare());
            }
        }
        catch
        {
            _device.Retire();
            throw;
        }

        Build();
        if (working > _working)
        {
            Grow(working);
        }

        int at = checked((int)(_elements + Slack));
        foreach (var launch in launches)
        {
            launch.Working = at;
        }
    }

    private void Grow(long working)
    {
        long elements = _elements + Slack + working;
        if (elements > int.MaxValue)
        {
            throw new NotSupportedException(
                $"The session needs {elements} elements with its working memory, kernels address at most "
                + $"{int.MaxValue}: use a smaller batch.");
        }

        var grown = _accelerator.Allocate1D<float>(elements);
        grown.View.SubView(0, _elements).CopyFrom(_stream, _memory.SubView(0, _elements));
        _stream.Synchronize();
        _buffer!.Dispose();
        _buffer = grown;
        _memory = grown.View.BaseView;
        _working = working;
    }

    private T Guarded<T>(Func<LoadedKernels, T> use)
    {
        lock (_device.Gate)
        {
            try
            {
                return use(_device.Kernels);
            }
            catch
            {
                _device.Retire();
                throw;
            }
        }
    }
}
