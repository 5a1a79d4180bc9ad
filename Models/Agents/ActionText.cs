using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Models.Agents;

/// <summary>
/// Replies of GUI agents as text: <c>Thought: …</c>, then <c>Action: click(point='&lt;point&gt;200
/// 300&lt;/point&gt;')</c> and perhaps further calls on lines of their own (UI-TARS: Qin et al. 2025). What is read is
/// one of a closed set of records or an error; no text is ever evaluated. Reading what was written gives what was
/// written.
/// </summary>
public static class ActionText
{
    /// <summary>Reads a reply.</summary>
    /// <exception cref="ActionFormatException">It is not one; the error says where and what was expected.</exception>
    public static AgentReply Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ReplyReader(text).Read();
    }

    /// <summary>Reads a reply of which it is not known whether it is one.</summary>
    /// <param name="text">What the agent said.</param>
    /// <param name="reply">The reply, when true.</param>
    /// <param name="error">Why there is none, when false.</param>
    public static bool TryRead(
        string text, [NotNullWhen(true)] out AgentReply? reply, [NotNullWhen(false)] out ActionError? error)
    {
        try
        {
            (reply, error) = (Read(text), null);
            return true;
        }
        catch (ActionFormatException wrong)
        {
            (reply, error) = (null, wrong.Error);
            return false;
        }
    }

    /// <summary>Writes a reply: the thought when there is one, then the actions with an empty line between
    /// them.</summary>
    public static string Write(AgentReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string thought = reply.Thought is null ? "" : $"{ReplyReader.ThoughtLabel} {reply.Thought}\n";
        return $"{thought}{ReplyReader.ActionLabel} {string.Join("\n\n", reply.Actions.Select(Write))}";
    }

    /// <summary>Writes one call.</summary>
    public static string Write(AgentAction action) => action switch
    {
        ClickAction a => Call("click", ("point", PointText.Write(a.Point))),
        DoubleClickAction a => Call("left_double", ("point", PointText.Write(a.Point))),
        RightClickAction a => Call("right_single", ("point", PointText.Write(a.Point))),
        LongPressAction a => Call("long_press", ("point", PointText.Write(a.Point))),
        DragAction a => Call("drag", ("start_point", PointText.Write(a.Start)), ("end_point", PointText.Write(a.End))),
        HotkeyAction a => Call("hotkey", ("key", a.Keys)),
        TypeAction a => Call("type", ("content", a.Content)),
        ScrollAction a => Call("scroll", ("point", PointText.Write(a.Point)), ("direction", Name(a.Direction))),
        WaitAction => Call("wait"),
        FinishedAction { Content: null } => Call("finished"),
        FinishedAction a => Call("finished", ("content", a.Content)),
        CallUserAction => Call("call_user"),
        OpenAppAction a => Call("open_app", ("app_name", a.Name)),
        PressHomeAction => Call("press_home"),
        PressBackAction => Call("press_back"),
        _ => throw new ArgumentNullException(nameof(action)),
    };

    private static string Name(ScrollDirection direction) => direction switch
    {
        ScrollDirection.Up => "up",
        ScrollDirection.Down => "down",
        ScrollDirection.Left => "left",
        _ => "right",
    };

    private static string Call(string name, params ReadOnlySpan<(string Key, string Text)> arguments)
    {
        var text = new StringBuilder(name).Append('(');
        foreach ((string key, string value) in arguments)
        {
            text.Append(text[^1] == '(' ? "" : ", ");
            text.Append(CultureInfo.InvariantCulture, $"{key}='");
            foreach (char next in value)
            {
                text.Append(next switch
                {
                    '\\' => @"\\",
                    '\'' => @"\'",
                    '"' => "\\\"",
                    '\n' => @"\n",
                    '\t' => @"\t",
                    '\r' => @"\r",
                    _ => next.ToString(),
                });
            }

            text.Append('\'');
        }

        return text.Append(')').ToString();
    }
}
