using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Plans;
using Dsl.Sessions;
using Dsl.Tests;
using Models.Face;
using Models.Segmentation;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>Networks on a GPU. A class beside that for PTX: two classes run side by side.</summary>
public sealed class GpuKernelTests : IClassFixture<OpenGpu>
{
    /// <summary>An element of a gradient may be off by more than floats are where an activation is so near 0 that the
    /// two disagree about its sign; the gradient as a whole may not.</summary>
    private const double OfLength = 1e-3;

    /// <summary>Models in which no activation of these inputs is so near 0: here every element agrees.</summary>
    private static readonly string[] s_elementwise =
        [nameof(DigitNet), nameof(FieldNet), nameof(NucleusUNet), nameof(SuperResolution), nameof(SmallDeepFace)];

    public static IEnumerable<object[]> Models => GpuModels.Names;

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void A_GPU_agrees_with_the_host(string name)
    {
        TestGpu.Require();
        (float hostLoss, float[][] host) = Train(name, Device.Host(1));
        (float gpuLoss, float[][] gpu) = Train(name, TestGpu.Device);
        Assert.Equal(hostLoss, gpuLoss, 1e-4f);

        // What cancels (a bias before a normalisation) is as wrong as what it came from.
        float largest = host.Max(static g => g.Max(Math.Abs));
        double floor = 1e-2 * host.Max(static g => Length(g) / Math.Sqrt(g.Length));
        for (int p = 0; p < host.Length; p++)
        {
            double distance = Length([.. host[p].Zip(gpu[p], static (h, g) => g - h)]);
            double allowed = OfLength * Math.Max(Length(host[p]), floor * Math.Sqrt(host[p].Length));
            Assert.True(
                distance <= allowed, $"{name} gradient {p}: distance {distance:E2} where {allowed:E2} is allowed");
            for (int i = 0; i < host[p].Length && s_elementwise.Contains(name); i++)
            {
                Assert.True(
                    Math.Abs(host[p][i] - gpu[p][i]) <= (1e-4f * Math.Abs(host[p][i])) + (1e-5f * largest),
                    $"{name} gradient {p}[{i}]: host {host[p][i]}, GPU {gpu[p][i]}");
            }
        }
    }

    private static double Length(float[] values) => Math.Sqrt(values.Sum(static v => (double)v * v));

    private static (float Loss, float[][] Gradients) Train(string name, Device device)
    {
        IModel model = AllModels.Make(name);
        Program train = model.Compiled.Train!;
        SizeValues sizes = AllModels.Sizes(train, GpuModels.Batch);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = device,
            Sizes = AllModels.AtMost(train, GpuModels.Batch),
            Optimizer = new Sgd(0.1f),
            InPlaceUpdates = false,
        });
        session.Begin(EntryPoint.Train, AllModels.Given(train, GpuModels.Batch));
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
}
