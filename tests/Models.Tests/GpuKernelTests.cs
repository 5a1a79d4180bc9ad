using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Runtime.Tests.Gpu;
using Dsl.Sessions;
using Models.Face;
using Models.Segmentation;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>Every kernel of every model, for GPUs: compiled without one, assembled, and run on OpenCL.</summary>
public sealed class GpuKernelTests
{
    public static IEnumerable<object[]> Models => AllModels.Names;

    /// <summary>Models that run on OpenCL on a CPU within seconds. The chain tests run every kind of layer there.</summary>
    public static IEnumerable<object[]> OnOpenCl => new[]
    {
        nameof(DigitNet), nameof(FieldNet), nameof(NucleusUNet), nameof(SuperResolution), nameof(SmallDeepFace),
    }.Select(static name => new object[] { name });

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_kernel_compiles_to_PTX(string name)
    {
        foreach (PtxModule module in Modules(name))
        {
            Assert.True(module.IsSound, $"{module.Kernel} of {name} claims uniform branches.");
            Assert.DoesNotContain(".local", module.Text, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Every_kernel_assembles_without_stack_or_spills(string name)
    {
        foreach (PtxModule module in Modules(name))
        {
            Assert.Contains(Ptxas.Clean, Ptxas.Assemble(module.Text), StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(OnOpenCl))]
    public void OpenCL_agrees_with_the_host(string name)
    {
        bool present = GpuDevices.Find().Any(static d => d.Kind == "OpenCL" && d.Usable);
        if (Environment.GetEnvironmentVariable("DSL_REQUIRE_OPENCL") == "1")
        {
            Assert.True(present, "DSL_REQUIRE_OPENCL=1, but there is no OpenCL device.");
        }

        Skip.IfNot(present, "There is no OpenCL device.");
        (float hostLoss, float[][] host) = Train(name, Device.Host(1));
        (float gpuLoss, float[][] gpu) = Train(name, Device.Parse("opencl"));
        Assert.Equal(hostLoss, gpuLoss, 1e-4f);
        float largest = host.SelectMany(static g => g).Max(Math.Abs);
        for (int p = 0; p < host.Length; p++)
        {
            for (int i = 0; i < host[p].Length; i++)
            {
                Assert.True(
                    Math.Abs(host[p][i] - gpu[p][i]) <= (1e-4f * Math.Abs(host[p][i])) + (1e-5f * largest),
                    $"{name} gradient {p}[{i}]: host {host[p][i]}, OpenCL {gpu[p][i]}");
            }
        }
    }

    private static (float Loss, float[][] Gradients) Train(string name, Device device)
    {
        IModel model = AllModels.Make(name);
        Program train = model.Compiled.Train!;
        SizeValues sizes = AllModels.Sizes(train, 5);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = device,
            Sizes = AllModels.AtMost(train, 5),
            Optimizer = new Sgd(0.1f),
        });
        session.Begin(EntryPoint.Train, AllModels.Given(train, 5));
        AllModels.WriteInputs(session, train, sizes, seed: 3);
        session.Run();
        var gradients = new float[model.Parameters.Count][];
        for (int p = 0; p < gradients.Length; p++)
        {
            gradients[p] = new float[model.Parameters[p].Length];
            session.ReadParameterLayout(session.GradientBase, p, gradients[p]);
        }

        return (session.ReadScalar(), gradients);
    }

    private static IEnumerable<PtxModule> Modules(string name)
    {
        IModel model = AllModels.Make(name);
        foreach (Program program in AllModels.Programs(model))
        {
            SizeValues sizes = AllModels.Sizes(program, 64);
            foreach (Launch launch in program.Kernels.Select(static k => k.Prepare()))
            {
                launch.Resize(sizes);
                foreach (PtxModule module in PtxCompiler.Modules(launch))
                {
                    yield return module;
                }
            }
        }
    }
}
