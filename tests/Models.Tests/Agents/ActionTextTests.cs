using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Dsl.Runtime.Tests.Eager;
using Models.Agents;
using Xunit;

namespace Models.Tests.Agents;

/// <summary>Replies of GUI agents as text.</summary>
public sealed class ActionTextTests
{
    /// <summary>What the golden cases call errors.</summary>
    private static readonly Dictionary<string, ActionErrorKind> Kinds = new(StringComparer.Ordinal)
    {
        ["no Action:"] = ActionErrorKind.NoActionLabel,
        ["no action"] = ActionErrorKind.NoAction,
        ["unknown action fly"] = ActionErrorKind.UnknownAction,
        ["point"] = ActionErrorKind.NotAPoint,
        ["click: missing point"] = ActionErrorKind.MissingArgument,
        ["drag: missing end_point"] = ActionErrorKind.MissingArgument,
        ["direction"] = ActionErrorKind.NotADirection,
        ["unterminated string"] = ActionErrorKind.UnterminatedText,
        ["duplicate argument point"] = ActionErrorKind.DuplicateArgument,
        ["hotkey keys"] = ActionErrorKind.NotHotkeys,
        ["argument expected"] = ActionErrorKind.ArgumentExpected,
    };

    [SkippableFact]
    public void Golden_replies_are_read_and_written()
    {
        using JsonDocument golden = GoldenCase.OpenJson("uitars_actions");
        (int read, int refused) = (0, 0);
        foreach (JsonElement entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = entry.GetProperty("text").GetString()!;
            bool good = ActionText.TryRead(text, out AgentReply? reply, out ActionError? error);
            Assert.True(good == entry.GetProperty("ok").GetBoolean(), $"{text}: {error}");
            if (reply is null)
            {
                refused++;
                Assert.Equal(Kinds[entry.GetProperty("error").GetString()!], error!.Kind);
                Assert.InRange(error.Position, 0, text.Length);
                continue;
            }

            read++;
            JsonElement parsed = entry.GetProperty("parsed");
            string[] canonical =
                [.. entry.GetProperty("canonical").EnumerateArray().Select(static c => c.GetString()!)];
            Assert.Equal(parsed.GetProperty("thought").GetString(), reply.Thought);
            Assert.Equal(canonical, reply.Actions.Select(ActionText.Write));
            Assert.Equal(
                parsed.GetProperty("actions").EnumerateArray().Select(static a => Calls.Of(a)), reply.Actions);
            Assert.Equal(reply, ActionText.Read(ActionText.Write(reply)));
        }

        Assert.Equal((26, 15), (read, refused));
    }

    [Theory]
    [InlineData("(1.5,-2)", 1.5, -2)]
    [InlineData("[1, 2]", 1, 2)]
    [InlineData(" ( 1 , 2 ) ", 1, 2)]
    [InlineData("(0,0,3,5)", 1.5, 2.5)]
    [InlineData("<|box_start|>(10,20,30,60)<|box_end|>", 20, 40)]
    [InlineData("<point>1, 2</point>", 1, 2)]
    [InlineData("<point> 1\t2 </point>", 1, 2)]
    public void Points_have_several_spellings(string point, double x, double y) =>
        Assert.Equal(new ClickAction(new(x, y)), Read($"click(point='{point}')"));

    [Theory]
    [InlineData("")]
    [InlineData("1,2")]
    [InlineData("(1,2]")]
    [InlineData("(1 2)")]
    [InlineData("(1,2,3)")]
    [InlineData("(1,2,3,4,5)")]
    [InlineData("(1,)")]
    [InlineData("(1e3,2)")]
    [InlineData("(+1,2)")]
    [InlineData("(1.,2)")]
    [InlineData("(.5,2)")]
    [InlineData("(NaN,2)")]
    [InlineData("(١,٢)")]
    [InlineData("<point>12</point>")]
    [InlineData("<point>1-2</point>")]
    [InlineData("<point>1 2 3 4</point>")]
    [InlineData("<|box_start|>(1,2)")]
    [InlineData("__import__('os')")]
    public void Other_spellings_are_refused(string point) =>
        AssertWrong(ActionErrorKind.NotAPoint, 21, $"Action: click(point=\"{point}\")");

    [Fact]
    public void A_number_beyond_doubles_is_refused() =>
        AssertWrong(ActionErrorKind.NotAPoint, 21, $"Action: click(point='({new string('9', 400)},1)')");

    [Theory]
    [InlineData(ActionErrorKind.NoActionLabel, 0, "click(point='(1,2)')")]
    [InlineData(ActionErrorKind.NoActionLabel, 0, "So.\nAction: wait()")]
    [InlineData(ActionErrorKind.NoActionLabel, 25, "Thought: a Action: wait()")]
    [InlineData(ActionErrorKind.NoAction, 7, "Action: [EOS]")]
    [InlineData(ActionErrorKind.CallExpected, 8, "Action: wait")]
    [InlineData(ActionErrorKind.CallExpected, 8, "Action: 1wait()")]
    [InlineData(ActionErrorKind.CallExpected, 15, "Action: wait() wait()")]
    [InlineData(ActionErrorKind.CallExpected, 15, "Action: wait()\nthen nothing")]
    [InlineData(ActionErrorKind.ArgumentExpected, 13, "Action: wait(")]
    [InlineData(ActionErrorKind.ArgumentExpected, 14, "Action: click(, point='(1,2)')")]
    [InlineData(ActionErrorKind.ArgumentExpected, 14, "Action: click(point=(1,2))")]
    [InlineData(ActionErrorKind.UnterminatedText, 20, "Action: click(point='(1,2)',)")]
    [InlineData(ActionErrorKind.UnterminatedText, 21, "Action: type(content='a\\")]
    [InlineData(ActionErrorKind.UnknownEscape, 24, "Action: type(content='C:\\users')")]
    [InlineData(ActionErrorKind.UnknownAction, 8, "Action: system(command='x')")]
    [InlineData(ActionErrorKind.UnknownArgument, 13, "Action: wait(time='5')")]
    [InlineData(ActionErrorKind.UnknownArgument, 29, "Action: click(point='(1,2)', end_box='(1,2)')")]
    [InlineData(ActionErrorKind.DuplicateArgument, 29, "Action: click(point='(1,2)', start_box='(1,2)')")]
    [InlineData(ActionErrorKind.MissingArgument, 13, "Action: type()")]
    [InlineData(ActionErrorKind.NotADirection, 41, "Action: scroll(point='(1,2)', direction='Up')")]
    [InlineData(ActionErrorKind.NotHotkeys, 20, "Action: hotkey(key='Ctrl c')")]
    public void Mistakes_have_a_kind_and_a_position(ActionErrorKind kind, int position, string text) =>
        AssertWrong(kind, position, text);

    [Fact]
    public void Errors_say_what_was_expected()
    {
        ActionFormatException wrong = Assert.Throws<ActionFormatException>(
            static () => ActionText.Read("Action: scroll(point='(1,2)', direction='north')"));
        Assert.Equal("NotADirection at 41: up, down, left or right expected, found 'north'.", wrong.Message);
        Assert.Equal("NoAction at 7: a call expected, found the end.", Assert.Throws<ActionFormatException>(
            static () => ActionText.Read("Action:")).Message);
        Assert.Throws<ArgumentNullException>(static () => ActionText.Read(null!));
    }

    [Fact]
    public void A_quote_ends_a_text_only_where_an_argument_ends()
    {
        Assert.Equal(new TypeAction("f('a') + g('b')"), Read("type(content='f('a') + g('b')')"));
        Assert.Equal(new TypeAction("say \"it's\""), Read("type(content=\"say \"it's\"\")"));
        Assert.Equal(new TypeAction("a\nb"), Read("type(content='a\nb')"));
        Assert.Equal(new TypeAction("a', ='b', c 'd') e"), Read("type(content='a', ='b', c 'd') e')"));
        Assert.Equal(new FinishedAction("it's [EOS] now"), Read("finished(content='it's [EOS] now')"));
    }

    [Fact]
    public void Spaces_and_line_ends_are_free()
    {
        AgentReply reply = ActionText.Read(
            "\r\n Thought:  a\r\nb \r\n  Action:\r\nwait( )\r\n\r\n\r\nwait()\r\n [EOS] [EOS]\n");
        Assert.Equal(new AgentReply("a\r\nb", new WaitAction(), new WaitAction()), reply);
        Assert.Equal("", ActionText.Read("Thought:\nAction: wait()").Thought);
        Assert.Equal("Action: no", ActionText.Read("Thought: Action: no\nAction: wait()").Thought);
    }

    [Fact]
    public void Keys_are_written_with_one_space_and_a_new_line_submits()
    {
        Assert.Equal("hotkey(key='ctrl c')", ActionText.Write(Read("hotkey(key='  ctrl   c ')")));
        Assert.True(new TypeAction("a\n").Submits);
        Assert.False(new TypeAction("a\nb").Submits);
    }

    private static AgentAction Read(string call) => Assert.Single(ActionText.Read("Action: " + call).Actions);

    private static void AssertWrong(ActionErrorKind kind, int position, string text)
    {
        Assert.False(ActionText.TryRead(text, out AgentReply? reply, out ActionError? error), $"{reply}");
        Assert.Equal((kind, position), (error.Kind, error.Position));
    }
}
