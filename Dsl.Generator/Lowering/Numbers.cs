using System;
using System.Globalization;

namespace Dsl.Generator.Lowering;

/// <summary>What a number that is out of range most likely should be.</summary>
internal static class Numbers
{
    /// <summary>A fraction that was written in percent, else the default; null when neither is allowed.</summary>
    public static string? Allowed(double value, string? otherwise, Func<double, bool> isAllowed)
    {
        bool isPercent = otherwise is null && value > 1 && isAllowed(value / 100);
        return isPercent
            ? (value / 100).ToString("R", CultureInfo.InvariantCulture)
            : double.TryParse(otherwise, NumberStyles.Float, CultureInfo.InvariantCulture, out double known)
                && isAllowed(known)
                ? otherwise
                : null;
    }
}
