extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using Optimizer = runtime::Dsl.Optimizer;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A case's session on a device: every run starts with memory full of NaN.</summary>
internal sealed class CaseSession : IDisposable
{
    private readonly CompiledCase _compiled;

    public CaseSession(CompiledCase compiled, Device device)
    {
        _compiled = compiled;
        var sizes = new runtime::Dsl.Sizes();
        foreach (var (name, value) in compiled.Case.Largest)
        {
            sizes[name] = value;
        }

        Optimizer? optimizer = compiled.Lowered.Loss is null ? null : new Sgd(0.1f);
        Session = compiled.NewModel().NewSession(new SessionOptions
        {
            Device = device, Sizes = sizes, Optimizer = optimizer, InPlaceUpdates = false,
            Collectives = compiled.Case.Ranks > 1 ? new LikeRanks(compiled.Case.Ranks) : null,
        });
        Session.Seed = CaseData.Seed;
    }

    public ModelSession Session { get; }

    /// <summary>Runs every entry point.</summary>
    public CaseResult Run(CaseData data, string run)
    {
        foreach (var (name, values) in data.Parameters)
        {
            Session.Model.Parameters[name].CopyFrom(CaseData.Floats(values));
        }

        var sizes = ChainCase.SizesOf(run).Select(static p => (p.Key, p.Value)).ToArray();
        var result = new CaseResult();
        var forward = _compiled.Lowered.Forward!;
        Start(EntryPoint.Forward, sizes, data);
        for (int i = 0; i < forward.Outputs.Count; i++)
        {
            long length = forward.Outputs[i].Node.Shape.Aggregate(1L, (n, d) => n * d.Evaluate(s => ChainCase.SizesOf(run)[s]));
            var output = new float[length];
            Session.Read(i, output);
            result[CaseResult.Output(i)] = CaseData.Doubles(output);
        }

        if (Session.Loaded(EntryPoint.Sensitivity)?.Program is { } sensitivity)
        {
            Start(EntryPoint.Sensitivity, sizes, data);
            for (int i = 0; i < sensitivity.Outputs.Count; i++)
            {
                string name = sensitivity.Outputs[i].Name;
                var gradient = new float[data.Inputs[name[..name.IndexOf('.', StringComparison.Ordinal)]].Data.Length];
                Session.Read(i, gradient);
                result[name] = CaseData.Doubles(gradient);
            }
        }

        if (_compiled.Lowered.Loss is null)
        {
            return result;
        }

        Start(EntryPoint.Loss, sizes, data);
        result[CaseResult.Loss] = [Session.ReadScalar()];
        Start(EntryPoint.Train, sizes, data);
        result[CaseResult.Train] = [Session.ReadScalar()];
        for (int i = 0; i < Session.Model.Parameters.Count; i++)
        {
            var gradient = new float[Session.Model.Parameters[i].Length];
            Session.ReadParameterLayout(Session.GradientBase, i, gradient);
            result[CaseResult.After(Session.Model.Parameters[i])] = CaseData.Doubles(gradient);
        }

        return result;
    }

    public void Dispose() => Session.Dispose();

    private void Start(EntryPoint entry, (string, int)[] sizes, CaseData data)
    {
        Session.Engine.Fill(Session.ArenaBase, Session.ArenaLength, float.NaN);
        if (Session.Optimizer is not null)
        {
            Session.Engine.Fill(Session.GradientBase, Session.RegionLength, float.NaN);
        }

        var program = Session.Loaded(entry)!.Program;
        Session.Begin(entry, [.. sizes.Where(s => program.Symbols.Contains(s.Item1))]);
        for (int i = 0; i < program.Inputs.Count; i++)
        {
            var values = data.Inputs[program.Inputs[i].Name];
            if (program.Inputs[i].Integers)
            {
                Session.Write(i, CaseData.Ints(values).AsSpan());
            }
            else
            {
                Session.Write(i, CaseData.Floats(values).AsSpan());
            }
        }

        Session.Run();
    }
}
