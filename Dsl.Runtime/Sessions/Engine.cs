using System;
using Dsl.Kernels;

namespace Dsl.Sessions;

/// <summary>
/// What a session runs on: one block of memory and the power to run launches on it, in order. The host engine is a team of
/// threads; the GPU engine is a stream of an accelerator.
/// </summary>
internal abstract class Engine : IDisposable
{
    /// <summary>One line for people: the device and what it uses, for example <c>host, AVX2, 2 threads</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Allocates the session's memory, zeroed. Called once, before anything else. The engine adds slack behind it, so
    /// that a kernel may read (never write) a whole vector past the end.</summary>
    /// <param name="elements">Elements of 32 bits.</param>
    public abstract void Allocate(long elements);

    /// <summary>Makes <paramref name="launches"/> ready to run (a GPU compiles its kernels here) and returns a handle that
    /// <see cref="Run"/> takes.</summary>
    public abstract object Load(Launch[] launches);

    /// <summary>Says that no more launches follow at present: a driver that compiles kernels takes those of several loads
    /// together. The next <see cref="Run"/> does it otherwise.</summary>
    public virtual void Build()
    {
    }

    /// <summary>Runs loaded launches in order with their present offsets and extents. Allocates nothing.</summary>
    public abstract void Run(object loaded);

    /// <summary>Waits until everything that was run has finished.</summary>
    public virtual void Synchronize()
    {
    }

    /// <summary>How many processor threads share a launch; 0 when it runs elsewhere.</summary>
    public virtual int Threads => 0;

    /// <summary>Copies into the session's memory.</summary>
    public abstract void Write(long at, ReadOnlySpan<float> values);

    /// <summary>Copies out of the session's memory, after everything that was run has finished.</summary>
    public abstract void Read(long at, Span<float> values);

    /// <summary>Sets elements to a value.</summary>
    public abstract void Fill(long at, long count, float value);

    /// <summary>Where host code may touch the memory directly; null on a GPU.</summary>
    public virtual unsafe float* Pointer => null;

    /// <inheritdoc/>
    public abstract void Dispose();
}
