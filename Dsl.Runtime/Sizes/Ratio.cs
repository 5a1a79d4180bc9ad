using System.Globalization;

namespace Dsl;

/// <summary>A positive decimal number as a fraction in lowest terms: a scale such as 1.7 is 17/10, so that positions
/// computed with it are exact. <c>default</c> is no number.</summary>
/// <param name="Numerator">Positive.</param>
/// <param name="Denominator">Positive; at most <see cref="Finest"/>.</param>
internal readonly record struct Ratio(int Numerator, int Denominator)
{
    /// <summary>Four decimals.</summary>
    public const int Finest = 10_000;

    private const int Largest = 10_000;

    public override string ToString() => Denominator == 1
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Format(CultureInfo.InvariantCulture, "{0}/{1}", Numerator, Denominator);

    /// <summary>Reads a number above 0, at most 10000, with at most four decimals.</summary>
    public static bool TryParse(string text, out Ratio ratio)
    {
        ratio = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value <= 0 || value > Largest || decimal.Truncate(value * Finest) != value * Finest)
        {
            return false;
        }

        int numerator = (int)(value * Finest);
        int common = Divisor(numerator, Finest);
        ratio = new Ratio(numerator / common, Finest / common);
        return true;
    }

    /// <summary>The greatest common divisor.</summary>
    public static int Divisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
