using System;

namespace Dsl;

/// <summary>
/// Marks a partial class as a block: layers and a <c>Forward</c> like a model's, which models and other blocks use as
/// one layer with <see cref="UseAttribute{TBlock}"/>. It has no session of its own.
/// </summary>
/// <remarks>
/// The parameters of its primary constructor (int, bool, string, an enum) are known when it is used. Their names may
/// stand in sizes, as in <c>[Conv(nameof(width), 3)]</c> or <c>"2*width"</c>, where they win over symbolic sizes, and
/// in
/// <c>Forward</c> as numbers and in conditions. Inputs need no <c>[Shape]</c>; one that is given is checked. The class
/// may be in another assembly: its generated half carries what the compiler has to know.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BlockAttribute : Attribute
{
}
