using System;
using System.Collections.Generic;
using Dsl.Host;
using Dsl.Plans;
using Dsl.Sessions;
using Program = Dsl.Plans.Program;

namespace Dsl.Runtime.Tests.Training;

/// <summary>
/// A linear classifier x [b, 4] -> [b, 3] with cross-entropy, computed here in plain loops on a host engine's memory,
/// so that
/// trainers are tested without a compiler. The weight lies transposed in the session, as a compiled one may.
/// </summary>
internal sealed unsafe class LinearSession : ITrainingSession, IDisposable
{
    public const int Features = 4;
    public const int Classes = 3;
    private const int Base = 64;
    private const int Padded = 16;
    private const int MaxBatch = 64;

    private readonly float[] _x = new float[MaxBatch * Features];
    private readonly int[] _labels = new int[MaxBatch];
    private readonly float[] _scores = new float[MaxBatch * Classes];
    private EntryPoint _entry;
    private int _rows;
    private float _loss;
    private long _packedVersion;

    public LinearSession(Optimizer optimizer, ulong seed = 0)
    {
        Optimizer = optimizer;
        Parameters = new ParameterSet(
        [
            new ParameterInfo("Classify.Bias", [Classes], Initializer.Uniform(0.5), decays: false),
            new ParameterInfo("Classify.Weight", [Classes, Features], Initializer.Uniform(0.5), decays: true),
        ]);
        Parameters.Initialize(seed);
        Engine = new HostEngine(1);
        Engine.Allocate(Base + Hyper.Length + ((2 + optimizer.StateCount) * ParameterLength));
        PackParameters();
        Parameters.Fetch = Fetch;
    }

    public Engine Engine { get; }

    public ParameterSet Parameters { get; }

    public Optimizer Optimizer { get; }

    public CompiledModel Compiled { get; } = new(
        "Linear",
        [],
        new Program("Forward", ["b"], [X], [new TensorPlan("scores", "s", ["b", Classes], [Classes, 1])], [], []),
        new Program("Loss", ["b"], [X, Label], [], [], []),
        new Program("Train", ["b"], [X, Label], [], [], []),
        [],
        StageDumps.Empty)
    {
        Plan = new("Linear", (Features + 1) * Classes, 0, 0, 0, 0, 0, 0),
    };

    public long HyperBase => Base;

    public long ParameterBase => Base + Hyper.Length;

    public long GradientBase => ParameterBase + ParameterLength;

    public long ParameterLength => 2 * Padded;

    public long DecayingLength => Padded;

    public IReadOnlyList<ParameterSlot> ParameterSlots { get; } =
        [new("Classify.Bias", Padded, Classes, false), new("Classify.Weight", 0, Classes * Features, true)];

    private static TensorPlan X => new("x", "x", ["b", Features], [Features, 1]);

    private static TensorPlan Label => new("label", "l", ["b"], [1]) { Integers = true, Limit = Classes };

    public long StateBase(int index) => GradientBase + ((1 + index) * ParameterLength);

    public void Begin(EntryPoint entry, (string Name, int Value)[] sizes) => (_entry, _rows) = (entry, sizes[0].Value);

    public void Write(int input, ReadOnlySpan<float> values) => values.CopyTo(_x);

    public void Write(int input, ReadOnlySpan<int> values) => values.CopyTo(_labels);

    public float ReadScalar() => _loss;

    public void Read(int output, Span<float> values) => _scores.AsSpan(0, _rows * Classes).CopyTo(values);

    public void Run()
    {
        if (Parameters.Version != _packedVersion)
        {
            PackParameters();
        }

        float* weight = Engine.Pointer + ParameterBase;
        float* bias = weight + Padded;
        float* gradient = Engine.Pointer + GradientBase;
        if (_entry == EntryPoint.Train)
        {
            new Span<float>(gradient, 2 * Padded).Clear();
        }

        _loss = 0;
        for (int row = 0; row < _rows; row++)
        {
            Span<float> scores = _scores.AsSpan(row * Classes, Classes);
            float sum = 0;
            for (int c = 0; c < Classes; c++)
            {
                scores[c] = bias[c];
                for (int f = 0; f < Features; f++)
                {
                    scores[c] += weight[(f * Classes) + c] * _x[(row * Features) + f];
                }

                sum += MathF.Exp(scores[c]);
            }

            if (_entry == EntryPoint.Forward)
            {
                continue;
            }

            _loss -= (scores[_labels[row]] - MathF.Log(sum)) / _rows;
            for (int c = 0; c < Classes && _entry == EntryPoint.Train; c++)
            {
                float d = ((MathF.Exp(scores[c]) / sum) - (c == _labels[row] ? 1f : 0f)) / _rows;
                gradient[Padded + c] += d;
                for (int f = 0; f < Features; f++)
                {
                    gradient[(f * Classes) + c] += d * _x[(row * Features) + f];
                }
            }
        }
    }

    public void PackParameters()
    {
        for (int i = 0; i < 2; i++)
        {
            WriteParameterLayout(ParameterBase, i, Parameters[i].Raw);
        }

        _packedVersion = Parameters.Version;
    }

    public void ReadParameterLayout(long regionBase, int parameter, Span<float> logical)
    {
        for (int i = 0; i < logical.Length; i++)
        {
            logical[i] = Engine.Pointer[regionBase + Physical(parameter, i)];
        }
    }

    public void WriteParameterLayout(long regionBase, int parameter, ReadOnlySpan<float> logical)
    {
        for (int i = 0; i < logical.Length; i++)
        {
            Engine.Pointer[regionBase + Physical(parameter, i)] = logical[i];
        }
    }

    /// <summary>All that training changes.</summary>
    public float[] Everything()
    {
        var values = new float[(2 + Optimizer.StateCount) * ParameterLength];
        Engine.Read(ParameterBase, values);
        values.AsSpan((int)ParameterLength, (int)ParameterLength).Clear();
        return values;
    }

    public void Dispose() => Engine.Dispose();

    private void Fetch()
    {
        for (int i = 0; i < 2 && Parameters.Version == _packedVersion; i++)
        {
            ReadParameterLayout(ParameterBase, i, Parameters[i].Raw);
        }
    }

    private static int Physical(int parameter, int i) =>
        parameter == 0 ? Padded + i : (i % Features * Classes) + (i / Features);
}
