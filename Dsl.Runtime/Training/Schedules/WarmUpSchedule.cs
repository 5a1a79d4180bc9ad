namespace Dsl;

internal sealed class WarmUpSchedule(Schedule then, long steps) : Schedule
{
    private readonly long _steps = Count(steps, nameof(steps));

    public override float At(long step) => step >= _steps
        ? then.At(step - _steps)
        : (float)(then.At(0) * ((double)(step + 1) / _steps));
}
