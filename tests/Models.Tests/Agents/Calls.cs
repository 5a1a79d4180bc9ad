using System;
using System.Linq;
using System.Text.Json;
using Models.Agents;

namespace Models.Tests.Agents;

/// <summary>Actions as the golden cases tell them, and actions drawn at random.</summary>
internal static class Calls
{
    private const string Letters = "ab 'c\"\\\n\t\r),(=你😀[EOS]<point>1 2</point>Action:', content='";

    public static AgentAction Of(JsonElement call)
    {
        JsonElement args = call.GetProperty("args");
        return call.GetProperty("name").GetString() switch
        {
            "click" => new ClickAction(Point("point")),
            "left_double" => new DoubleClickAction(Point("point")),
            "right_single" => new RightClickAction(Point("point")),
            "long_press" => new LongPressAction(Point("point")),
            "drag" => new DragAction(Point("start_point"), Point("end_point")),
            "hotkey" => new HotkeyAction(Text("key")!),
            "type" => new TypeAction(Text("content")!),
            "scroll" => new ScrollAction(
                Point("point"), Enum.Parse<ScrollDirection>(Text("direction")!, ignoreCase: true)),
            "wait" => new WaitAction(),
            "finished" => new FinishedAction(args.TryGetProperty("content", out _) ? Text("content") : null),
            "call_user" => new CallUserAction(),
            "open_app" => new OpenAppAction(Text("app_name")!),
            "press_home" => new PressHomeAction(),
            "press_back" => new PressBackAction(),
            var other => throw new InvalidOperationException(other),
        };

        AgentPoint Point(string key) => new(args.GetProperty(key)[0].GetDouble(), args.GetProperty(key)[1].GetDouble());
        string? Text(string key) => args.GetProperty(key).GetString();
    }

    public static AgentAction Draw(Random random) => random.Next(14) switch
    {
        0 => new ClickAction(Point(random)),
        1 => new DoubleClickAction(Point(random)),
        2 => new RightClickAction(Point(random)),
        3 => new LongPressAction(Point(random)),
        4 => new DragAction(Point(random), Point(random)),
        5 => new HotkeyAction(string.Join(' ', new[] { "ctrl", "+", "f1" }.Take(random.Next(1, 4)))),
        6 => new TypeAction(Text(random)),
        7 => new ScrollAction(Point(random), (ScrollDirection)random.Next(4)),
        8 => new WaitAction(),
        9 => new FinishedAction(random.Next(2) == 0 ? null : Text(random)),
        10 => new CallUserAction(),
        11 => new OpenAppAction(Text(random)),
        12 => new PressHomeAction(),
        _ => new PressBackAction(),
    };

    public static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Letters[random.Next(Letters.Length)]));

    private static AgentPoint Point(Random random) => new(Number(random), Number(random));

    private static double Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(1000),
        1 => random.NextDouble() * 1000,
        2 => -Math.ScaleB(random.NextDouble(), random.Next(-1070, 1020)),
        _ => Math.ScaleB(1, random.Next(-1074, 1024)),
    };
}
