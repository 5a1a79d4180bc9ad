using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Kernels;

/// <summary>
/// Asks for memory before it is needed, on the host. A processor follows a stream or two by itself, but no rows that are read side by
/// side and no positions that are a page apart: where these come from memory, every first touch waits for it. Asking costs an
/// instruction, and a wrong address nothing but time; a crowd of requests at once waits as the reads would, so they are made one by one
/// between other work.
/// </summary>
public static unsafe class Prefetch
{
    /// <summary>Asks for the cache line of an address, into all cache levels. Does nothing where the processor has no such
    /// instruction.</summary>
    /// <param name="at">The address; it need not be valid.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(void* at)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at);
        }
    }

    /// <summary>Asks for the cache line of an address, into all but the first level: more such requests may be under way than that
    /// level has places for, as where little is computed with each line.</summary>
    /// <param name="at">The address; it need not be valid.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FarLine(void* at)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(at);
        }
    }
}
