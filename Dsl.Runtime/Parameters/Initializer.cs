using System;
using Dsl.StateSpaces;

namespace Dsl;

/// <summary>
/// How a parameter gets its initial values. The numbers depend on the seed and on the parameter's position only:
/// element i is a pure function of (seed, parameter, i), computed with integers and double arithmetic, so every machine
/// gets the same ones.
/// </summary>
/// <remarks>Normal numbers pass through the platform's log, sin and cos in double and are rounded to float
/// once.</remarks>
public sealed partial record Initializer
{
    /// <summary>From this many random numbers on, all cores draw them, as many at a time.</summary>
    private const int Many = 1 << 18;

    private readonly (int Inputs, int Outputs, int Height, int Width) _window;
    private readonly double _last;
    private readonly Func<double[]>? _row;
    private readonly string? _text;

    private Initializer(InitializerKind kind, double scale) => (Kind, Scale) = (kind, scale);

    private Initializer(InitializerKind kind, double from, double to) => (Kind, Scale, _last) = (kind, from, to);

    private Initializer(FormattableString text, int width, Func<double[]> row) =>
        (Kind, Scale, _row, _text) = (InitializerKind.Rows, width, row, FormattableString.Invariant(text));

    private Initializer((int Inputs, int Outputs, int Height, int Width) window) =>
        (Kind, _window) = (InitializerKind.Bilinear, window);

    /// <summary>The distribution.</summary>
    public InitializerKind Kind { get; }

    /// <summary>The constant, the bound of the uniform or the standard deviation of the normal distribution, the first of a
    /// range; of <see cref="InitializerKind.OrthogonalRows"/> and <see cref="InitializerKind.Rows"/> how many numbers a row
    /// has.</summary>
    public double Scale { get; }

    /// <summary>Whether values depend on the seed.</summary>
    public bool IsRandom =>
        Kind is InitializerKind.Uniform or InitializerKind.Normal or InitializerKind.OrthogonalRows || IsOfRange;

    /// <summary>Whether a value is a function of a uniform number and a range.</summary>
    private bool IsOfRange => Kind is InitializerKind.UniformRange or InitializerKind.LogOfUniform
        or InitializerKind.RingDecay or InitializerKind.RingScale or InitializerKind.StepBias;

    /// <summary>All 0.</summary>
    public static Initializer Zeros() => Constant(0f);

    /// <summary>All 1.</summary>
    public static Initializer Ones() => Constant(1f);

    /// <summary>All the same.</summary>
    public static Initializer Constant(float value) => new(InitializerKind.Constant, value);

    /// <summary>Uniform in (-bound, bound).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is negative or not finite.</exception>
    public static Initializer Uniform(double bound) => new(InitializerKind.Uniform, Checked(bound, nameof(bound)));

    /// <summary>Normal with mean 0 and a standard deviation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative or not finite.</exception>
    public static Initializer Normal(double deviation) =>
        new(InitializerKind.Normal, Checked(deviation, nameof(deviation)));

    /// <summary>Uniform in ±1/√fanIn, what is usual for the weights and biases of perceptrons and convolutions: He's
    /// uniform distribution with negative slope √5.</summary>
    /// <param name="fanIn">Inputs per output.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fan-in is not positive.</exception>
    public static Initializer KaimingUniform(int fanIn) => Uniform(1 / Math.Sqrt(Positive(fanIn, nameof(fanIn))));

    /// <summary>Normal with deviation gain/√fanIn (He et al. 2015, arXiv:1502.01852).</summary>
    /// <param name="fanIn">Inputs per output.</param>
    /// <param name="gain">√2 before a ReLU, 1 before the identity.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fan-in is not positive.</exception>
    public static Initializer KaimingNormal(int fanIn, double gain) =>
        Normal(gain / Math.Sqrt(Positive(fanIn, nameof(fanIn))));

    /// <summary>Uniform in ±√(6/(fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    /// <param name="fanIn">Inputs per output.</param>
    /// <param name="fanOut">Outputs per input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A fan is not positive.</exception>
    public static Initializer XavierUniform(int fanIn, int fanOut) =>
        Uniform(Math.Sqrt(6.0 / (Positive(fanIn, nameof(fanIn)) + Positive(fanOut, nameof(fanOut)))));

    /// <summary>Normal with deviation √(2/(fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    /// <param name="fanIn">Inputs per output.</param>
    /// <param name="fanOut">Outputs per input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A fan is not positive.</exception>
    public static Initializer XavierNormal(int fanIn, int fanOut) =>
        Normal(Math.Sqrt(2.0 / (Positive(fanIn, nameof(fanIn)) + Positive(fanOut, nameof(fanOut)))));

    /// <summary>
    /// Weights [in, out, height, width] with which a transposed convolution of stride s and a window of 2s - s mod 2
    /// pixels interpolates each channel bilinearly: (1 - |u - c|/f)·(1 - |v - c|/f) with f = ⌈size/2⌉ and c the middle
    /// of the window, from input i to output i, 0 elsewhere (Long et al. 2015, arXiv:1411.4038). With groups, of each
    /// group.
    /// </summary>
    /// <param name="inputs">Input channels of a group.</param>
    /// <param name="outputs">Output channels of a group.</param>
    /// <param name="height">Height of the window.</param>
    /// <param name="width">Width of the window.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static Initializer Bilinear(int inputs, int outputs, int height, int width) => new(
        (Positive(inputs, nameof(inputs)),
        Positive(outputs, nameof(outputs)),
        Positive(height, nameof(height)),
        Positive(width, nameof(width))));

    /// <summary>
    /// Rows [m, width] of random directions for random features: each one is distributed like a vector of standard
    /// normal numbers, and those of a block of <paramref name="width"/> rows are orthogonal to each other, which gives
    /// estimates less variance than independent rows (Choromanski et al. 2021, arXiv:2009.14794, section 2.4). The last
    /// block may be a part of one.
    /// </summary>
    /// <remarks>Of a block of normal rows the orthonormal basis that Gram and Schmidt make of them in this order, which
    /// is that of a QR decomposition whose R has a positive diagonal and so uniform among all bases; row i times the
    /// length of a further normal row.</remarks>
    /// <param name="width">Numbers of a row.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not positive.</exception>
    public static Initializer OrthogonalRows(int width) =>
        new(InitializerKind.OrthogonalRows, Positive(width, nameof(width)));

    /// <summary>Uniform between two numbers.</summary>
    /// <param name="from">The least.</param>
    /// <param name="to">The largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public static Initializer Uniform(double from, double to) => OfRange(InitializerKind.UniformRange, from, to);

    /// <summary>The logarithm of a number that is uniform between two others.</summary>
    /// <param name="from">The least number, not negative.</param>
    /// <param name="to">The largest number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or one is negative.</exception>
    public static Initializer LogOfUniform(double from, double to) =>
        OfRange(InitializerKind.LogOfUniform, Checked(from, nameof(from)), Checked(to, nameof(to)));

    /// <summary>log(-log r) with r uniform by area in a ring of the unit disk: how fast the states of a linear recurrent unit forget
    /// (Orvieto et al. 2023, arXiv:2303.06349, lemma 3.2).</summary>
    /// <param name="from">The least radius.</param>
    /// <param name="to">The largest radius, up to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not radii of a ring in the unit disk.</exception>
    public static Initializer RingDecay(double from, double to) =>
        OfRange(InitializerKind.RingDecay, Radius(from, nameof(from)), Radius(to, nameof(to)));

    /// <summary>log √(1 - r²) of the same radii that <see cref="RingDecay"/> draws for the parameter two places before: what keeps
    /// states at the size of their input (the same, equation 7).</summary>
    /// <param name="from">The least radius.</param>
    /// <param name="to">The largest radius, up to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not radii of a ring in the unit disk.</exception>
    public static Initializer RingScale(double from, double to) =>
        OfRange(InitializerKind.RingScale, Radius(from, nameof(from)), Radius(to, nameof(to)));

    /// <summary>The frequencies that the states of a diagonal state space begin with, the same in each row.</summary>
    /// <param name="spectrum">Which.</param>
    /// <param name="pairs">Numbers of a row: conjugate pairs of states.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no pairs.</exception>
    public static Initializer Frequencies(StateSpectrum spectrum, int pairs) =>
        new($"Frequencies({spectrum}, {pairs})", Positive(pairs, nameof(pairs)), () => StateFrequencies.Of(spectrum, pairs));

    /// <summary>B of HiPPO-LegS in the basis of its normal part, the same in each row; phases of the basis make it real
    /// and positive (Gu et al. 2021, arXiv:2111.00396, theorem 1).</summary>
    /// <param name="pairs">Numbers of a row: conjugate pairs of states, the slowest first.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no pairs.</exception>
    public static Initializer LegSInput(int pairs) =>
        new($"LegSInput({pairs})", Positive(pairs, nameof(pairs)), () => StateFrequencies.LegS(2 * pairs).Inputs);

    /// <summary>P of A = Λ - P·P*, where A is HiPPO-LegS in the same basis: B/√2.</summary>
    /// <param name="pairs">Numbers of a row: conjugate pairs of states, the slowest first.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no pairs.</exception>
    public static Initializer LegSLowRank(int pairs) =>
        new($"LegSLowRank({pairs})", Positive(pairs, nameof(pairs)), () =>
            Array.ConvertAll(StateFrequencies.LegS(2 * pairs).Inputs, static b => b * Math.Sqrt(0.5)));

    /// <summary>What a HiPPO memory does in one step, [order, order + 1]: rows of Ā with B̄ behind each (Gu et al. 2020,
    /// arXiv:2008.07669).</summary>
    /// <param name="measure">How much each moment counts; not <see cref="HippoMeasure.LegS"/>, whose steps are not
    /// alike.</param>
    /// <param name="order">Coefficients.</param>
    /// <param name="window">Steps of the window, or in a unit of time.</param>
    /// <param name="rule">How the equation becomes a recurrence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, an order odd where it may not be, or the measure
    /// LegS.</exception>
    public static Initializer HippoTransition(HippoMeasure measure, int order, double window, Discretization rule)
    {
        if (measure == HippoMeasure.LegS)
        {
            throw new ArgumentOutOfRangeException(nameof(measure), measure, "The steps of LegS shrink with time.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        var system = HippoSystem.Of(measure, order);
        return new($"HippoTransition({measure}, {order}, {window}, {rule})", order * (order + 1), () => system.Transition(1 / window, rule));
    }

    /// <summary>softplus⁻¹ of a step that is log-uniform between two others, and at least 1e-4 (Gu and Dao 2023,
    /// arXiv:2312.00752, section 3.6).</summary>
    /// <param name="from">The least step, positive.</param>
    /// <param name="to">The largest step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite or not positive, or they are not in
    /// order.</exception>
    public static Initializer StepBias(double from, double to) =>
        OfRange(InitializerKind.StepBias, Math.Log(from), Math.Log(to));

    /// <summary>log 1, log 2, … of the places in a row, the same in each row.</summary>
    /// <param name="width">Numbers of a row.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not positive.</exception>
    public static Initializer LogOfIndex(int width) =>
        new($"LogOfIndex({width})", Positive(width, nameof(width)), () =>
        {
            var row = new double[width];
            for (int i = 0; i < width; i++)
            {
                row[i] = Math.Log(1 + i);
            }

            return row;
        });

    /// <summary>From one number to another in even steps, in the order of the elements: rates of a recurrence,
    /// say.</summary>
    /// <param name="from">The first element.</param>
    /// <param name="to">The last element, where there are two or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public static Initializer Evenly(double from, double to) => double.IsFinite(from) && double.IsFinite(to)
        ? new(InitializerKind.Evenly, from, to)
        : throw new ArgumentOutOfRangeException(nameof(to), (from, to), "The ends must be finite.");

    /// <inheritdoc/>
    public override string ToString() => _text is not null
        ? _text
        : Kind == InitializerKind.Evenly || IsOfRange
        ? FormattableString.Invariant($"{Kind}({Scale}, {_last})")
        : Kind == InitializerKind.Bilinear
        ? FormattableString.Invariant($"{Kind}({_window.Inputs}, {_window.Outputs}, {_window.Height}, {_window.Width})")
        : FormattableString.Invariant($"{Kind}({Scale})");

    private static Initializer OfRange(InitializerKind kind, double from, double to) =>
        double.IsFinite(from) && double.IsFinite(to) && from <= to
            ? new(kind, from, to)
            : throw new ArgumentOutOfRangeException(nameof(to), (from, to), "The ends must be finite and in order.");

    private static double Radius(double radius, string name) => radius is >= 0 and <= 1
        ? radius
        : throw new ArgumentOutOfRangeException(name, radius, "A radius must be from 0 to 1.");

    private static double Checked(double scale, string name) => scale >= 0 && double.IsFinite(scale)
        ? scale
        : throw new ArgumentOutOfRangeException(name, scale, "A bound or deviation must be finite and not negative.");

    private static int Positive(int fan, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fan, name);
        return fan;
    }
}
