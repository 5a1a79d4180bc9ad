using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using System.Threading;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace Dsl.Gpu;

/// <summary>The text of one kernel.</summary>
/// <param name="Kernel">The kernel's method: skeleton, form and body.</param>
/// <param name="Text">PTX as a driver gets it.</param>
internal sealed record PtxModule(string Kernel, string Text)
{
    /// <summary>Whether the text is free of branches that claim to be uniform.</summary>
    public bool IsSound => !PtxText.HasUniformBranch(Text);
}

/// <summary>Compiles the kernels of launches to PTX on a machine without a GPU: exactly those that an engine would
/// load.</summary>
[RequiresDynamicCode(GpuSupport.Reason)]
[RequiresUnreferencedCode(GpuSupport.Reason)]
internal static class PtxCompiler
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<MethodInfo, PtxModule> Known = [];
    private static Context? _context;

    /// <summary>The kernels of <paramref name="launch"/>, one after the other in one text (for people and searches;
    /// assemble <see cref="Modules(Launch)"/>).</summary>
    internal static string Compile(Launch launch) =>
        string.Join('\n', Modules(launch).Select(module => module.Text));

    /// <summary>The kernels of <paramref name="launch"/>, for compute capability 9.0 and the oldest PTX that knows
    /// it.</summary>
    /// <exception cref="NotSupportedException">The body uses what ILGPU cannot compile.</exception>
    internal static IReadOnlyList<PtxModule> Modules(Launch launch) => Modules([launch]);

    /// <summary>The kernels of <paramref name="launches"/>, each once.</summary>
    /// <exception cref="NotSupportedException">A body uses what ILGPU cannot compile.</exception>
    internal static IReadOnlyList<PtxModule> Modules(IEnumerable<Launch> launches)
    {
        lock (Gate)
        {
            _context ??= Context.Create().Optimize(OptimizationLevel.O2).ToContext();
            try
            {
                using var backend = new PTXBackend(
                    _context,
                    new CudaCapabilityContext(CudaArchitecture.SM_90),
                    CudaArchitecture.SM_90,
                    CudaInstructionSet.ISA_78,
                    null);
                var kernels = new TextKernels(backend);
                var loader = new GpuLoader(kernels);
                foreach (var launch in launches)
                {
                    loader.Load(launch).LoadAll();
                }

                return kernels.Modules;
            }
            catch
            {
                // A compilation that failed leaves its context unusable.
                _context.Dispose();
                _context = null;
                throw;
            }
        }
    }

    [RequiresDynamicCode(GpuSupport.Reason)]
    [RequiresUnreferencedCode(GpuSupport.Reason)]
    private sealed class TextKernels(PTXBackend backend) : GpuKernels
    {
        private readonly HashSet<MethodInfo> _loaded = [];

        internal List<PtxModule> Modules { get; } = [];

        internal override GpuKernel<TGeometry> Load<TGeometry>(Action<ArrayView<float>, Slots, TGeometry> kernel)
        {
            var method = kernel.Method;
            if (_loaded.Add(method))
            {
                if (!Known.TryGetValue(method, out PtxModule? module))
                {
                    string body = string.Join(", ", method.GetGenericArguments().Select(type => type.Name));
                    var compiled = (PTXCompiledKernel)PtxText.Compile(backend, method);
                    module = new PtxModule($"{method.DeclaringType!.Name}.{method.Name}<{body}>", compiled.PTXAssembly);
                    Known.Add(method, module);
                }

                Modules.Add(module);
            }

            var loaded = new GpuKernel<TGeometry>();
            loaded.Bind((_, _, _, _, _) =>
                throw new NotSupportedException("This kernel was compiled for its text only."));
            return loaded;
        }
    }
}
