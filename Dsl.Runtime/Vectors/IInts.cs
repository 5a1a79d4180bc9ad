namespace Dsl.Vectors;

/// <summary>A vector of 32-bit ints with as many lanes as <typeparamref name="F"/>. Arithmetic wraps.</summary>
/// <typeparam name="F">The vector of floats.</typeparam>
/// <typeparam name="I">The vector of ints itself.</typeparam>
/// <typeparam name="M">The mask.</typeparam>
public unsafe interface IInts<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>Every lane holds <paramref name="value"/>.</summary>
    static abstract I Splat(int value);

    /// <summary>Lane i holds <paramref name="start"/> + i.</summary>
    static abstract I Iota(int start);

    /// <summary>Sum.</summary>
    static abstract I operator +(I a, I b);

    /// <summary>Difference.</summary>
    static abstract I operator -(I a, I b);

    /// <summary>The low 32 bits of the product.</summary>
    static abstract I operator *(I a, I b);

    /// <summary>Bitwise and.</summary>
    static abstract I operator &(I a, I b);

    /// <summary>Bitwise or.</summary>
    static abstract I operator |(I a, I b);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract I operator ^(I a, I b);

    /// <summary>Shift left.</summary>
    static abstract I ShiftLeft(I a, int by);

    /// <summary>Logical shift right.</summary>
    static abstract I ShiftRight(I a, int by);

    /// <summary>The high 32 bits of the unsigned product (counter-based random numbers).</summary>
    static abstract I MultiplyHigh(I a, I b);

    /// <summary>a &lt; b, signed.</summary>
    static abstract M Less(I a, I b);

    /// <summary>a = b.</summary>
    static abstract M Equal(I a, I b);

    /// <summary>Where the mask is set <paramref name="a"/>, else <paramref name="b"/>.</summary>
    static abstract I Select(M mask, I a, I b);

    /// <summary>Host only: consecutive ints from <paramref name="at"/>.</summary>
    static abstract I Load(int* at);

    /// <summary>Host only: the first <paramref name="count"/> lanes from memory (nothing beyond is read), the others
    /// 0.</summary>
    static abstract I Load(int* at, int count);

    /// <summary>Host only: consecutive ints to <paramref name="at"/>.</summary>
    static abstract void Store(int* at, I value);

    /// <summary>Host only: writes the first <paramref name="count"/> lanes and nothing beyond.</summary>
    static abstract void Store(int* at, I value, int count);

    /// <summary>Host only: lane i is <c>from[index_i]</c>.</summary>
    static abstract F Gather(float* from, I index);
}

/// <summary>One truth value per lane.</summary>
/// <typeparam name="M">The mask itself.</typeparam>
public interface IMask<M>
    where M : struct, IMask<M>
{
    /// <summary>Both.</summary>
    static abstract M operator &(M a, M b);

    /// <summary>Either.</summary>
    static abstract M operator |(M a, M b);

    /// <summary>Not.</summary>
    static abstract M operator !(M a);

    /// <summary>The first <paramref name="count"/> lanes are set.</summary>
    static abstract M Until(int count);

    /// <summary>Whether a lane is set.</summary>
    static abstract bool Any(M a);
}
