using System;
using System.Globalization;

namespace Dsl;

/// <summary>
/// A learning rate as a pure function of the number of updates done so far. Nothing is remembered between calls, so
/// training
/// resumed at step s continues with exactly the rate it would have had. Derive from it for a curve of your own.
/// </summary>
public abstract class Schedule
{
    /// <summary>The rate of the update that follows <paramref name="step"/> updates: finite, not negative, and the same whenever it
    /// is asked for.</summary>
    public abstract float At(long step);

    /// <summary>The same rate for ever.</summary>
    public static implicit operator Schedule(float rate) => Constant(rate);

    /// <summary>The same rate for ever.</summary>
    public static Schedule Constant(float rate) => new ConstantSchedule(rate);

    /// <summary>rate · factor^⌊step / every⌋.</summary>
    public static Schedule Steps(float rate, long every, float factor = 0.1f) => new StepSchedule(rate, every, factor);

    /// <summary>final + (rate - final) · (1 - step/steps)^power, and <paramref name="final"/> from
    /// <paramref name="steps"/> on.
    /// Power 1 is linear; 0.9 is the "poly" policy of DeepLab (Chen et al. 2017, arXiv:1606.00915).</summary>
    public static Schedule Polynomial(float rate, long steps, float power = 1f, float final = 0f) =>
        new PolynomialSchedule(rate, steps, power, final);

    /// <summary>final + (rate - final) · (1 + cos(π·step/steps)) / 2, and <paramref name="final"/> from
    /// <paramref name="steps"/> on
    /// (Loshchilov and Hutter 2017, SGDR without restarts, arXiv:1608.03983).</summary>
    public static Schedule Cosine(float rate, long steps, float final = 0f) => new CosineSchedule(rate, steps, final);

    /// <summary>This schedule after <paramref name="steps"/> updates of a linear rise: rate₀ · (step + 1)/steps while
    /// step &lt; steps,
    /// then this schedule from its own step 0 (Goyal et al. 2017, arXiv:1706.02677).</summary>
    public Schedule WarmUp(long steps) => new WarmUpSchedule(this, steps);

    private protected static T Require<T>(T value, bool fits, string name, string expected) => fits
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, string.Create(CultureInfo.InvariantCulture, $"'{name}' must be {expected}."));

    private protected static float Rate(float rate, string name) =>
        Require(rate, float.IsFinite(rate) && rate >= 0f, name, "finite and not negative");

    private protected static long Count(long steps, string name) => Require(steps, steps > 0, name, "at least 1");
}
