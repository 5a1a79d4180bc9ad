using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;
using Dsl.Generator.Stepping;

namespace Dsl.Generator.Lowering;

/// <summary>Specs to graphs of ops. Mistakes of the model become problems; of each function the first is
/// reported.</summary>
internal static class ModelLowering
{
    /// <summary>Lowers every function of a model. A function with a problem has no graph; the others keep
    /// theirs.</summary>
    public static LoweredModel Lower(ModelSpec spec)
    {
        var layers = new LayerBook(spec);
        var problems = new List<Problem>();
        var graphs = new Dictionary<string, Graph>(StringComparer.Ordinal);
        bool depends = false;
        bool readTwice = spec.Functions.Any(static f => f.Name == TrainName);
        void Run(string name, FunctionSpec function, bool isTraining)
        {
            IReadOnlyList<Problem> found;
            try
            {
                var lowering = new FunctionLowering(layers, function, new ProgramLowering(isTraining));
                Node[] results = LowerFunction(layers, lowering, function, name);
                depends = lowering.Program.DependsOnTraining;
                if (name == TrainName || (name == LossName && !depends && !readTwice))
                {
                    GradientCheck.Check(lowering.Graph, results[0], lowering.Program.StepOf);
                }

                Graph own = OwnLengths.Apply(lowering.Graph, lowering.Program.StepOf, function.Site);
                graphs[name] = GraphVerifier.Verify(own, "lowering");
                IReadOnlyList<ImageFields> fields = ImageFields.Of(lowering.Graph);
                foreach (ImageFields image in fields)
                {
                    FieldVerifier.Verify(image);
                }

                layers.Report(fields);
                found = Alignment.Problems(fields, lowering.Program.StepOf);
            }
            catch (ProblemException e)
            {
                found = new[] { e.Problem };
            }

            // Loss inlines Forward, so it meets the same problems again, perhaps under other sites.
            problems.AddRange(
                found.Where(f => !problems.Any(p => p.Id == f.Id && p.Arguments.Equals(f.Arguments))).ToList());
        }

        foreach (FunctionSpec function in spec.Functions)
        {
            Run(function.Name, function, isTraining: function.Name == TrainName);
        }

        if (graphs.TryGetValue(LossName, out Graph? loss) && !readTwice)
        {
            graphs[TrainName] = loss;
            if (depends)
            {
                Run(TrainName, spec.Functions.First(static f => f.Name == LossName), isTraining: true);
            }
        }

        if (spec.InputGradients && spec.Functions.Any(static f => f.Name == "Forward" && f.Inputs.All(static i => i.Integers)))
        {
            problems.Add(new Problem(
                ProblemIds.ArgumentOutOfRange,
                spec.Site,
                new[] { spec.Name, "InputGradients", "true", "false, since 'Forward' takes no Tensor" }.ToEquatable()));
        }

        if (spec.Steps.Length > 0 && graphs.TryGetValue("Forward", out Graph? sequence))
        {
            string[] symbols = sequence.Inputs.SelectMany(static i => i.Shape).SelectMany(static d => d.Symbols)
                .Distinct().ToArray();
            string? must =
                !sequence.Inputs.Any(i => i.Shape.Any(d => d.Equals(Size.Symbol(spec.Steps))))
                    ? $"the symbolic size that counts the positions of an input: {string.Join(", ", symbols)}"
                : symbols.Contains(Stepper.Seen)
                    ? $"left out, or the size '{Stepper.Seen}' renamed: steps count their positions by that name"
                : null;
            if (must is not null)
            {
                problems.Add(new Problem(
                    ProblemIds.ArgumentOutOfRange, spec.Site, new[] { spec.Name, "Steps", spec.Steps, must }.ToEquatable()));
            }
        }

        var called = new HashSet<string>(
            from function in spec.Functions
            from step in function.Steps
            where step.Kind == StepKind.Layer
            select step.Target,
            StringComparer.Ordinal);
        problems.AddRange(
            from layer in spec.Layers
            where !called.Contains(layer.Name)
            select new Problem(ProblemIds.LayerNeverUsed, layer.Site, new[] { layer.Name }.ToEquatable())
            {
                Remedies = new[] { new Remedy(RemedyVerbs.Remove, layer.Site, "") }.ToEquatable(),
            });
        return new LoweredModel(
            spec,
            graphs.TryGetValue("Forward", out Graph? forward) ? forward : null,
            loss,
            graphs.TryGetValue(TrainName, out Graph? train) ? train : null,
            layers.Parameters.ToEquatable(),
            layers.Reports.ToEquatable(),
            problems.ToEquatable());
    }

    private const string LossName = "Loss";
    private const string TrainName = "Train";

    private static Node[] LowerFunction(LayerBook layers, FunctionLowering lowering, FunctionSpec function, string name)
    {
        Node[] results = lowering.Run();
        layers.CheckTies();
        foreach (Node result in results.Where(static r => r.DType == DType.Int))
        {
            throw new ProblemException(
                ProblemIds.ElementTypeMismatch,
                function.Site,
                function.Name,
                "result",
                "Tensor",
                result.Label,
                "IntTensor");
        }

        if (name is LossName or TrainName && results[0].Rank != 0)
        {
            throw new ProblemException(
                ProblemIds.LossIsNotScalar, function.Site, function.Name, results[0].Shape.Text())
                .Offer(results.Length == 1 ? new Remedy(RemedyVerbs.Wrap, function.Site, "Mean") : null);
        }

        for (int i = 0; i < results.Length; i++)
        {
            string result = function.Results[i].Name;
            string shown = name is LossName or TrainName && i == 0 ? LossName : result;
            lowering.Graph.Output(shown.Length > 0 ? shown : name, results[i]);
        }

        foreach (KeyValuePair<string, Node> state in lowering.Program.NextStates)
        {
            lowering.Graph.Output(state.Key + RegionOutputs.Next, state.Value);
        }

        return results;
    }
}
