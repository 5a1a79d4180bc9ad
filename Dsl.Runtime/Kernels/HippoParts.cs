namespace Dsl.Kernels;

/// <summary>What kernels of HiPPO memories have room for.</summary>
internal static class HippoParts
{
    /// <summary>The most coefficients of a channel.</summary>
    public const int MostOrder = 256;
}
