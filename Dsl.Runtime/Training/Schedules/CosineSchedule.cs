using System;

namespace Dsl;

internal sealed class CosineSchedule(float rate, long steps, float final) : Schedule
{
    private readonly float _rate = Rate(rate, nameof(rate));
    private readonly long _steps = Count(steps, nameof(steps));
    private readonly float _final = Rate(final, nameof(final));

    public override float At(long step) => step >= _steps
        ? _final
        : (float)(_final + (((double)_rate - _final) * (1 + Math.Cos(Math.PI * step / _steps)) / 2));
}
