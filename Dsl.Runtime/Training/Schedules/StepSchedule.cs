using System;

namespace Dsl;

internal sealed class StepSchedule(float rate, long every, float factor) : Schedule
{
    private readonly float _rate = Rate(rate, nameof(rate));
    private readonly long _every = Count(every, nameof(every));
    private readonly float _factor = Rate(factor, nameof(factor));

    public override float At(long step) => (float)(_rate * Math.Pow(_factor, step / _every));
}
