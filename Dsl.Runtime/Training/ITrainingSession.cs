using System;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>What a trainer sees of a session: memory for the optimiser, and the power to run the model.</summary>
internal interface ITrainingSession : ITrainingMemory
{
    /// <summary>The model's parameters in logical layout. The session has set <see cref="ParameterSet.Fetch"/>: whoever
    /// reads them
    /// gets the newest.</summary>
    ParameterSet Parameters { get; }

    /// <summary>The optimiser the session keeps arrays for.</summary>
    Optimizer Optimizer { get; }

    /// <inheritdoc cref="ModelSession.Seed"/>
    ulong Seed
    {
        get => 0;
        set { }
    }

    /// <summary>The model's programs.</summary>
    CompiledModel Compiled { get; }

    /// <inheritdoc cref="ModelSession.Begin"/>
    void Begin(EntryPoint entry, (string Name, int Value)[] sizes);

    /// <inheritdoc cref="ModelSession.Write(int, ReadOnlySpan{float})"/>
    void Write(int input, ReadOnlySpan<float> values);

    /// <inheritdoc cref="ModelSession.Write(int, ReadOnlySpan{int})"/>
    void Write(int input, ReadOnlySpan<int> values);

    /// <inheritdoc cref="ModelSession.Run"/>
    void Run();

    /// <inheritdoc cref="ModelSession.ReadScalar"/>
    float ReadScalar();

    /// <inheritdoc cref="ModelSession.Read"/>
    void Read(int output, Span<float> values);

    /// <inheritdoc cref="ModelSession.PackParameters"/>
    void PackParameters();

    /// <inheritdoc cref="ModelSession.ReadParameterLayout"/>
    void ReadParameterLayout(long regionBase, int parameter, Span<float> logical);

    /// <inheritdoc cref="ModelSession.WriteParameterLayout"/>
    void WriteParameterLayout(long regionBase, int parameter, ReadOnlySpan<float> logical);
}
