using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Kernels;
using Dsl.Sessions;

namespace Dsl;

/// <summary>
/// Turns gradients into new parameters. One fused kernel walks parameters, gradients and the optimiser's own arrays,
/// once for
/// the parameters that decay and once for the others. It can also clip the gradient's norm, add up micro-batches and
/// keep a
/// running average of the parameters. An optimiser belongs to one session.
/// </summary>
public abstract partial class Optimizer
{
    private const string AverageState = "Average";
    private const string AccumulatedState = "Accumulated";

    private readonly float[] _norm = new float[1];
    private float[]? _scalars;
    private ITrainingMemory? _memory;
    private object? _update, _squares, _accumulate, _swap, _saveRunning, _restoreRunning;

    private protected Optimizer(Schedule rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        LearningRate = rate;
    }

    /// <summary>η as a function of <see cref="Step"/>.</summary>
    public Schedule LearningRate { get; }

    /// <summary>λ; biases and norm parameters do not decay. <see cref="AdamW"/> shrinks parameters directly, the others add λ·p to
    /// the gradient.</summary>
    public float WeightDecay { get; init => field = NotNegative(value, nameof(WeightDecay)); }

    /// <summary>The largest L2 norm of all gradients together: g ← g · min(1, clip / (‖g‖ + 10⁻⁶)) (Pascanu et al.
    /// 2013,
    /// arXiv:1211.5063). Null: not computed. Infinity: computed and checked, never clipped.</summary>
    public float? ClipNorm
    {
        get;
        init => field = value is null or > 0f
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "'ClipNorm' must be above 0.");
    }

    /// <summary>Leaves a step out when its norm is NaN or infinite, instead of throwing. Needs
    /// <see cref="ClipNorm"/>.</summary>
    public bool SkipNonFinite { get; init; }

    /// <summary>The highest learning rate of parameters that act through every position of a recurrence, such as the steps and poles
    /// of <see cref="S4DAttribute"/> (Gu et al. 2022, arXiv:2111.00396, appendix D, has 0.001, too). Infinity: that of the
    /// others.</summary>
    public float SlowRate
    {
        get;
        init => field = value > 0f
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "'SlowRate' must be above 0.");
    } = 1e-3f;

    /// <summary>Decay d of the running average of the parameters, a ← d·a + (1 - d)·p after every step, beginning with
    /// a = p after
    /// the first (Polyak and Juditsky 1992; exponential as in Tarvainen and Valpola 2017, arXiv:1703.01780). Null:
    /// none.</summary>
    public float? AverageDecay
    {
        get;
        init => field = value is null ? null : Fraction(value.Value, nameof(AverageDecay));
    }

    /// <summary>Reserves an array in which micro-batches are added up; see
    /// <see cref="Accumulate(ModelSession, float)"/>.</summary>
    public bool Accumulates { get; init; }

    /// <summary>How many steps were taken.</summary>
    public long Step { get; private set; }

    /// <summary>How many steps were left out because of <see cref="SkipNonFinite"/>.</summary>
    public long Skipped { get; private set; }

    /// <summary>How many micro-batches of the present step were added up.</summary>
    internal int MicroBatches { get; private set; }

    /// <summary>‖g‖ of the last step before clipping; NaN when it is not computed.</summary>
    public float GradientNorm { get; private set; } = float.NaN;

    /// <summary>The names of the arrays a session keeps for the optimiser, each laid out like the parameters.</summary>
    public IReadOnlyList<string> StateNames
    {
        get
        {
            var names = new List<string>(OwnStates);
            if (AverageDecay is not null)
            {
                names.Add(AverageState);
            }

            if (Accumulates)
            {
                names.Add(AccumulatedState);
            }

            return names;
        }
    }

    /// <summary>How many arrays a session keeps for the optimiser.</summary>
    public int StateCount => StateNames.Count;

    /// <summary>The arrays that training needs to continue: all but the sum of micro-batches, which no checkpoint
    /// interrupts.</summary>
    internal IEnumerable<(int Index, string Name)> SavedStates =>
        StateNames.Index().Where(static s => s.Item != AccumulatedState);

    private protected abstract IReadOnlyList<string> OwnStates { get; }

    /// <summary>Whether λ shrinks the parameters instead of being added to the gradient.</summary>
    private protected virtual bool DecouplesDecay => false;

    /// <summary>What the host writes before launches, by <see cref="Hyper"/>.</summary>
    private float[] Scalars => _scalars ??= NewScalars();

    /// <summary>Room for what <see cref="WriteScalars"/> writes.</summary>
    internal float[] NewScalars() => new float[Groups.Count == 0 ? Hyper.Written : HyperLength];

    /// <summary>Adds the gradients of a micro-batch, as <see cref="EntryPoint.Train"/> left them, to the step's
    /// sum.</summary>
    /// <param name="session">The session that trains.</param>
    /// <param name="share">The micro-batch's part of the step's samples, so that the sum is the mean over all of them:
    /// 1/k when
    /// k equal ones make a step.</param>
    /// <exception cref="InvalidOperationException"><see cref="Accumulates"/> is not set, or the optimiser has another
    /// session.</exception>
    public void Accumulate(ModelSession session, float share)
    {
        Bind(session);
        Accumulate(share);
    }

    /// <summary>Takes one step with the gradients of the last run, or with the sum of micro-batches.</summary>
    /// <returns>False when the step was left out; see <see cref="SkipNonFinite"/>.</returns>
    /// <exception cref="NotFiniteNumberException">The norm of the gradients is NaN or infinite; nothing was
    /// changed.</exception>
    /// <exception cref="InvalidOperationException">The optimiser has another session, or nothing was
    /// accumulated.</exception>
    public bool Update(ModelSession session)
    {
        Bind(session);
        return Update();
    }

    /// <summary>Exchanges the parameters with their running average, for an evaluation or for good. A second call
    /// undoes it.
    /// Before the first step it does nothing.</summary>
    /// <exception cref="InvalidOperationException">There is no average, or the optimiser has another
    /// session.</exception>
    public void SwapAverage(ModelSession session)
    {
        Bind(session);
        SwapAverage();
    }

    /// <summary>Continues counting where a checkpoint stopped; a sum of micro-batches that was begun is
    /// forgotten.</summary>
    internal void Restore(long step, long skipped) => (Step, Skipped, MicroBatches) = (step, skipped, 0);

    /// <summary>Gives up a step that was begun: its sum is forgotten, and the states are as they were before
    /// it.</summary>
    internal void Abandon()
    {
        if (MicroBatches > 0 && _restoreRunning is not null)
        {
            _memory!.Run(_restoreRunning);
        }

        MicroBatches = 0;
    }

    /// <summary>Writes what the next step's update reads, for parameters that take the step before <see cref="Update()"/>.</summary>
    internal void BeginStep(ModelSession session)
    {
        Bind(session);
        Scalars[Hyper.Clip] = 1f;
        WriteScalars(Scalars);
        _memory!.Engine.Write(_memory.HyperBase, Scalars);
    }

    internal void Accumulate(float share)
    {
        if (!Accumulates)
        {
            throw new InvalidOperationException(
                "Micro-batches cannot be added up: create the optimiser with Accumulates = true.");
        }

        if (MicroBatches == 0 && _saveRunning is not null)
        {
            _memory!.Run(_saveRunning);
        }

        Scalars[Hyper.Keep] = MicroBatches > 0 ? 1f : 0f;
        Scalars[Hyper.Share] = share;
        MicroBatches++;
        _memory!.Engine.Write(_memory.HyperBase, Scalars);
        _memory.Run(_accumulate!);
    }

    internal bool Update()
    {
        if (Accumulates && MicroBatches == 0)
        {
            throw new InvalidOperationException("There is no sum of micro-batches: call Accumulate before Update.");
        }

        _memory!.SumGradients();
        Scalars[Hyper.Clip] = 1f;
        if (_squares is not null && !Measure())
        {
            Abandon();
            Skipped = SkipNonFinite ? Skipped + 1 : throw new NotFiniteNumberException(Accuse(), GradientNorm);
            return false;
        }

        MicroBatches = 0;

        WriteScalars(Scalars);
        Step++;
        _memory!.Engine.Write(_memory.HyperBase, Scalars);
        _memory.Run(_update!);
        return true;
    }

    internal void SwapAverage()
    {
        if (_swap is null)
        {
            throw new InvalidOperationException(
                "There is no average: create the optimiser with AverageDecay, for example 0.999f.");
        }

        if (Step > 0)
        {
            _memory!.Run(_swap);
        }
    }

    private protected static float Fraction(float value, string name) => value is >= 0f and < 1f
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be in [0, 1).");

    private protected static float NotNegative(float value, string name) => value >= 0f && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be finite and not negative.");

    /// <summary>The decimal number somebody wrote: 0.999f is 0.99900001…, and 1 - β would be off by 10⁻⁵ of
    /// itself.</summary>
    private protected static double Wide(float value) => (double)(decimal)value;

    /// <summary>Computes the norm and the factor that clips it; false when it is not finite.</summary>
    private bool Measure()
    {
        _memory!.Run(_squares!);
        _memory.Engine.Read(_memory.HyperBase + Hyper.Norm, _norm);
        GradientNorm = _norm[0];
        if (float.IsFinite(GradientNorm))
        {
            Scalars[Hyper.Clip] = Math.Min(1f, (float)(ClipNorm!.Value / (GradientNorm + 1e-6)));
            return true;
        }

        return false;
    }

    /// <summary>Names the parameters whose gradients are to blame.</summary>
    private string Accuse()
    {
        int sum = Index(AccumulatedState);
        long gradients = sum >= 0 ? _memory!.StateBase(sum) : _memory!.GradientBase;
        var names = new List<string>();
        foreach (ParameterSlot slot in _memory.ParameterSlots)
        {
            var values = new float[slot.Length];
            _memory.Engine.Read(gradients + slot.Offset, values);
            int bad = values.Count(static v => !float.IsFinite(v));
            if (bad > 0)
            {
                names.Add(string.Create(CultureInfo.InvariantCulture, $"'{slot.Name}' ({bad} of {slot.Length})"));
            }
        }

        string where = names.Count > 0
            ? "The gradient is not finite in " + string.Join(", ", names)
            : "Every gradient is finite, but the sum of their squares overflows";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Step {Step + 1}: the norm of the gradients is {GradientNorm}. {where}. No parameter was changed: ")
            + "lower the learning rate, check the data, or set SkipNonFinite.";
    }

    private int Index(string state) => StateNames.ToList().IndexOf(state);

    private void Bind(ModelSession session)
    {
        if (_memory is null)
        {
            Bind(new SessionMemory(session));
        }

        RequireSame(IsBoundTo(session));
        session.PackIfStale();
    }

    private bool IsBoundTo(ModelSession session) =>
        _memory is SessionMemory bound && ReferenceEquals(bound.Session, session);

    private static void RequireSame(bool same)
    {
        if (!same)
        {
            throw new InvalidOperationException(
                "An optimiser counts the steps of one session: create another for this session.");
        }
    }
}
