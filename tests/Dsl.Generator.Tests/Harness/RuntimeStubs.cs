namespace Dsl.Generator.Tests.Harness;

/// <summary>Declarations of what generated code and models name in Dsl.Runtime, without any of its behaviour.</summary>
internal static class RuntimeStubs
{
    public const string Source = """
        using System;
        using System.Collections.Generic;

        namespace Dsl
        {
            public sealed class ModelAttribute : Attribute
            {
                public string? Example { get; set; }
                public bool InputGradients { get; set; }
                public string? Steps { get; set; }
            }
            public abstract class LayerAttribute : Attribute { }
            public sealed class BlockAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Class)]
            public sealed class BlockSpecAttribute(int version, string text) : Attribute { public string Text => $"{version}{text}"; }
            public sealed class UseAttribute<TBlock>(params object[] arguments) : LayerAttribute where TBlock : class
            {
                public object[] Arguments => arguments;
                public object Repeat { get; set; } = 1;
            }
            public sealed class TiedAttribute(string layer) : Attribute { public string Layer => layer; }
            public interface IBlock
            {
                ParameterScope Parameters { get; }
                IReadOnlyList<object> Arguments { get; }
            }
            public sealed class ParameterScope
            {
                public static ParameterScope None { get; } = new();
                public Parameter this[string name] => new();
                public ParameterScope Scope(string layer) => this;
                public ParameterScope Scope(string layer, int index) => this;
            }
            public sealed class PerceptronAttribute(object units) : LayerAttribute
            {
                public object Units => units;
                public bool Bias { get; set; } = true;
                public Activation Activation { get; set; }
            }
            public sealed class ConvAttribute(object channels, object kernel) : LayerAttribute
            {
                public object Channels => channels;
                public object Kernel => kernel;
                public object Stride { get; set; } = 1;
                public object Padding { get; set; } = 0;
                public object Dilation { get; set; } = 1;
                public object Groups { get; set; } = 1;
                public bool Bias { get; set; } = true;
                public Activation Activation { get; set; }
            }
            public sealed class LocalConvAttribute(object channels, object kernel) : LayerAttribute
            {
                public object Channels => channels;
                public object Kernel => kernel;
                public object Stride { get; set; } = 1;
                public object Region { get; set; } = 1;
                public bool Bias { get; set; } = true;
                public Activation Activation { get; set; }
            }
            public enum RopeLayout { Interleaved, Halves }
            public enum UpsampleMode { Nearest, NearestExact, Bilinear, Bicubic }
            public sealed class UpsampleAttribute : LayerAttribute
            {
                public object? Scale { get; set; }
                public object? Size { get; set; }
                public UpsampleMode Mode { get; set; }
                public bool AlignCorners { get; set; }
                public bool RecomputeScale { get; set; }
            }
            public enum WeightInitializer { KaimingUniform, Bilinear }
            public sealed class ConvTransposeAttribute(object channels, object kernel) : LayerAttribute
            {
                public object Channels => channels;
                public object Kernel => kernel;
                public object Stride { get; set; } = 1;
                public object Padding { get; set; } = 0;
                public object OutputPadding { get; set; } = 0;
                public object Dilation { get; set; } = 1;
                public object Groups { get; set; } = 1;
                public bool Bias { get; set; } = true;
                public WeightInitializer Initializer { get; set; }
                public Activation Activation { get; set; }
            }

            public sealed class PixelShuffleAttribute(object factor) : LayerAttribute { public object Factor => factor; }
            public sealed class PixelUnshuffleAttribute(object factor) : LayerAttribute { public object Factor => factor; }

            public sealed class BatchNormAttribute : LayerAttribute
            {
                public double Momentum { get; set; } = 0.1;
                public double Epsilon { get; set; } = 1e-5;
                public Activation Activation { get; set; }
            }
            public sealed class DropoutAttribute(double rate) : LayerAttribute { public double Rate => rate; }
            [AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
            public sealed class ShapeAttribute(params object[] dims) : Attribute { public object[] Dims => dims; }
            [AttributeUsage(AttributeTargets.Parameter)]
            public sealed class LengthsAttribute(string size) : Attribute { public string Size => size; }
            public sealed class RecomputeAttribute : Attribute { }
            public sealed class PointwiseAttribute : Attribute { }
            public sealed class PrimitiveAttribute(string row) : Attribute { public string Row => row; }
            [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
            public sealed class PointwiseSpecAttribute(int version, string name, string parameters, string body) : Attribute
            {
                public string Text => $"{version}{name}{parameters}{body}";
            }

            public enum Activation { None, Relu, Silu, Mish }
            public enum Reduction { Mean, Sum }

            public sealed class Tensor
            {
                public static Tensor operator +(Tensor a, Tensor b) => a;
                public static Tensor operator -(Tensor a, Tensor b) => a;
                public static Tensor operator *(Tensor a, Tensor b) => a;
                public static Tensor operator /(Tensor a, Tensor b) => a;
                public static Tensor operator +(Tensor a, float b) => a;
                public static Tensor operator -(Tensor a, float b) => a;
                public static Tensor operator *(Tensor a, float b) => a;
                public static Tensor operator /(Tensor a, float b) => a;
                public static Tensor operator +(float a, Tensor b) => b;
                public static Tensor operator -(float a, Tensor b) => b;
                public static Tensor operator *(float a, Tensor b) => b;
                public static Tensor operator /(float a, Tensor b) => b;
                public static Tensor operator -(Tensor a) => a;
            }
            public sealed class IntTensor { }

            public static partial class Functions
            {
                public static Tensor Map(Func<float, float> f, Tensor x) => x;
                public static Tensor Map(Func<float, float, float> f, Tensor x, Tensor y) => x;
                public static bool Training => false;
                public static Tensor Dropout(Tensor x, float rate) => x;
                public static Tensor MaxPool(Tensor x, int size, int stride = 0, int padding = 0) => x;
                public static Tensor Flatten(Tensor x, int from = 1) => x;
                public static Tensor Mean(Tensor x, params int[] axes) => x;
                public static Tensor Concat(params Tensor[] parts) => parts[0];
                public static Tensor Concat(int axis, params Tensor[] parts) => parts[0];
                public static Tensor Slice(Tensor x, int axis, int start, int length) => x;
                public static Tensor[] Split(Tensor x, int parts, int axis = 1) => [x];
                public static Tensor[] Split(Tensor x, int[] sizes, int axis = 1) => [x];
                public static Tensor PixelUnshuffle(Tensor x, int factor) => x;
                public static Tensor Rope(
                    Tensor x, float angleBase = 10000f, RopeLayout layout = RopeLayout.Interleaved, int from = 0) => x;
                public static Tensor XPos(
                    Tensor x, float scaleBase = 512f, bool inverse = false, float angleBase = 10000f,
                    RopeLayout layout = RopeLayout.Interleaved, int from = 0) => x;
                public static Tensor TokenShift(Tensor x, int features = 0, IntTensor? segments = null) => x;
                public static Tensor CrossEntropy(Tensor logits, IntTensor labels, Reduction reduction = Reduction.Mean) => logits;
                public static Tensor MeanSquaredError(Tensor x, Tensor target) => x;
                [Primitive("exp")] public static float Exp(float x) => x;
                [Primitive("sigmoid")] public static float Sigmoid(float x) => x;
                [Primitive("tanh")] public static float Tanh(float x) => x;
                [Primitive("softplus")] public static float Softplus(float x) => x;
                /// <summary>max(x, 0).</summary>
                [Primitive("relu")] public static float Relu(float x) => x;
                [Primitive("max")] public static float Max(float x, float y) => x;
                [Primitive("min")] public static float Min(float x, float y) => x;
                /// <summary>x·sigmoid(x).</summary>
                [Pointwise] public static float Silu(float x) => x * Sigmoid(x);
                /// <summary>x·tanh(softplus(x)).</summary>
                [Pointwise] public static float Mish(float x) => x * Tanh(Softplus(x));
            }

            public sealed class Parameter { }
            public sealed class ParameterInfo
            {
                public ParameterInfo(string name, int[] shape, Initializer initializer, bool decays) { }
                public bool Learns { get; init; } = true;
            }
            public sealed class ParameterSet
            {
                public ParameterSet(ParameterInfo[] infos) { }
                public Parameter this[string name] => new();
                public ParameterScope Scope(string layer) => new();
                public ParameterScope Scope(string layer, int index) => new();
            }
            public sealed record Initializer
            {
                public static Initializer Zeros() => new();
                public static Initializer Ones() => new();
                public static Initializer KaimingUniform(int fanIn) => new();
                public static Initializer Bilinear(int inputs, int outputs, int height, int width) => new();
            }

            public interface IModel
            {
                ParameterSet Parameters { get; }
                Plans.CompiledModel Compiled { get; }
                IReadOnlyList<ReceptiveField> ReceptiveFields => [];
                Sessions.ModelSession NewSession(Sessions.SessionOptions options);
            }
            public sealed record ReceptiveField(string Layer, string Image, FieldAxis? Rows, FieldAxis? Columns);
            public sealed record FieldAxis(int Size, double Stride, double Padding, double Start)
            {
                public int Smallest { get; init; }
                public double LeastPadding { get; init; }
                public double LastStart { get; init; }
            }
            public abstract class Device { }
            public abstract class Optimizer { }
            public sealed class Sizes : List<int> { }
        }

        namespace Dsl.Eager
        {
            public static class EagerLayers
            {
                public static Tensor BatchNorm(
                    Tensor x, Parameter gain, Parameter bias, Parameter runningMean, Parameter runningVariance,
                    double momentum, double epsilon, Activation activation) => x;
                public static Tensor Dropout(Tensor x, float rate) => x;
                public static Tensor Perceptron(Tensor x, Parameter weight, Parameter? bias, Activation activation) => x;
                public static Tensor LocalConv(
                    Tensor x, Parameter weight, Parameter? bias, int stride, int region, Activation activation) => x;
                public static Tensor Upsample(
                    Tensor x, string? scale, string? size, UpsampleMode mode, bool alignCorners, bool recomputeScale) => x;
                public static Tensor ConvTranspose(
                    Tensor x, Parameter weight, Parameter? bias, int stride, int padding, int outputPadding, int dilation,
                    int groups, Activation activation) => x;

                public static Tensor Conv(
                    Tensor x, Parameter weight, Parameter? bias, int strideY, int strideX, int paddingY, int paddingX,
                    int dilationY, int dilationX, int groups, Activation activation) => x;
                public static Tensor Conv(
                    Tensor x, Parameter weight, Parameter? bias, int strideY, int strideX, int top, int bottom, int left, int right,
                    int dilationY, int dilationX, int groups, Activation activation) => x;
                public static Tensor PixelShuffle(Tensor x, int factor) => x;
                public static Tensor PixelUnshuffle(Tensor x, int factor) => x;
            }
        }

        namespace Dsl.Plans
        {
            public sealed class CompiledModel
            {
                public IReadOnlyDictionary<string, string> Stages => new Dictionary<string, string>();
                public ModelPlan Plan => new();
            }

            public sealed record ModelPlan;
        }

        namespace Dsl.Sessions
        {
            public enum EntryPoint { Forward, Loss, Train, Sensitivity, Step }
            public sealed record SessionOptions
            {
                public Device? Device { get; init; }
                public Sizes Sizes { get; init; } = [];
                public Optimizer? Optimizer { get; init; }
            }
            public abstract class ModelSession
            {
                protected ModelSession(IModel model, SessionOptions options) { }
                protected Turn Enter() => default;
                protected readonly ref struct Turn { public void Dispose() { } }
                protected void Begin(EntryPoint entryPoint, params (string Name, int Value)[] sizes) { }
                protected void Write(int input, ReadOnlySpan<float> values) { }
                protected void Write(int input, ReadOnlySpan<int> values) { }
                protected void Run() { }
                protected static int SizeOf(int extent, string name, int multiple) => extent / multiple;
                protected void Read(int output, Span<float> values) { }
                protected float ReadScalar() => 0;

                protected float Learn() => 0;
            }
        }
        """;
}
