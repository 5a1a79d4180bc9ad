using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Sharding;

namespace Dsl.Sessions;

/// <summary>
/// A model ready to run on one device: it owns one block of memory with the packed parameters, their gradients, the optimiser's
/// arrays and the arena. The generated session of a model derives from it and gives it typed entry points. Steps after the
/// first allocate nothing. One thread at a time may use it; a second one gets an exception.
/// </summary>
public abstract partial class ModelSession : IDisposable
{
    private readonly ParameterStore _store;
    private readonly IReadOnlyList<(int Kernel, string Parameter)> _inPlace = [];
    private readonly LoadedProgram?[] _programs = new LoadedProgram?[5];
    private readonly float[] _scalar = new float[1];
    private readonly Action? _fetch;
    private LoadedProgram? _current;
    private long _packedVersion = -1;

    /// <summary>Grows with all that may change the session's parameters.</summary>
    private long _version;
    private Rehearsal? _rehearsal;
    private bool _disposed;

    /// <summary>Allocates the memory for the largest sizes and prepares every entry point.</summary>
    /// <param name="model">The model; it keeps owning the parameters.</param>
    /// <param name="options">Largest sizes, device, optimiser.</param>
    /// <exception cref="ArgumentException">A size is unknown, or too small.</exception>
    /// <exception cref="InvalidOperationException">An optimiser was given for a model without <c>Loss</c>.</exception>
    protected ModelSession(IModel model, SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        CompiledModel compiled = model.Compiled;
        if (options.Optimizer is not null && compiled.Train is null)
        {
            throw new InvalidOperationException($"'{compiled.Name}' has no Loss: it cannot be trained.");
        }

        if (options.Optimizer is not null && model.Parameters.Fetch is not null)
        {
            throw new InvalidOperationException(
                $"Another session trains this '{compiled.Name}': dispose it first, or train another instance.");
        }

        Model = model;
        Device = options.Device ?? Device.Host();
        Optimizer = options.Optimizer;
        Optimizer?.RequireGroups(model.Parameters);
        Collectives = Shards.Require(model, options);
        SizeValues maximum = MaximumSizes(compiled, options.Sizes);
        foreach (Program program in Programs(compiled))
        {
            ExtentCheck.Require(program, maximum);
        }

        _programs[(int)EntryPoint.Forward] = new LoadedProgram(compiled.Forward, Of(compiled.Forward, maximum));
        if (compiled.Loss is not null)
        {
            _programs[(int)EntryPoint.Loss] = new LoadedProgram(compiled.Loss, Of(compiled.Loss, maximum));
        }

        if (compiled.Train is not null && Optimizer is not null)
        {
            _programs[(int)EntryPoint.Train] = new LoadedProgram(
                compiled.Train,
                Of(compiled.Train, maximum),
                needed: Optimizer.Groups.Any(static g => g.IsFrozen) ? NeededKernels.Of(compiled.Train, model.Parameters, Optimizer) : null);
        }

        if (compiled.Sensitivity is not null)
        {
            _programs[(int)EntryPoint.Sensitivity] = new LoadedProgram(compiled.Sensitivity, Of(compiled.Sensitivity, maximum));
        }

        if (compiled.Step is not null)
        {
            _programs[(int)EntryPoint.Step] = new LoadedProgram(compiled.Step, Of(compiled.Step, maximum));
        }

        if (options.InPlaceUpdates && !Device.IsGpu && Optimizer is { ClipNorm: null, Accumulates: false })
        {
            _inPlace = InPlaceUpdates.Of(compiled.Train!, model.Parameters, Optimizer);
        }

        if (options.InPlaceUpdates && Optimizer is not null)
        {
            InPlaceUpdates.RequireSampled(compiled.Train!, _inPlace, Optimizer);
        }

        _store = new ParameterStore(model.Parameters, compiled.Parameters, _inPlace.Select(static p => p.Parameter));
        Place();
        Engine = Device.CreateEngine();
        try
        {
            Engine.Allocate(MemoryLength);
            foreach (LoadedProgram? program in _programs)
            {
                Load(program);
            }

            Engine.Build();
            LoadedProgram first = Loaded(EntryPoint.Train) ?? Require(EntryPoint.Forward);
            _rehearsal = Rehearsal.Pays(first, Engine, MemoryLength) ? Rehearse(first) : null;
            PackIfStale();
            ClearKept();
        }
        catch
        {
            Engine.Dispose();
            throw;
        }

        if (Optimizer is not null)
        {
            _fetch = Fetch;
            model.Parameters.Fetch = _fetch;
        }
    }

    /// <summary>The model.</summary>
    public IModel Model { get; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>The optimiser whose arrays the session keeps; null when it does not train.</summary>
    public Optimizer? Optimizer { get; }

    /// <summary>The ranks among which classes are sharded; null where they are not.</summary>
    public ICollectives? Collectives { get; }

    /// <summary>What random numbers of training depend on besides the step: the same seed drops the same elements on
    /// every device. A <see cref="Trainer"/> sets it to its own.</summary>
    public ulong Seed { get; set; }

    /// <summary>How many embeddings of zeros margin softmaxes have had so far, in training and validation. They have the cosine 0
    /// with every class and no gradient; many of them are a sign of dead units. Counted on the host only.</summary>
    public long ZeroEmbeddings => _programs.Where(static p => p is not null)
        .SelectMany(static p => p!.Launches).OfType<ClassLogitsLaunch>().Sum(static l => l.Zeros);

    /// <summary>Bytes of the arena: activations and scratch of the largest program.</summary>
    public long ArenaBytes => ArenaLength * sizeof(float);

    /// <summary>Bytes in all: parameters, gradients, optimiser, arena.</summary>
    public long MemoryBytes => MemoryLength * sizeof(float);

    internal Engine Engine { get; }

    /// <summary>What an entry point runs; null when the model or the session does not have it.</summary>
    internal LoadedProgram? Loaded(EntryPoint entry) => _programs[(int)entry];

    /// <summary>Chooses what the next <see cref="Run"/> runs.</summary>
    /// <param name="entry">The entry point.</param>
    /// <param name="sizes">Symbolic sizes; those left out follow from the lengths of the inputs.</param>
    /// <exception cref="InvalidOperationException">The session does not have this entry point.</exception>
    /// <exception cref="ArgumentException">A size is unknown or above the session's largest.</exception>
    public void Begin(EntryPoint entry, params (string Name, int Value)[] sizes)
    {
        using Turn turn = Enter();
        ArgumentNullException.ThrowIfNull(sizes);
        _current = null;
        LoadedProgram program = Require(entry);
        for (int i = 0; i < program.Program.Symbols.Count; i++)
        {
            program.Sizes[program.Program.Symbols[i]] = 0;
        }

        foreach ((string name, int value) in sizes)
        {
            SetSize(program, name, value);
        }

        foreach (BoundTensor input in program.Inputs)
        {
            input.Given = false;
        }

        _current = program;
    }

    /// <summary>The symbolic size that an extent of an input means: 13 when the height 104 is declared as
    /// <c>8*h</c>.</summary>
    /// <param name="extent">What the caller gives.</param>
    /// <param name="name">What it is: height.</param>
    /// <param name="multiple">8.</param>
    /// <exception cref="ArgumentException">The extent is not a positive multiple.</exception>
    protected static int SizeOf(int extent, string name, int multiple) => extent > 0 && extent % multiple == 0
        ? extent / multiple
        : throw new ArgumentException($"The {name} {extent} is not a positive multiple of {multiple}.", name);

    /// <summary>Runs the chosen entry point.</summary>
    /// <exception cref="InvalidOperationException">An input is missing.</exception>
    /// <exception cref="ArgumentException">With these sizes some value would be empty, or a length is beyond its size; nothing
    /// was run.</exception>
    public void Run()
    {
        using Turn turn = Enter();
        LoadedProgram program = Current();
        foreach (BoundTensor input in program.Inputs)
        {
            if (!input.Given)
            {
                throw new InvalidOperationException($"Input '{input.Plan.Name}' of {program.Program.Name} was not given.");
            }

            if (input.Plan.LengthsOf is { } size && input.Longest > program.Sizes[size])
            {
                throw LengthCheck.Outside(input.Plan, input.Longest, program.Sizes[size]);
            }
        }

        Shards.RequireRanks(Model.Compiled, program, Collectives);
        BeginStep(program);
        ExtentCheck.Require(program.Program, program.Sizes);
        PackIfStale();
        if (Optimizer is { } optimizer && ReferenceEquals(program, Loaded(EntryPoint.Train)))
        {
            ChangesParameters();
            program.SetKey(RandomKey.Of(Seed, optimizer.Step + optimizer.Skipped, optimizer.MicroBatches));
        }

        bool isInPlace = _inPlace.Count > 0 && ReferenceEquals(program, Loaded(EntryPoint.Train));
        if (isInPlace)
        {
            Optimizer!.BeginStep(this);
        }

        program.Run(_version);
        if (isInPlace && float.IsFinite(ReadScalar()))
        {
            program.RunRest();
        }

        _rehearsal?.End();
        Position += ReferenceEquals(program, Loaded(EntryPoint.Step)) ? 1 : 0;

        // The arena reuses the memory of inputs: another run needs them again.
        foreach (BoundTensor input in program.Inputs)
        {
            input.Given = false;
        }
    }

    /// <summary>The single number of the last run: the loss.</summary>
    public float ReadScalar()
    {
        using Turn turn = Enter();
        Read(0, _scalar);
        return _scalar[0];
    }

    /// <summary>What follows a run of <see cref="EntryPoint.Train"/> in a training step: reads the loss and takes the
    /// optimiser's step.</summary>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="NotFiniteNumberException">The loss is NaN or infinite; no parameter was changed.</exception>
    protected float Learn()
    {
        using Turn turn = Enter();
        float loss = ReadScalar();
        if (!float.IsFinite(loss) && !(Optimizer!.SkipNonFinite && Optimizer.ClipNorm is not null))
        {
            throw new NotFiniteNumberException(
                $"The loss of '{Model.Compiled.Name}' is {loss}; no parameter was changed.{Spoilt()}", loss);
        }

        if (Optimizer!.Accumulates && Optimizer.MicroBatches == 0)
        {
            // The batch is all of the step.
            Optimizer.Accumulate(this, 1f);
        }

        Optimizer.Update(this);
        return loss;
    }

    /// <summary>What to say of parameters that an earlier step has spoilt.</summary>
    internal string Spoilt()
    {
        UnpackParameters();
        return Model.Parameters.FirstOrDefault(static p => p.ReadOnlyValues.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            is { } spoilt
            ? $" '{spoilt.Name}' is not finite already: the gradient of an earlier step was not, though its loss was. An optimiser with "
                + "ClipNorm stops before such a step, and with SkipNonFinite as well leaves it out."
            : "";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Hands the trained parameters back to the model and frees the memory.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed)
        {
            return;
        }

        if (disposing)
        {
            using Turn turn = Enter();
            try
            {
                _fetch?.Invoke();
            }
            finally
            {
                _disposed = true;
                _rehearsal?.End();
                if (_fetch is not null)
                {
                    Model.Parameters.Fetch = null;
                }

                Engine.Dispose();
            }
        }

        _disposed = true;
    }

    private LoadedProgram Require(EntryPoint entry)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _programs[(int)entry] ?? throw new InvalidOperationException(entry switch
        {
            EntryPoint.Sensitivity => $"'{Model.Compiled.Name}' has no gradients of inputs: write [Model(InputGradients = true)].",
            EntryPoint.Step => $"'{Model.Compiled.Name}' takes no positions one by one: write [Model(Steps = \"n\")].",
            EntryPoint.Train when Model.Compiled.Train is not null => "This session does not train: create it with an optimiser.",
            _ => $"'{Model.Compiled.Name}' has no Loss.",
        });
    }

    private LoadedProgram Current() => _current ?? throw new InvalidOperationException("Call Begin first.");

    private static SizeValues MaximumSizes(CompiledModel compiled, Sizes given)
    {
        string[] symbols = Programs(compiled).SelectMany(static p => p.Symbols).Distinct().ToArray();
        foreach ((string name, int _) in given)
        {
            // Steps count their positions themselves.
            string[] known = [.. symbols.Where(s => compiled.Step is null || s != CompiledModel.Seen)];
            if (!known.Contains(name))
            {
                throw new ArgumentException($"'{compiled.Name}' has no symbolic size '{name}'; it has: {string.Join(", ", known)}.", nameof(given));
            }
        }

        var maximum = new SizeValues(symbols);
        foreach (string symbol in symbols)
        {
            maximum[symbol] = given.TryGet(symbol, out int value) || compiled.Example.TryGet(symbol, out value) ? value : 1;
        }

        // Steps that remember nothing count nothing.
        if (symbols.Contains(CompiledModel.Seen))
        {
            maximum[CompiledModel.Seen] = maximum[compiled.Positions];
        }

        return maximum;
    }

    private static IEnumerable<Program> Programs(CompiledModel compiled) =>
        new[] { compiled.Forward, compiled.Loss, compiled.Train, compiled.Sensitivity, compiled.Step }.Where(static p => p is not null)!;

    private static SizeValues Of(Program program, SizeValues all)
    {
        var values = new SizeValues(program.Symbols);
        foreach (string symbol in program.Symbols)
        {
            values[symbol] = all[symbol];
        }

        return values;
    }

    private static void SetSize(LoadedProgram program, string name, int value)
    {
        int maximum = program.Maximum[name];
        if (value < 1 || value > maximum)
        {
            throw new ArgumentException(
                $"Size '{name}' is {value}, but the session was created for at most {maximum}: create it with new Sizes {{ [\"{name}\"] = {value} }}.");
        }

        program.Sizes[name] = value;
    }
}
