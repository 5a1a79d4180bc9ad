namespace Dsl.Generator.Tests.Harness;

/// <summary>Declarations of what generated code and models name in Dsl.Runtime, without any of its behaviour.</summary>
internal static class RuntimeStubs
{
    public const string Source = """
        using System;
        using System.Collections.Generic;

        namespace Dsl
        {
            public sealed class ModelAttribute : Attribute { public string? Example { get; set; } }
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
            [AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
            public sealed class ShapeAttribute(params object[] dims) : Attribute { public object[] Dims => dims; }
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
                public static Tensor MaxPool(Tensor x, int size, int stride = 0, int padding = 0) => x;
                public static Tensor Flatten(Tensor x, int from = 1) => x;
                public static Tensor Mean(Tensor x, params int[] axes) => x;
                public static Tensor Concat(int axis, params Tensor[] parts) => parts[0];
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
                public static Initializer KaimingUniform(int fanIn) => new();
            }

            public interface IModel
            {
                ParameterSet Parameters { get; }
                Plans.CompiledModel Compiled { get; }
                Sessions.ModelSession NewSession(Sessions.SessionOptions options);
            }
            public abstract class Device { }
            public abstract class Optimizer { }
            public sealed class Sizes : List<int> { }
        }

        namespace Dsl.Eager
        {
            public static class EagerLayers
            {
                public static Tensor Perceptron(Tensor x, Parameter weight, Parameter? bias, Activation activation) => x;
                public static Tensor Conv(
                    Tensor x, Parameter weight, Parameter? bias, int strideY, int strideX, int paddingY, int paddingX,
                    int dilationY, int dilationX, int groups, Activation activation) => x;
            }
        }

        namespace Dsl.Plans
        {
            public sealed class CompiledModel { public IReadOnlyDictionary<string, string> Stages => new Dictionary<string, string>(); }
        }

        namespace Dsl.Sessions
        {
            public enum EntryPoint { Forward, Loss, Train }
            public sealed record SessionOptions
            {
                public Device? Device { get; init; }
                public Sizes Sizes { get; init; } = [];
                public Optimizer? Optimizer { get; init; }
            }
            public abstract class ModelSession
            {
                protected ModelSession(IModel model, SessionOptions options) { }
                protected void Begin(EntryPoint entryPoint, params (string Name, int Value)[] sizes) { }
                protected void Write(int input, ReadOnlySpan<float> values) { }
                protected void Write(int input, ReadOnlySpan<int> values) { }
                protected void Run() { }
                protected void Read(int output, Span<float> values) { }
                protected float ReadScalar() => 0;

                protected float Learn() => 0;
            }
        }
        """;
}
