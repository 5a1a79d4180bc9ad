using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>Stand-in until the emitter of kernels is merged.</summary>
internal static class KernelsFile
{
    public static string Emit(LoweredModel model) => "";
}
