using Dsl.Host;

namespace Dsl.Kernels;

/// <summary>The stable order of whole numbers in each row: element k of the result is the index of the item that comes k-th,
/// as a float.</summary>
public sealed class OrderKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 has keys [rows, length], buffer 1 the result.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="length">Items of a row.</param>
    /// <param name="keys">Keys are 0 … keys - 1; 0: a permutation of the indices, whose inverse is the result.</param>
    public OrderKernel(string name, string[] buffers, Size rows, Size length, int keys)
        : base(name, buffers) => (Rows, Length, Keys) = (rows, length, keys);

    /// <summary>Rows.</summary>
    public Size Rows { get; }

    /// <summary>Items of a row.</summary>
    public Size Length { get; }

    /// <summary>How many keys there are; 0: a permutation.</summary>
    public int Keys { get; }

    internal override Launch Prepare() => new OrderLaunch(this);
}

/// <summary>An <see cref="OrderKernel"/> in one session.</summary>
public sealed unsafe class OrderLaunch : Launch
{
    private readonly OrderKernel _kernel;

    internal OrderLaunch(OrderKernel kernel)
        : base(kernel) => _kernel = kernel;

    internal int Rows { get; private set; }

    internal int Length { get; private set; }

    internal int Keys => _kernel.Keys;

    internal override void Resize(SizeValues sizes)
    {
        Rows = checked((int)_kernel.Rows.Evaluate(sizes));
        Length = checked((int)_kernel.Length.Evaluate(sizes));
    }

    internal override int Slices(int phase) => Slicing.Count(Rows, (long)Rows * (Length + Keys));

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        (int first, int end) = Slicing.Range(Rows, Slices(phase), slice);
        HostOrder.Run(this, memory, (int*)scratch, first, end);
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Order(this);
}
