using System;
using System.Globalization;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>An exact fraction in lowest terms with a positive denominator: strides below one, centres between
/// pixels.</summary>
internal readonly struct Fraction : IEquatable<Fraction>, IComparable<Fraction>
{
    // One less than the denominator, so that the default value is 0/1.
    private readonly long _below;

    public Fraction(long numerator, long denominator = 1)
    {
        if (denominator <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(denominator), denominator, "A denominator is positive.");
        }

        long divisor = Math.Max(1, Gcd(Math.Abs(numerator), denominator));
        Numerator = numerator / divisor;
        _below = (denominator / divisor) - 1;
    }

    public static Fraction Zero => default;

    public static Fraction Half => new(1, 2);

    public long Numerator { get; }

    public long Denominator => _below + 1;

    public bool IsInteger => Denominator == 1;

    public static implicit operator Fraction(long value) => new(value);

    public static Fraction operator +(Fraction a, Fraction b) => checked(new(
        (a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator));

    public static Fraction operator -(Fraction a) => new(-a.Numerator, a.Denominator);

    public static Fraction operator -(Fraction a, Fraction b) => a + (-b);

    public static Fraction operator *(Fraction a, Fraction b) =>
        checked(new(a.Numerator * b.Numerator, a.Denominator * b.Denominator));

    public static bool operator ==(Fraction a, Fraction b) => a.Equals(b);

    public static bool operator !=(Fraction a, Fraction b) => !a.Equals(b);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    /// <summary>The greatest common divisor of two numbers that are not negative; 0 of two zeros.</summary>
    public static long Gcd(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    /// <summary>The largest integer that is not above a/b, for a positive b.</summary>
    public static long Floor(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    /// <summary>The largest integer that is not above this.</summary>
    public long Floor() => Floor(Numerator, Denominator);

    public double ToDouble() => (double)Numerator / Denominator;

    public bool Equals(Fraction other) => Numerator == other.Numerator && _below == other._below;

    public override bool Equals(object? obj) => obj is Fraction other && Equals(other);

    public override int GetHashCode() => unchecked((Numerator.GetHashCode() * 31) + _below.GetHashCode());

    public int CompareTo(Fraction other) =>
        checked((Numerator * other.Denominator).CompareTo(other.Numerator * Denominator));

    /// <summary><c>3</c> or <c>1/2</c>.</summary>
    public override string ToString() => IsInteger
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : Numerator.ToString(CultureInfo.InvariantCulture) + "/" + Denominator.ToString(CultureInfo.InvariantCulture);
}
