using System;

namespace Dsl;

internal sealed class PolynomialSchedule(float rate, long steps, float power, float final) : Schedule
{
    private readonly float _rate = Rate(rate, nameof(rate));
    private readonly long _steps = Count(steps, nameof(steps));
    private readonly float _power = Require(
        power, power > 0f && float.IsFinite(power), nameof(power), "finite and above 0");
    private readonly float _final = Rate(final, nameof(final));

    public override float At(long step) => step >= _steps
        ? _final
        : (float)(_final + (((double)_rate - _final) * Math.Pow(1 - ((double)step / _steps), _power)));
}
