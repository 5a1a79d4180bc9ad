namespace Dsl;

internal sealed class ConstantSchedule(float rate) : Schedule
{
    private readonly float _rate = Rate(rate, nameof(rate));

    public override float At(long step) => _rate;
}
