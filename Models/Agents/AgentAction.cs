using System;

namespace Models.Agents;

/// <summary>A place as a model names it; what it means on the screen is a <see cref="CoordinateConvention"/>. x grows
/// to the right, y downwards.</summary>
/// <param name="X">How far right.</param>
/// <param name="Y">How far down.</param>
/// <exception cref="ArgumentException">A coordinate is not finite.</exception>
public readonly record struct AgentPoint(double X, double Y)
{
    /// <summary>How far right.</summary>
    public double X { get; } = Finite(X, nameof(X));

    /// <summary>How far down.</summary>
    public double Y { get; } = Finite(Y, nameof(Y));

    private static double Finite(double value, string name) =>
        double.IsFinite(value) ? value : throw new ArgumentException("A coordinate is not finite.", name);
}

/// <summary>Where a wheel turns to.</summary>
public enum ScrollDirection
{
    /// <summary>Upwards.</summary>
    Up,

    /// <summary>Downwards.</summary>
    Down,

    /// <summary>To the left.</summary>
    Left,

    /// <summary>To the right.</summary>
    Right,
}

/// <summary>Something that a GUI agent can do: one of the records below and nothing else (Qin et al. 2025, "UI-TARS:
/// Pioneering Automated GUI Interaction with Native Agents", the unified action space).</summary>
public abstract record AgentAction
{
    private protected AgentAction()
    {
    }
}

/// <summary><c>click</c>: the left button, once.</summary>
/// <param name="Point">Where.</param>
public sealed record ClickAction(AgentPoint Point) : AgentAction;

/// <summary><c>left_double</c>: the left button, twice.</summary>
/// <param name="Point">Where.</param>
public sealed record DoubleClickAction(AgentPoint Point) : AgentAction;

/// <summary><c>right_single</c>: the right button, once.</summary>
/// <param name="Point">Where.</param>
public sealed record RightClickAction(AgentPoint Point) : AgentAction;

/// <summary><c>long_press</c>: a finger that stays.</summary>
/// <param name="Point">Where.</param>
public sealed record LongPressAction(AgentPoint Point) : AgentAction;

/// <summary><c>drag</c>: the left button, held from one place to another.</summary>
/// <param name="Start">Where it goes down.</param>
/// <param name="End">Where it goes up.</param>
public sealed record DragAction(AgentPoint Start, AgentPoint End) : AgentAction;

/// <summary><c>scroll</c>: the wheel.</summary>
/// <param name="Point">Where.</param>
/// <param name="Direction">Where to.</param>
/// <exception cref="ArgumentOutOfRangeException">There is no such direction.</exception>
public sealed record ScrollAction(AgentPoint Point, ScrollDirection Direction) : AgentAction
{
    /// <summary>Where to.</summary>
    public ScrollDirection Direction { get; } = Enum.IsDefined(Direction)
        ? Direction
        : throw new ArgumentOutOfRangeException(nameof(Direction), Direction, "There is no such direction.");
}

/// <summary><c>hotkey</c>: keys that are pressed together.</summary>
/// <param name="Keys">One to three lower-case names, separated by spaces: <c>ctrl shift t</c>.</param>
/// <exception cref="ArgumentException">They are not.</exception>
public sealed record HotkeyAction(string Keys) : AgentAction
{
    /// <summary>One to three lower-case names with one space between them.</summary>
    public string Keys { get; } = Normalize(Keys)
        ?? throw new ArgumentException($"'{Keys}' is not one to three lower-case names of keys.", nameof(Keys));

    internal static string? Normalize(string keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        string[] names = keys.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool good = names.Length is >= 1 and <= 3 && !Array.Exists(keys.ToCharArray(), char.IsUpper);
        return good ? string.Join(' ', names) : null;
    }
}

/// <summary><c>type</c>: text on the keyboard.</summary>
/// <param name="Content">What is typed.</param>
public sealed record TypeAction(string Content) : AgentAction
{
    /// <summary>What is typed. With a new line at its end it is also submitted, as by the enter key.</summary>
    public string Content { get; } = Content ?? throw new ArgumentNullException(nameof(Content));

    /// <summary>Whether it is submitted.</summary>
    public bool Submits => Content.EndsWith('\n');
}

/// <summary><c>open_app</c>: a program by its name.</summary>
/// <param name="Name">Its name.</param>
public sealed record OpenAppAction(string Name) : AgentAction
{
    /// <summary>Its name.</summary>
    public string Name { get; } = Name ?? throw new ArgumentNullException(nameof(Name));
}

/// <summary><c>wait</c>: nothing, for a while.</summary>
public sealed record WaitAction : AgentAction;

/// <summary><c>finished</c>: the task is done.</summary>
/// <param name="Content">What there is to say, or null.</param>
public sealed record FinishedAction(string? Content = null) : AgentAction;

/// <summary><c>call_user</c>: a human has to go on.</summary>
public sealed record CallUserAction : AgentAction;

/// <summary><c>press_home</c>: the home key of a telephone.</summary>
public sealed record PressHomeAction : AgentAction;

/// <summary><c>press_back</c>: the back key of a telephone.</summary>
public sealed record PressBackAction : AgentAction;
