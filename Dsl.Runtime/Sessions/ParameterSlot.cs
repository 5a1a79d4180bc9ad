namespace Dsl.Sessions;

/// <summary>Where a parameter lies in a session, and in every array laid out like the parameters.</summary>
/// <param name="Name">The checkpoint key.</param>
/// <param name="Offset">First element, counted from the beginning of the parameters.</param>
/// <param name="Length">Elements, without the padding.</param>
/// <param name="Decays">Whether weight decay applies.</param>
/// <param name="Learns">False for a state.</param>
internal readonly record struct ParameterSlot(string Name, long Offset, int Length, bool Decays, bool Learns = true);
