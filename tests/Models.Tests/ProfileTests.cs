using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Dsl;
using Dsl.Profiling;
using Dsl.Sessions;
using Models.Segmentation;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>What the profile of a step says.</summary>
public sealed class ProfileTests
{
    private const int Batch = TrainingRun.Batch;

    /// <summary>As few passes as there can be, and roofs that are given: nothing here asks how fast the machine
    /// is.</summary>
    internal static ProfileOptions Brief { get; } = new() { Seconds = 0, Roofline = new Roofline(100, 10) };

    public static TheoryData<string> Models =>
    [
        nameof(DigitNet), nameof(DigitMlp), nameof(SuperResolution), nameof(ShapeUNet), nameof(SmallResNet18),
        nameof(SmallVgg16),
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_launch_of_a_step_has_a_row_in_order(string name)
    {
        IModel model = AllModels.Make(name);
        using ModelSession session = TrainingRun.Session(model, threads: 2);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        string[] launches = [.. model.Compiled.Train!.Kernels.Select(static k => k.Name)];
        Assert.Equal(launches, profile.Launches.Take(launches.Length).Select(static l => l.Name));
        LaunchProfile[] update = [.. profile.Launches.Skip(launches.Length)];
        Assert.NotEmpty(update);
        Assert.All(update, static l => Assert.Equal((nameof(Adam), StepPhase.Update), (l.Layer, l.Phase)));
        Assert.All(
            profile.Launches.Take(launches.Length), static l => Assert.NotEqual(StepPhase.Update, l.Phase));
        Assert.All(profile.Launches, static l => Assert.True(l.Bytes > 0, l.Name));
        Assert.Equal("Train", profile.Program);
        Assert.Contains($"b={Batch}", profile.Sizes, StringComparison.Ordinal);

        // Totals are the same launches again.
        Assert.Equal(1, profile.Launches.Sum(static l => l.Share), 1e-9);
        Assert.Equal(profile.Launches.Count, profile.Layers.Sum(static l => l.Launches));
        Assert.Equal(profile.Microseconds, profile.Layers.Sum(static l => l.Microseconds), 1e-6 * profile.Microseconds);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_layer_with_parameters_has_launches_forward_and_backward(string name)
    {
        IModel model = AllModels.Make(name);
        using ModelSession session = TrainingRun.Session(model, threads: 1);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        const string Gradient = ".Gradient";
        var layers = model.Parameters.Where(static p => p.Learns).Select(static p => Owner(p.Name)).ToHashSet();
        foreach (string layer in layers)
        {
            LaunchProfile[] own = [.. profile.Launches.Where(l => l.Layer == layer)];
            Assert.Contains(own, static l => l.Phase == StepPhase.Backward);

            // A norm may be fused into the forward launch of another layer.
            bool isNorm = layer.EndsWith("Norm", StringComparison.Ordinal);
            Assert.True(isNorm || own.Any(static l => l.Phase == StepPhase.Forward), layer);
        }

        foreach (LaunchProfile launch in profile.Launches)
        {
            if (launch.Name.EndsWith(Gradient, StringComparison.Ordinal))
            {
                string layer = Owner(launch.Name[..^Gradient.Length]);
                Assert.Equal((layer, StepPhase.Backward), (launch.Layer, launch.Phase));
            }
        }
    }

    [Fact]
    public void Launches_of_DigitNet_come_from_its_layers()
    {
        using ModelSession session = TrainingRun.Session(new DigitNet(), threads: 1);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        Dictionary<string, (string, StepPhase)> origins = profile.Launches
            .Where(static l => l.Phase != StepPhase.Update)
            .ToDictionary(static l => l.Name, static l => (l.Layer, l.Phase));
        Assert.Equal(("image", StepPhase.Forward), origins["image.Halo"]);
        Assert.Equal(("Stem", StepPhase.Forward), origins["stem.maxpool"]);
        Assert.Equal(("Hidden", StepPhase.Forward), origins["hidden"]);
        Assert.Equal(("Classify", StepPhase.Backward), origins["dClassify"]);
        Assert.Equal(("Loss", StepPhase.Forward), origins["loss"]);
        Assert.Equal(("Deep", StepPhase.Backward), origins["dDeep.select"]);
        Assert.Equal(("Deep", StepPhase.Backward), origins["Deep.Weight.Gradient"]);
        Assert.Equal(("Deep", StepPhase.Backward), origins["Deep.Weight.Transposed"]);

        // The gradient of what goes into Classify is a product with Classify's weights.
        Assert.Equal(("Classify", StepPhase.Backward), origins["dHidden"]);
        Assert.Equal(
            ["Adam", "Classify", "Deep", "Hidden", "Loss", "Stem", "image"],
            profile.Layers.Select(static l => l.Layer).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Locals_are_taken_for_the_layers_that_compute_them()
    {
        using ModelSession session = TrainingRun.Session(new SuperResolution(), threads: 1);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        LaunchProfile At(string name) => profile.Launches.Single(l => l.Name == name);
        Assert.Equal("Edges", At("edges").Layer);
        Assert.Equal("Third", At("edges.relu").Layer);
        Assert.Equal("Edges", At("edges.Halo").Layer);
        Assert.Equal(StepPhase.Backward, At("residual.mul").Phase);
        Assert.Equal(("First", StepPhase.Backward), (At("dedges.select").Layer, At("dedges.select").Phase));
    }

    [Fact]
    public void A_product_says_what_it_has_to_do()
    {
        using ModelSession session = TrainingRun.Session(new DigitMlp(), threads: 1);
        LaunchProfile first = StepProfiler.Measure(session, Brief).Launches[0];
        Assert.Equal(("first", "Contract"), (first.Name, first.Skeleton));
        const int Width = 512;
        Assert.Equal(2L * Batch * 784 * Width, first.Flops);

        // Images, weights, biases, result.
        Assert.Equal(4L * ((Batch * 784) + (784 * Width) + Width + (Batch * Width)), first.Bytes);
        Assert.Equal(Math.Max(first.Flops / 100e3, first.Bytes / 10e3), first.RoofMicroseconds, 1e-9);
        Assert.Equal(first.Flops / first.Microseconds / 1e3, first.Gflops, 1e-9);
        Assert.Equal(first.RoofMicroseconds / first.Microseconds, first.RoofShare, 1e-9);
    }

    [Fact]
    public void A_session_that_does_not_train_is_profiled_forward()
    {
        var net = new DigitNet();
        using DigitNet.Session session = net.CreateSession(maximum: new Sizes { ["b"] = 2 });
        var scores = new float[20];
        session.Forward(new float[2 * 784], scores);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        Assert.Equal(
            AllModels.Compiled(nameof(DigitNet)).Forward.Kernels.Select(static k => k.Name),
            profile.Launches.Select(static l => l.Name));
        Assert.All(profile.Launches, static l => Assert.Equal(StepPhase.Forward, l.Phase));
        Assert.Equal("Forward", profile.Program);
        var again = new float[20];
        session.Read(0, again);
        Assert.Equal(scores, again);
    }

    [Fact]
    public void A_trace_is_what_Chrome_reads_one_event_after_the_other()
    {
        using ModelSession session = TrainingRun.Session(new DigitNet(), threads: 1);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        using var stream = new MemoryStream();
        profile.WriteTrace(stream);
        using var json = JsonDocument.Parse(stream.ToArray());
        JsonElement[] events = [.. json.RootElement.GetProperty("traceEvents").EnumerateArray()];
        JsonElement[] metadata = [.. events.Where(static e => e.GetProperty("ph").GetString() == "M")];
        Assert.Equal(["process_name", "thread_name"], metadata.Select(static e => e.GetProperty("name").GetString()!));
        Assert.All(metadata, static e => Assert.NotEmpty(e.GetProperty("args").GetProperty("name").GetString()!));

        JsonElement[] launches = [.. events.Where(static e => e.GetProperty("ph").GetString() == "X")];
        Assert.Equal(events.Length, metadata.Length + launches.Length);
        Assert.Equal(
            profile.Launches.Select(static l => l.Name),
            launches.Select(static e => e.GetProperty("name").GetString()));
        decimal end = 0;
        foreach ((JsonElement e, LaunchProfile launch) in launches.Zip(profile.Launches))
        {
            // Decimals as written: a launch begins when the one before it has ended.
            Assert.Equal(end, e.GetProperty("ts").GetDecimal());
            Assert.True(e.GetProperty("dur").GetDecimal() >= 0);
            end += e.GetProperty("dur").GetDecimal();
            Assert.Equal(launch.Phase.ToString().ToLowerInvariant(), e.GetProperty("cat").GetString());
            Assert.Equal((1, 1), (e.GetProperty("pid").GetInt32(), e.GetProperty("tid").GetInt32()));
            JsonElement arguments = e.GetProperty("args");
            Assert.Equal(launch.Layer, arguments.GetProperty("layer").GetString());
            Assert.Equal(launch.Skeleton, arguments.GetProperty("skeleton").GetString());
            Assert.Equal(launch.Extents, arguments.GetProperty("extents").GetString());
            Assert.Equal(launch.Gflops, arguments.GetProperty("gflops").GetDouble(), 1e-3);
            Assert.Equal(launch.RoofMicroseconds, arguments.GetProperty("roof").GetDouble(), 1e-3);
        }
    }

    [Fact]
    public void Tables_have_a_line_for_every_launch_and_every_layer()
    {
        using ModelSession session = TrainingRun.Session(new DigitNet(), threads: 1);
        StepProfile profile = StepProfiler.Measure(session, Brief);
        string[] parts = profile.ToString().Split("\n\n");
        Assert.Equal(3, parts.Length);
        Assert.StartsWith($"DigitNet, Train, b={Batch}; host", parts[0], StringComparison.Ordinal);
        Assert.Contains("100 GFLOP/s, 10.0 GB/s", parts[0], StringComparison.Ordinal);
        Assert.Equal(profile.Launches.Count + 1, parts[1].Split('\n').Length);
        Assert.Equal(profile.Layers.Count + 1, parts[2].Split('\n').Length);
    }

    [Fact]
    public void What_cannot_be_profiled_is_refused()
    {
        DigitNet.Session session = new DigitNet().CreateSession(maximum: new Sizes { ["b"] = 2 });
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => StepProfiler.Measure(session, Brief));
        Assert.Throws<ArgumentNullException>(() => StepProfiler.Measure(null!, Brief));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProfileOptions { Seconds = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProfileOptions { Seconds = double.NaN });
        Assert.Throws<ArgumentNullException>(() => Roofline.Measure(null!));
    }

    private static string Owner(string parameter) => parameter[..parameter.LastIndexOf('.')];
}
