using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>What the text of one kernel's body refers to: its buffers as slots, and names.</summary>
internal sealed class KernelContext
{
    private readonly Schedule _schedule;
    private readonly List<string> _buffers = new();
    private readonly List<string> _slotNames = new();

    public KernelContext(FusedKernel kernel, Schedule schedule)
    {
        Kernel = kernel;
        _schedule = schedule;
    }

    public FusedKernel Kernel { get; }

    public LayoutPlanner Layouts => _schedule.Layouts;

    /// <summary>The buffers named so far; the position is the slot.</summary>
    public IReadOnlyList<string> Buffers => _buffers;

    /// <summary>Whether this kernel reads the node from memory rather than computing it.</summary>
    public bool Loads(Node node) => _schedule.Fusion.IsMaterialised(node) && !_schedule.Fusion.IsHome(node, Kernel);

    /// <summary>The slot of the buffer that holds a node.</summary>
    public int Slot(Node node) => Slot(_schedule.BufferOf(node));

    /// <summary>The slot of a buffer by name.</summary>
    public int Slot(string buffer) => _buffers.IndexOf(buffer) is >= 0 and var slot ? slot : Operand(buffer);

    /// <summary>A slot for what the skeleton reads by itself. It finds operands by their positions, so each has a slot of its own,
    /// also where two are one buffer.</summary>
    public int Operand(string buffer)
    {
        int slot = _buffers.Count;
        _buffers.Add(buffer);
        string name = _schedule.LocalOf(buffer) + "At";
        _slotNames.Add(_slotNames.Contains(name) ? name + slot.ToString(CultureInfo.InvariantCulture) : name);
        return slot;
    }

    /// <summary>The local with a slot's offset; of two buffers with one name inside the body the second has a
    /// number.</summary>
    public string SlotName(int slot) => _slotNames[slot];

    public bool IsSlotName(string name) => _slotNames.Contains(name);

    public int SymbolIndex(string symbol) => _schedule.SymbolIndex(symbol);

    /// <summary>The local's name for a node: the user's name, its buffer's, or its op's.</summary>
    public string ValueName(Node node) => node.Op switch
    {
        InputOp or ParameterOp => _schedule.LocalOf(_schedule.BufferOf(node)),
        ReshapeOp => _schedule.LocalOf(_schedule.BufferOf(node)),
        _ when node.Label.Length > 0 => _schedule.LocalOf(node.Label),
        PointwiseOp p => Identifier(p.Row),
        _ => Identifier(node.Op.Name),
    };

    /// <summary>A name without which of several repeated blocks it belongs to: <c>dTrunk.3.Expand</c> becomes
    /// <c>dExpand</c>, and <c>trunk.3</c>, the result of one, <c>trunk</c>.</summary>
    public static string Local(string name)
    {
        if (name.IndexOf('.') < 0)
        {
            return name;
        }

        string[] parts = name.Split('.');
        int index = Array.FindLastIndex(parts, static p => p.Length > 0 && p.All(char.IsDigit));
        if (index < 1)
        {
            return name;
        }

        if (index == parts.Length - 1)
        {
            return parts[index - 1];
        }

        string local = string.Join(".", parts.Skip(index + 1));
        return name.Length > 1 && name[0] == 'd' && char.IsUpper(name[1]) ? "d" + Upper(local) : local;
    }

    /// <summary>A camel-case C# identifier: <c>Stem.Weight</c> becomes <c>stemWeight</c>.</summary>
    public static string Identifier(string name)
    {
        var text = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            char c = i == 0 ? char.ToLowerInvariant(name[i])
                : name[i - 1] == '.' ? char.ToUpperInvariant(name[i]) : name[i];
            if (char.IsLetterOrDigit(c) || c == '_')
            {
                text.Append(c);
            }
        }

        string clean = text.ToString();
        return clean.Length == 0 || char.IsDigit(clean[0]) ? "v" + clean
            : Keywords.Contains(clean) ? "@" + clean : clean;
    }

    /// <summary>A Pascal-case C# type name.</summary>
    public static string TypeName(string name) => string.Concat(
        name.Split('.', ' ', '-').Where(static p => p.Length > 0).Select(Upper).Select(static p => string.Concat(p.Where(char.IsLetterOrDigit))));

    private static string Lower(string part) => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part.Substring(1);

    private static string Upper(string part) => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part.Substring(1);

    private static readonly HashSet<string> Keywords = new(
        "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while"
            .Split(' '), StringComparer.Ordinal);
}
