namespace Dsl.Vectors;

/// <summary>
/// A session's memory as a body sees it: one array of 32-bit elements and int offsets into it. It hides raw pointers
/// (host), views (GPU) and the masks of a row's tail from the body.
/// </summary>
/// <typeparam name="F">The vector of floats.</typeparam>
/// <typeparam name="I">The vector of ints.</typeparam>
public interface IMemory<F, I>
    where F : struct
    where I : struct
{
    /// <summary>Lane i from element <paramref name="at"/> + i.</summary>
    F Load(int at);

    /// <summary>Every lane from element <paramref name="at"/>.</summary>
    F Scalar(int at);

    /// <summary>Lane i from element <paramref name="at"/> + i·<paramref name="stride"/>.</summary>
    F Strided(int at, int stride);

    /// <summary>Lane i from element <paramref name="at"/> + index_i.</summary>
    F Gather(int at, I index);

    /// <summary>Lane i to element <paramref name="at"/> + i.</summary>
    void Store(int at, F value);

    /// <summary>Lane 0 to element <paramref name="at"/>.</summary>
    void StoreScalar(int at, F value);

    /// <summary>Lane i to element <paramref name="at"/> + i·<paramref name="stride"/>.</summary>
    void StoreStrided(int at, int stride, F value);

    /// <summary>Lane i to element <paramref name="at"/> + index_i; no two lanes have one element.</summary>
    void Scatter(int at, I index, F value);

    /// <summary>Lane i from int element <paramref name="at"/> + i.</summary>
    I LoadInts(int at);

    /// <summary>Every lane from int element <paramref name="at"/>.</summary>
    I ScalarInts(int at);

    /// <summary>The int element <paramref name="at"/>, for addresses.</summary>
    int Int(int at);

    /// <summary>Lane i to int element <paramref name="at"/> + i.</summary>
    void StoreInts(int at, I value);
}
