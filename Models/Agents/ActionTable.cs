using System;
using System.Collections.Generic;

namespace Models.Agents;

/// <summary>A text in a call, without its quotes and escapes.</summary>
/// <param name="Position">Where its key begins.</param>
/// <param name="TextPosition">Where it begins, behind the quote.</param>
/// <param name="Text">What it says.</param>
internal readonly record struct Argument(int Position, int TextPosition, string Text);

/// <summary>An action in the grammar.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Keys">Its arguments in order; with a question mark when it does without.</param>
/// <param name="Read">From texts to the record. All that are needed are there.</param>
internal sealed record ActionRow(
    string Name, string[] Keys, Func<IReadOnlyDictionary<string, Argument>, AgentAction> Read);

/// <summary>The closed set of actions.</summary>
internal static class ActionTable
{
    public static readonly ActionRow[] Rows =
    [
        new("click", ["point"], static a => new ClickAction(Point(a["point"]))),
        new("left_double", ["point"], static a => new DoubleClickAction(Point(a["point"]))),
        new("right_single", ["point"], static a => new RightClickAction(Point(a["point"]))),
        new("long_press", ["point"], static a => new LongPressAction(Point(a["point"]))),
        new("drag", ["start_point", "end_point"],
            static a => new DragAction(Point(a["start_point"]), Point(a["end_point"]))),
        new("hotkey", ["key"], static a => new HotkeyAction(Hotkeys(a["key"]))),
        new("type", ["content"], static a => new TypeAction(a["content"].Text)),
        new("scroll", ["point", "direction"],
            static a => new ScrollAction(Point(a["point"]), Direction(a["direction"]))),
        new("wait", [], static _ => new WaitAction()),
        new("finished", ["content?"],
            static a => new FinishedAction(a.TryGetValue("content", out Argument content) ? content.Text : null)),
        new("call_user", [], static _ => new CallUserAction()),
        new("open_app", ["app_name"], static a => new OpenAppAction(a["app_name"].Text)),
        new("press_home", [], static _ => new PressHomeAction()),
        new("press_back", [], static _ => new PressBackAction()),
    ];

    /// <summary>The key that another spelling of it stands for.</summary>
    public static string KeyOf(ActionRow row, string spelling) => (spelling, row.Name) switch
    {
        ("start_box" or "start_point" or "point", "drag") => "start_point",
        ("start_box" or "start_point", _) => "point",
        ("end_box", _) => "end_point",
        _ => spelling,
    };

    private static AgentPoint Point(Argument argument) => PointText.TryRead(argument.Text, out AgentPoint point)
        ? point
        : throw Wrong(ActionErrorKind.NotAPoint, argument, "<point>x y</point>, (x,y) or (x1,y1,x2,y2)");

    private static string Hotkeys(Argument argument) => HotkeyAction.Normalize(argument.Text)
        ?? throw Wrong(ActionErrorKind.NotHotkeys, argument, "one to three lower-case names of keys");

    private static ScrollDirection Direction(Argument argument) => argument.Text switch
    {
        "up" => ScrollDirection.Up,
        "down" => ScrollDirection.Down,
        "left" => ScrollDirection.Left,
        "right" => ScrollDirection.Right,
        _ => throw Wrong(ActionErrorKind.NotADirection, argument, "up, down, left or right"),
    };

    private static ActionFormatException Wrong(ActionErrorKind kind, Argument argument, string expected) =>
        new(new ActionError(kind, argument.TextPosition, argument.Text, expected));
}
