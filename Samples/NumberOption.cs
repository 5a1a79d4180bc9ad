using System;
using System.CommandLine;
using System.Globalization;

namespace Samples;

/// <summary>Options that are numbers and refuse those that do not fit; what is no number is refused anyway.</summary>
internal static class NumberOption
{
    /// <summary>A whole number of at least <paramref name="least"/> and at most <paramref name="most"/>.</summary>
    public static Option<int> Count(string name, string description, int value, int least, int most = int.MaxValue) =>
        Checked(
            new Option<int>(name) { Description = description, DefaultValueFactory = _ => value },
            given => given >= least && given <= most,
            most == int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"at least {least}")
                : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}"));

    /// <summary>A finite number that is not negative.</summary>
    public static Option<double> NotNegative(string name, string description, double value) => Checked(
        new Option<double>(name) { Description = description, DefaultValueFactory = _ => value },
        static given => double.IsFinite(given) && given >= 0,
        "finite and not negative");

    /// <summary>A finite number above 0; without <paramref name="value"/> 0 unless it is given.</summary>
    public static Option<double> Positive(string name, string description, double? value = null)
    {
        var option = new Option<double>(name) { Description = description };
        if (value is { } number)
        {
            option.DefaultValueFactory = _ => number;
        }

        return Checked(option, static given => double.IsFinite(given) && given > 0, "finite and above 0");
    }

    private static Option<T> Checked<T>(Option<T> option, Func<T, bool> fits, string range)
        where T : IParsable<T>
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && T.TryParse(token.Value, CultureInfo.InvariantCulture, out T? value)
                && !fits(value))
            {
                result.AddError($"{option.Name} must be {range}.");
            }
        });
        return option;
    }
}
