using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Specs;

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
        foreach (FunctionSpec function in spec.Functions)
        {
            try
            {
                graphs[function.Name] = LowerFunction(layers, function);
            }
            catch (ProblemException e)
            {
                // Loss inlines Forward, so it meets the same problem again, perhaps under another site.
                if (!problems.Any(p => p.Id == e.Problem.Id && p.Arguments.Equals(e.Problem.Arguments)))
                {
                    problems.Add(e.Problem);
                }
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
            select new Problem(ProblemIds.LayerNeverUsed, layer.Site, new[] { layer.Name }.ToEquatable()));
        return new LoweredModel(
            spec,
            graphs.TryGetValue("Forward", out Graph? forward) ? forward : null,
            graphs.TryGetValue(LossName, out Graph? loss) ? loss : null,
            layers.Parameters.ToEquatable(),
            layers.Reports.ToEquatable(),
            problems.ToEquatable());
    }

    private const string LossName = "Loss";

    private static Graph LowerFunction(LayerBook layers, FunctionSpec function)
    {
        var lowering = new FunctionLowering(layers, function);
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

        if (function.Name == LossName)
        {
            if (results[0].Rank != 0)
            {
                throw new ProblemException(
                    ProblemIds.LossIsNotScalar, function.Site, function.Name, results[0].Shape.Text());
            }

            GradientCheck.Check(lowering.Graph, results[0], lowering.StepOf);
        }

        for (int i = 0; i < results.Length; i++)
        {
            string name = function.Results[i].Name;
            lowering.Graph.Output(name.Length > 0 ? name : function.Name, results[i]);
        }

        return GraphVerifier.Verify(lowering.Graph, "lowering");
    }
}
