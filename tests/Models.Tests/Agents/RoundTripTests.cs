using System;
using System.Linq;
using Models.Agents;
using Xunit;

namespace Models.Tests.Agents;

/// <summary>Reading what was written gives what was written, and reading anything gives a reply or an error.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Replies_are_read_back()
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 2000; round++)
        {
            AgentAction[] actions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Calls.Draw(random))];
            string? thought = random.Next(3) == 0
                ? null
                : Calls.Text(random).Replace("Action:", "", StringComparison.Ordinal);
            var reply = new AgentReply(thought, actions);
            string text = ActionText.Write(reply);
            bool good = ActionText.TryRead(text, out AgentReply? back, out ActionError? error);
            Assert.True(good && reply.Equals(back), $"seed {Seeds.Value}, round {round}: {error}\n{text}");
        }
    }

    [Fact]
    public void Damaged_replies_are_read_or_refused()
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 5000; round++)
        {
            string text = ActionText.Write(new AgentReply("a\nb", Calls.Draw(random), Calls.Draw(random)));
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                int at = random.Next(text.Length);
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)) + " ",
                    1 => text.Insert(at, Calls.Text(random)),
                    _ => text[..(at + 1)],
                };
            }

            if (!ActionText.TryRead(text, out _, out ActionError? error))
            {
                Assert.InRange(error.Position, 0, text.Length);
            }
        }
    }

    [Fact]
    public void Long_replies_take_time_in_proportion()
    {
        // A quote that does not close at every step, and as many lines: both would show a reader that looks back.
        string content = string.Concat(Enumerable.Repeat("' ,a\n", 200_000));
        Assert.Equal(content, ((TypeAction)ActionText.Read($"Thought: {content}\nAction: type(content='{content}')")
            .Actions[0]).Content);
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Assert.Throws<ArgumentException>(static () => new AgentReply("a"));
        Assert.Throws<ArgumentException>(static () => new AgentReply("a", [null!]));
        Assert.Throws<ArgumentException>(static () => new AgentReply("a\n Action: b", new WaitAction()));
        Assert.Throws<ArgumentException>(static () => new AgentPoint(double.NaN, 0));
        Assert.Throws<ArgumentException>(static () => new AgentPoint(0, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ScrollAction(default, (ScrollDirection)4));
        Assert.Throws<ArgumentNullException>(static () => new TypeAction(null!));
        Assert.Throws<ArgumentNullException>(static () => ActionText.Write((AgentAction)null!));
        foreach (string keys in (string[])["", " ", "a b c d", "Ctrl"])
        {
            Assert.Throws<ArgumentException>(() => new HotkeyAction(keys));
        }
    }
}
