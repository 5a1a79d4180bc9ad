using System;

namespace Dsl.Sessions;

/// <summary>What a session runs.</summary>
public enum EntryPoint
{
    /// <summary>Inference.</summary>
    Forward,

    /// <summary>The loss.</summary>
    Loss,

    /// <summary>The loss and the gradients.</summary>
    Train,
}

/// <summary>A model ready to run: one device, one block of memory.</summary>
public abstract class ModelSession : IDisposable
{
    /// <summary>The model.</summary>
    public IModel Model => throw new NotImplementedException();

    /// <summary>The optimiser.</summary>
    public Optimizer? Optimizer => throw new NotImplementedException();

    internal Engine Engine => throw new NotImplementedException();

    internal long ParameterBase => throw new NotImplementedException();

    internal long GradientBase => throw new NotImplementedException();

    internal long HyperBase => throw new NotImplementedException();

    internal long ParameterLength => throw new NotImplementedException();

    internal long DecayingLength => throw new NotImplementedException();

    internal ParameterSlot[] ParameterSlots => throw new NotImplementedException();

    internal long StateBase(int index) => throw new NotImplementedException();

    /// <summary>Chooses what to run.</summary>
    public void Begin(EntryPoint entry, params (string Name, int Value)[] sizes) => throw new NotImplementedException();

    /// <summary>Gives an input.</summary>
    public void Write(int input, ReadOnlySpan<float> values) => throw new NotImplementedException();

    /// <summary>Gives an input.</summary>
    public void Write(int input, ReadOnlySpan<int> values) => throw new NotImplementedException();

    /// <summary>Runs.</summary>
    public void Run() => throw new NotImplementedException();

    /// <summary>The loss.</summary>
    public float ReadScalar() => throw new NotImplementedException();

    /// <summary>An output.</summary>
    public void Read(int output, Span<float> values) => throw new NotImplementedException();

    /// <summary>Logical to session.</summary>
    public void PackParameters() => throw new NotImplementedException();

    /// <summary>Session to logical.</summary>
    public void UnpackParameters() => throw new NotImplementedException();

    internal void ReadParameterLayout(long regionBase, int parameter, Span<float> logical) => throw new NotImplementedException();

    internal void WriteParameterLayout(long regionBase, int parameter, ReadOnlySpan<float> logical) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the session owns.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
