using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Runtime.Tests.Gpu;
using Models.Language;
using Xunit;

namespace Models.Tests;

/// <summary>Every kernel of every model for CUDA: compiled without a GPU, and assembled.</summary>
public sealed class PtxKernelTests
{
    /// <summary>But for wider language models of the same blocks, whose kernels differ in numbers only.</summary>
    public static IEnumerable<object[]> WithFullSize => AllModels.NamesWithFullSize.Where(static row =>
        !((string)row[0]).EndsWith("Medium", StringComparison.Ordinal) || (string)row[0] == nameof(CharTransformerMedium));

    /// <summary>Where there is no assembler the test is skipped once the text is found sound.</summary>
    [SkippableTheory]
    [MemberData(nameof(WithFullSize))]
    public void Every_kernel_compiles_to_PTX_and_assembles_without_stack_or_spills(string name)
    {
        IReadOnlyList<PtxModule> modules = Modules(name);
        foreach (PtxModule module in modules)
        {
            Assert.True(module.IsSound, $"{module.Kernel} of {name} claims uniform branches.");
            Assert.DoesNotContain(".local", module.Text, StringComparison.Ordinal);
        }

        foreach (PtxModule module in modules)
        {
            Assert.Contains(Ptxas.Clean, Ptxas.Assemble(module.Text), StringComparison.Ordinal);
        }
    }

    /// <summary>Each kernel once, however many launches share it.</summary>
    private static IReadOnlyList<PtxModule> Modules(string name) => PtxCompiler.Modules(
        AllModels.Programs(AllModels.Compiled(name)).SelectMany(static program =>
        {
            SizeValues sizes = AllModels.Sizes(program, 64);
            return program.Kernels.Select(static k => k.Prepare()).Select(launch =>
            {
                launch.Resize(sizes);
                return launch;
            });
        }));
}
