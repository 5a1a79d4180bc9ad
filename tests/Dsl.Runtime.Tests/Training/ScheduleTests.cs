using System;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

public sealed class ScheduleTests
{
    public static TheoryData<string, Schedule, long, double> Cases => new()
    {
        { "number", 0.5f, 1_000_000, 0.5 },
        { "steps, before", Schedule.Steps(1f, 10), 9, 1 },
        { "steps, at", Schedule.Steps(1f, 10), 10, 0.1 },
        { "steps, twice", Schedule.Steps(1f, 10, 0.5f), 29, 0.25 },
        { "polynomial, begin", Schedule.Polynomial(2f, 100, final: 1f), 0, 2 },
        { "polynomial, half", Schedule.Polynomial(2f, 100, final: 1f), 50, 1.5 },
        { "polynomial, power", Schedule.Polynomial(1f, 4, 2f), 2, 0.25 },
        { "polynomial, beyond", Schedule.Polynomial(2f, 100, final: 1f), 101, 1 },
        { "cosine, begin", Schedule.Cosine(1f, 100), 0, 1 },
        { "cosine, third", Schedule.Cosine(1f, 99), 33, 0.75 },
        { "cosine, half", Schedule.Cosine(1f, 100, 0.2f), 50, 0.6 },
        { "cosine, end", Schedule.Cosine(1f, 100, 0.2f), 100, 0.2 },
        { "warm-up, first", Schedule.Constant(1f).WarmUp(4), 0, 0.25 },
        { "warm-up, last", Schedule.Constant(1f).WarmUp(4), 3, 1 },
        { "warm-up, after", Schedule.Cosine(1f, 100).WarmUp(4), 54, 0.5 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rates_follow_the_formula(string name, Schedule schedule, long step, double expected) =>
        Assert.True(Math.Abs(schedule.At(step) - expected) < 1e-7, $"{name}: {schedule.At(step)}");

    [Fact]
    public void A_rate_is_a_function_of_the_step_alone()
    {
        Schedule schedule = Schedule.Cosine(0.3f, 20).WarmUp(5);
        float there = schedule.At(13);
        schedule.At(2);
        Assert.Equal(there, schedule.At(13));
    }

    [Fact]
    public void Senseless_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Constant(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Steps(1f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Steps(1f, 1, -0.1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Polynomial(1f, 10, 0f));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Cosine(-1f, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Constant(1f).WarmUp(0));
    }
}
