using Dsl.Vectors;

namespace Dsl;

/// <summary>
/// What all random numbers of one step depend on: 64 bits drawn from seed, step and micro-batch. A number is a function
/// of the key, of the site that draws and of the element's position, so it can be drawn again instead of being stored.
/// </summary>
internal readonly record struct RandomKey(int Word0, int Word1)
{
    /// <summary>The key of a step.</summary>
    public static RandomKey Of(ulong seed, long step, int microBatch)
    {
        // The last word keeps these counters apart from those of initial values.
        (uint word0, uint word1, _, _) = Philox.Words(
            (uint)step, (uint)((ulong)step >> 32), (uint)microBatch, 0x4B657973, (uint)seed, (uint)(seed >> 32));
        return new RandomKey((int)word0, (int)word1);
    }

    /// <summary>The number of an element, in [0, 1): the scalar form of <see cref="Lanes.Uniform"/>.</summary>
    public float Uniform(int index, int site) => Philox.Uniform((uint)index, (uint)(site ^ Word1), (uint)Word0);
}
