using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.ReceptiveFields;
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
            IReadOnlyList<Problem> found;
            try
            {
                var lowering = new FunctionLowering(spec, layers, function);
                graphs[function.Name] = LowerFunction(lowering, function);
                IReadOnlyList<ImageFields> fields = ImageFields.Of(lowering.Graph);
                foreach (ImageFields image in fields)
                {
                    FieldVerifier.Verify(image);
                }

                layers.Report(fields);
                found = Alignment.Problems(fields, lowering.StepOf);
            }
            catch (ProblemException e)
            {
                found = new[] { e.Problem };
            }

            // Loss inlines Forward, so it meets the same problems again, perhaps under other sites.
            problems.AddRange(
                found.Where(f => !problems.Any(p => p.Id == f.Id && p.Arguments.Equals(f.Arguments))).ToList());
        }

        if (spec.InputGradients && spec.Functions.Any(static f => f.Name == "Forward" && f.Inputs.All(static i => i.Integers)))
        {
            problems.Add(new Problem(
                ProblemIds.ArgumentOutOfRange,
                spec.Site,
                new[] { spec.Name, "InputGradients", "true", "false, since 'Forward' takes no Tensor" }.ToEquatable()));
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

    private static Graph LowerFunction(FunctionLowering lowering, FunctionSpec function)
    {
        Node result = lowering.Run();
        if (result.DType == DType.Int)
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

        if (function.HasResultShape)
        {
            string where = $"the return shape of '{function.Name}'";
            var claim = function.ResultDims.Map(text => SizeReading.Read(text, lowering.Symbols, where, function.Site));
            if (!result.SameShape(claim))
            {
                throw new ProblemException(
                    ProblemIds.ReturnShapeDiffers, function.Site, function.Name, claim.Text(), result.Shape.Text());
            }
        }

        if (function.Name == LossName)
        {
            if (result.Rank != 0)
            {
                throw new ProblemException(
                    ProblemIds.LossIsNotScalar, function.Site, function.Name, result.Shape.Text());
            }

            GradientCheck.Check(lowering.Graph, result, lowering.StepOf);
        }

        lowering.Graph.Output(function.Name, result);
        return GraphVerifier.Verify(lowering.Graph, "lowering");
    }
}
