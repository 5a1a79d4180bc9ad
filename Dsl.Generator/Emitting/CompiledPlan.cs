using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Memory;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;
using Dsl.Generator.Stepping;

namespace Dsl.Generator.Emitting;

/// <summary>The straight line after lowering: simplify, differentiate, schedule, plan memory; with a dump of every stage.</summary>
internal sealed class CompiledPlan
{
    private CompiledPlan(LoweredModel model)
    {
        Model = model;
        var forms = new ScanForms(model.Spec.Example, isTrained: model.Loss is not null);
        Graph forward = GraphVerifier.Verify(Rewriter.Simplify(StopGradients.Erase(forms.Choose(model.Forward!))), "forward");
        var stages = new List<KeyValuePair<string, string>> { new("graph", GraphPrinter.Print(forward)) };
        var schedules = new List<Schedule>();
        var planned = new Dictionary<Schedule, PlannedProgram>();
        if (model.Loss is not null)
        {
            Graph evaluated = Rewriter.Simplify(forms.Choose(model.Loss));
            Graph coupled = Reversal.Couple(model.Train!);
            Graph learned = ReferenceEquals(coupled, model.Loss) ? evaluated : Rewriter.Simplify(forms.Choose(coupled));
            Graph loss = GraphVerifier.Verify(Rewriter.Simplify(StopGradients.Erase(evaluated)), "loss");
            Graph training = GraphVerifier.Verify(
                Rewriter.Simplify(StopGradients.Erase(Differentiator.Differentiate(learned))), "training");
            var computed = new HashSet<string>(training.Outputs.Select(static o => o.Name), StringComparer.Ordinal);
            foreach (ParameterSpec unseen in model.Parameters.Where(p => !computed.Contains(p.Name + Suffix(p))))
            {
                // Only Forward uses it: its gradient is zero, and an optimiser reads it like any other. A state stays.
                int[] dims = unseen.Shape.ToArray();
                training.Output(unseen.Name + Suffix(unseen), unseen.Learns
                    ? training.Fill(0, training.Parameter(unseen.Name, dims).Shape)
                    : training.State(unseen.Name, dims));
            }

            training = Reversal.Erase(Recomputation.OfRegions(training));
            SizeValues sizes = ExampleSizes(model.Spec.Example, Schedule.SymbolsOf(training));
            Schedule train = Leaner(Schedule.Of("Train", training), Recomputation.OfActivations(training), sizes, Planned);
            stages.Add(new("training", GraphPrinter.Print(train.Source)));

            // The training program uses every parameter in every way: how it wants them to lie is how all get them.
            schedules.Add(train);
            schedules.Insert(0, Schedule.Of("Loss", loss, schedules[0].Layouts.Packings));
        }

        schedules.Insert(0, Schedule.Of("Forward", forward, schedules.LastOrDefault()?.Layouts.Packings));
        if (model.Spec.InputGradients)
        {
            Graph sensitivity = GraphVerifier.Verify(
                Rewriter.Simplify(StopGradients.Erase(Differentiator.Sensitivity(Rewriter.Simplify(forms.Choose(model.Forward!))))), "sensitivity");
            stages.Add(new("sensitivity", GraphPrinter.Print(sensitivity)));
            schedules.Add(Schedule.Of("Sensitivity", sensitivity, schedules.Last().Layouts.Packings));
        }

        if (model.Spec.Steps.Length > 0)
        {
            Graph step = GraphVerifier.Verify(
                Rewriter.Simplify(Stepper.Step(Rewriter.Simplify(StopGradients.Erase(model.Forward!)), model.Spec.Steps)), "stepping");
            stages.Add(new("step", GraphPrinter.Print(step)));
            schedules.Add(Schedule.Of("Step", step, schedules.Last().Layouts.Packings));
        }

        Packings = Agree(schedules);
        Programs = schedules.Select(Planned).ToImmutableArray();
        Example = ExampleSizes(model.Spec.Example, schedules.SelectMany(static s => s.Symbols));
        if (Example.Names.Contains(Stepper.Seen))
        {
            // Like the other sizes the largest of a session.
            Example[Stepper.Seen] = Example[model.Spec.Steps];
        }

        Arenas = Programs.Select(p => ArenaStatement.Of(p, Example)).ToImmutableArray();
        stages.Add(new("schedule", string.Join("\n", schedules.Zip(Programs, SchedulePrinter.Print).Concat(forms.Reasons))));
        stages.Add(new("memory", MemoryPrinter.Print(Programs, Arenas, Example)));
        Stages = stages;
        Tiles = Programs.SelectMany(static p => p.Kernels).Where(static k => k.Tiles is not null)
            .SelectMany(static k => new[] { k.Tiles!.Value.Wide, k.Tiles.Value.Narrow })
            .Distinct().ToEquatable();

        PlannedProgram Planned(Schedule schedule) => planned.TryGetValue(schedule, out PlannedProgram? known) ? known
            : planned[schedule] = ProgramPlanner.Plan(schedule);
    }

    public LoweredModel Model { get; }

    /// <summary>Forward; then Loss and Train when the class has a loss; then Sensitivity when it is asked for.</summary>
    public ImmutableArray<PlannedProgram> Programs { get; }

    /// <summary>In the order of the model's parameters.</summary>
    public ImmutableArray<Packing> Packings { get; }

    /// <summary>The sizes of <c>[Model(Example = …)]</c>; 1 where it says nothing.</summary>
    public SizeValues Example { get; }

    /// <summary>Those of its names that are a user's: steps count their positions themselves.</summary>
    public IEnumerable<string> Given => Example.Names.Where(n => Model.Spec.Steps.Length == 0 || n != Stepper.Seen);

    /// <summary>Dumps by name, in the order of the stages.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Stages { get; }

    /// <summary>The register tiles that the programs use.</summary>
    public EquatableArray<Tile> Tiles { get; }

    /// <summary>The arena of each program at the example's sizes.</summary>
    public ImmutableArray<ArenaStatement> Arenas { get; }

    /// <summary>Bytes of the arena that serves every program at the example's sizes.</summary>
    public long ArenaBytes => Arenas.Max(static a => a.Bytes);

    public static CompiledPlan Make(LoweredModel model) => new(model);

    private static string Suffix(ParameterSpec parameter) =>
        parameter.Learns ? RegionOutputs.Gradient : RegionOutputs.Next;

    /// <summary>Computing activations again costs a pass over each: it has to make the arena at least a tenth
    /// smaller.</summary>
    private static Schedule Leaner(
        Schedule keeping, Graph replaying, SizeValues example, Func<Schedule, PlannedProgram> plan)
    {
        if (ReferenceEquals(replaying, keeping.Source))
        {
            return keeping;
        }

        try
        {
            Schedule leaner = Schedule.Of(keeping.Name, replaying);
            return Bytes(leaner) <= Bytes(keeping) * 0.9 && HasBodies(plan(leaner)) ? leaner : keeping;
        }
        catch (UnsupportedException)
        {
            // Copies may want a layout that no kernel has: the model compiles without them.
            return keeping;
        }

        static bool HasBodies(PlannedProgram program) => program.Kernels.All(static k => k.Write is null || k.Body is not null);

        long Bytes(Schedule schedule) => ArenaStatement.Of(plan(schedule), example).Bytes;
    }

    /// <summary>Every program must see a parameter in one physical form, since a session packs it once.</summary>
    private ImmutableArray<Packing> Agree(List<Schedule> schedules)
    {
        var packings = new Dictionary<string, Packing>(StringComparer.Ordinal);
        foreach (Packing packing in schedules.SelectMany(static s => s.Layouts.Packings))
        {
            if (packings.TryGetValue(packing.Parameter, out Packing? have) && !have.Fits(packing))
            {
                throw new InvalidOperationException($"Programs want different layouts: {have} and {packing}.");
            }

            packings[packing.Parameter] = packing;
        }

        return Model.Parameters.Select(p => packings.TryGetValue(p.Name, out Packing? packing) ? packing
            : new Packing(p.Name, p.Shape.ToImmutableArray(), Enumerable.Range(0, p.Shape.Count).ToImmutableArray())).ToImmutableArray();
    }

    private static SizeValues ExampleSizes(string example, IEnumerable<string> symbols)
    {
        var values = new SizeValues(symbols.Distinct());
        foreach (string symbol in values.Names)
        {
            values[symbol] = 1;
        }

        foreach (KeyValuePair<string, int> given in ExampleText.Parse(example).Where(p => values.Names.Contains(p.Key)))
        {
            values[given.Key] = given.Value;
        }

        return values;
    }
}
