namespace Dsl.Kernels;

/// <summary>
/// Which keys a query sees of those that it may see at all (Child et al. 2019, arXiv:1904.10509, section 4.2), both
/// parts of a pattern merged. Strided: |i - j| below the stride, or a multiple of it. Fixed: in the same part of as
/// many positions, or among the last ones of any part. This is the one place that knows; the interpreter, eager code
/// and kernels all ask it.
/// </summary>
/// <param name="Kind">0: all keys; 1: strided; 2: fixed. The numbers of the runtime's
/// <c>Dsl.AttentionPattern</c>.</param>
/// <param name="Stride">l.</param>
/// <param name="Summary">c: positions at the end of each part that all see; of a fixed pattern.</param>
internal readonly record struct SparsePattern(int Kind, int Stride, int Summary)
{
    private const int Strided = 1;

    /// <summary>Whether it hides any key.</summary>
    public bool IsSparse => Kind != 0;

    /// <summary>Whether a query sees a key.</summary>
    public bool Shows(int query, int key)
    {
        int distance = query > key ? query - key : key - query;
        return Kind == 0
            || (Kind == Strided
                ? distance < Stride || distance % Stride == 0
                : key / Stride == query / Stride || key % Stride >= Stride - Summary);
    }

    /// <summary>Whether some of neighbouring queries see some of neighbouring keys: work on the others can be left
    /// out.</summary>
    public bool Meets(int query, int queries, int key, int keys)
    {
        int last = query + queries - 1;
        int end = key + keys - 1;
        if (Kind == 0)
        {
            return true;
        }

        if (Kind == Strided)
        {
            // Distances from least to most; a multiple of the stride is among them when the next one from the least on
            // is.
            int least = query - end;
            int most = last - key;
            return (least < Stride && most > -Stride) || Below(most) * Stride >= least;
        }

        int phase = key % Stride;
        return (key / Stride <= last / Stride && end / Stride >= query / Stride)
            || phase + keys > Stride - Summary;
    }

    /// <summary>Whether neighbouring queries see at most one in eight of neighbouring keys, because none is near: pair
    /// after pair is less work than all of them then.</summary>
    public bool IsThin(int query, int queries, int key, int keys)
    {
        int last = query + queries - 1;
        int end = key + keys - 1;
        return Kind != 0
            && Stride >= 8 * (Kind == Strided ? 1 : Summary)
            && (Kind == Strided ? query - end >= Stride || key - last >= Stride
                : key / Stride > last / Stride || end / Stride < query / Stride);
    }

    /// <summary>How many of the keys from <paramref name="first"/> to before <paramref name="end"/> a query
    /// sees.</summary>
    public int Count(int query, int first, int end)
    {
        if (Kind == 0 || end <= first)
        {
            return end > first ? end - first : 0;
        }

        int start = Kind == Strided ? query - Stride + 1 : query / Stride * Stride;
        int behind = Kind == Strided ? query + Stride : start + Stride;
        start = Clamp(start, first, end);
        behind = Clamp(behind, first, end);
        return behind - start + Far(query, first, start) + Far(query, behind, end);
    }

    /// <summary>A bit for each of 64 keys that a query sees.</summary>
    public ulong Bits(int query, int key)
    {
        if (Kind == 0)
        {
            return ulong.MaxValue;
        }

        int start = Kind == Strided ? query - Stride + 1 : query / Stride * Stride;
        int behind = Kind == Strided ? query + Stride : start + Stride;
        ulong bits = Range(start - key, behind - key);
        int width = Kind == Strided ? 1 : Summary;

        // The first of those far away that reaches into these keys.
        int phase = Kind == Strided ? query % Stride : Stride - Summary;
        int at = phase + (((key - phase - width + 1 + Stride - 1) / Stride) * Stride);
        for (at = at > phase ? at : phase; at < key + 64; at += Stride)
        {
            bits |= Range(at - key, at + width - key);
        }

        return bits;
    }

    /// <summary>A bit for each of 64 keys within a range.</summary>
    public static ulong Range(int first, int end)
    {
        first = Clamp(first, 0, 64);
        end = Clamp(end, 0, 64);
        return end <= first ? 0 : (ulong.MaxValue >> (64 - (end - first))) << first;
    }

    /// <summary>The keys of a range that are seen although they are not near.</summary>
    private int Far(int query, int first, int end)
    {
        if (end <= first)
        {
            return 0;
        }

        return Kind == Strided ? Before(end, query % Stride, 1) - Before(first, query % Stride, 1)
            : Before(end, Stride - Summary, Summary) - Before(first, Stride - Summary, Summary);
    }

    /// <summary>How many keys before one have a remainder from a phase on.</summary>
    private int Before(int key, int phase, int width) =>
        (key / Stride * width) + Clamp((key % Stride) - phase, 0, width);

    /// <summary>⌊distance / stride⌋.</summary>
    private int Below(int distance) =>
        distance >= 0 ? distance / Stride : -((-distance + Stride - 1) / Stride);

    private static int Clamp(int value, int least, int most) => value < least ? least : value > most ? most : value;
}
