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
                graphs[function.Name] = LowerFunction(spec, layers, function);
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
            select new Problem(ProblemIds.LayerNeverUsed, layer.Site, new[] { layer.Name }.ToEquatable())
            {
                Remedies = new[] { new Remedy(RemedyVerbs.Remove, layer.Site, "") }.ToEquatable(),
            });
        return new LoweredModel(
            spec,
            graphs.TryGetValue("Forward", out Graph? forward) ? forward : null,
            graphs.TryGetValue(LossName, out Graph? loss) ? loss : null,
            layers.Parameters.ToEquatable(),
            layers.Reports.ToEquatable(),
            problems.ToEquatable());
    }

    private const string LossName = "Loss";

    private static Graph LowerFunction(ModelSpec spec, LayerBook layers, FunctionSpec function)
    {
        var lowering = new FunctionLowering(spec, layers, function);
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
            Remedy Claim(IEnumerable<string> dims) =>
                new(RemedyVerbs.SetAttribute, function.Site, "return: " + ShapeOffers.Attribute(dims));
            Size[] claim = function.ResultDims.Select((text, i) => SizeReading.Read(
                text, lowering.Symbols, where, function.Site,
                sizes => Claim(function.ResultDims.SelectMany((d, k) => k == i ? sizes : new[] { d })))).ToArray();
            if (!result.SameShape(claim))
            {
                throw new ProblemException(
                    ProblemIds.ReturnShapeDiffers, function.Site, function.Name, claim.Text(), result.Shape.Text())
                    .Offer(lowering.Offers.FlattenBefore(function.Result, claim.Length, lowering.ValueOf))
                    .Offer(lowering.Offers.MakeResult(result.Shape, claim).ToArray())
                    .Offer(Claim(result.Shape.Select(static d => d.ToString())));
            }
        }

        if (function.Name == LossName)
        {
            if (result.Rank != 0)
            {
                throw new ProblemException(
                    ProblemIds.LossIsNotScalar, function.Site, function.Name, result.Shape.Text())
                    .Offer(new Remedy(RemedyVerbs.Wrap, function.Site, "Mean"));
            }

            GradientCheck.Check(lowering.Graph, result, lowering.StepOf);
        }

        lowering.Graph.Output(function.Name, result);
        return GraphVerifier.Verify(lowering.Graph, "lowering");
    }
}
