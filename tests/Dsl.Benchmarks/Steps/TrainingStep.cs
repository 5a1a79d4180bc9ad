using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Benchmarks.Workloads;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Sessions;

namespace Dsl.Benchmarks.Steps;

/// <summary>A workload in a session, with random inputs that every step writes anew.</summary>
internal sealed class TrainingStep : IDisposable
{
    /// <summary>Lines of a graph that compute nothing: values that are there, and other views of them.</summary>
    private static readonly string[] s_views =
    [
        "input", "parameter", "state", "constant", "size", "reshape", "transpose", "broadcast", "slice", "stopgradient",
    ];

    private readonly Optimizer _optimizer;
    private readonly (string Name, int Value)[] _sizes;
    private readonly float[]?[] _floats;
    private readonly int[]?[] _ints;

    public TrainingStep(Workload workload, Device device)
    {
        IModel model = workload.Create();
        model.Parameters.Initialize(1);
        _optimizer = workload.Optimizer();
        Session = model.NewSession(
            new SessionOptions { Device = device, Sizes = workload.Sizes, Optimizer = _optimizer });
        Program = Session.Loaded(EntryPoint.Train)!;
        _sizes = [.. workload.Sizes.Select(static s => (s.Key, s.Value))];
        _floats = new float[Program.Inputs.Length][];
        _ints = new int[Program.Inputs.Length][];
        var random = new Random(1);
        for (int i = 0; i < Program.Inputs.Length; i++)
        {
            BoundTensor input = Program.Inputs[i];
            input.Resize(Program.Maximum);
            if (input.Plan.Integers)
            {
                int limit = Math.Max(1, input.Plan.Limit);
                _ints[i] = Enumerable.Range(0, (int)input.Length).Select(_ => random.Next(limit)).ToArray();
            }
            else
            {
                _floats[i] = Enumerable.Range(0, (int)input.Length).Select(_ => random.NextSingle()).ToArray();
            }
        }
    }

    public ModelSession Session { get; }

    /// <summary>The program that is trained with.</summary>
    public LoadedProgram Program { get; }

    /// <summary>The launches of forward and backward.</summary>
    public IReadOnlyList<Launch> Launches => Program.Launches;

    /// <summary>Nodes of the training graph that compute something.</summary>
    public int Ops => Session.Model.Compiled.Stages["training"].Split('\n')
        .Where(static line => line.StartsWith('%') && line.Contains(" = "))
        .Select(static line => line[(line.IndexOf(" = ", StringComparison.Ordinal) + 3)..].Split('[', '(', ' ')[0])
        .Count(static op => !s_views.Contains(op));

    /// <summary>What the program's buffers would take side by side, as a multiple of its arena.</summary>
    public double BufferShare => (double)Program.Program.Buffers.Sum(b => b.Length.Evaluate(Program.Maximum))
        / Program.ArenaLength;

    /// <summary>The threads' allocations so far, the caller's included.</summary>
    public long AllocatedBytes
    {
        get
        {
            if (Session.Engine is not HostEngine { Team: var team })
            {
                return GC.GetAllocatedBytesForCurrentThread();
            }

            var meter = new Meter(team.Threads);
            team.RunOnEach(meter);
            return meter.Total;
        }
    }

    /// <summary>Inputs, forward, backward.</summary>
    public void Run()
    {
        Session.Begin(EntryPoint.Train, _sizes);
        for (int i = 0; i < _floats.Length; i++)
        {
            if (_ints[i] is { } ints)
            {
                Session.Write(i, ints);
            }
            else
            {
                Session.Write(i, _floats[i]);
            }
        }

        Session.Run();
    }

    /// <summary>Takes the optimiser's step.</summary>
    public void Update() => _optimizer.Update(Session);

    /// <summary>All of it; the loss before the step.</summary>
    public float Step()
    {
        Run();
        Update();
        return Session.ReadScalar();
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    private sealed class Meter(int threads) : ITeamWork
    {
        private readonly long[] _bytes = new long[threads];

        public long Total => _bytes.Sum();

        public void Run(int worker) => _bytes[worker] = GC.GetAllocatedBytesForCurrentThread();
    }
}
