using System;
using System.Collections.Generic;
using System.Linq;

namespace Models.Agents;

/// <summary>What an agent says in one turn: what it thinks, then what it does.</summary>
public sealed class AgentReply : IEquatable<AgentReply>
{
    private readonly AgentAction[] _actions;

    /// <summary>Makes a reply.</summary>
    /// <param name="thought">What it thinks, or null. Space around it is dropped.</param>
    /// <param name="actions">What it does, at least one.</param>
    /// <exception cref="ArgumentException">There is no action, one is null, or a line of the thought behind the first
    /// begins with <c>Action:</c>, which could not be read back.</exception>
    public AgentReply(string? thought, params ReadOnlySpan<AgentAction> actions)
    {
        Thought = thought?.Trim();
        _actions = actions.ToArray();
        if (_actions.Length == 0 || Array.Exists(_actions, static a => a is null))
        {
            throw new ArgumentException("A reply has at least one action, none of them null.", nameof(actions));
        }

        if (Thought is not null && Thought.Split('\n').Skip(1).Any(
            static line => line.TrimStart().StartsWith(ReplyReader.ActionLabel, StringComparison.Ordinal)))
        {
            throw new ArgumentException(
                $"A later line of the thought begins with '{ReplyReader.ActionLabel}'.", nameof(thought));
        }
    }

    /// <summary>What it thinks; null when it does not say.</summary>
    public string? Thought { get; }

    /// <summary>What it does, in order.</summary>
    public IReadOnlyList<AgentAction> Actions => _actions;

    /// <summary>Whether thought and actions are equal.</summary>
    public bool Equals(AgentReply? other) =>
        other is not null && Thought == other.Thought && _actions.AsSpan().SequenceEqual(other._actions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AgentReply);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Thought, _actions.Length, _actions[0]);

    /// <summary>The text of the reply, as <see cref="ActionText.Write(AgentReply)"/> writes it.</summary>
    public override string ToString() => ActionText.Write(this);
}
