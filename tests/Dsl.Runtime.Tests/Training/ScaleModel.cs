using System.Collections.Generic;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Sessions;
using Dsl.Vectors;

namespace Dsl.Runtime.Tests.Training;

/// <summary>
/// A model as a compiler would emit it, by hand: y = x·scale + shift over four features, loss = the mean of (y - target)². The
/// scale is packed in another order than it has, so that packing is not the identity.
/// </summary>
internal sealed class ScaleModel : IModel
{
    public const int Features = 4;

    private static readonly string[] s_operands = ["x", "target", "Scale", "Shift", "squares"];

    public ParameterSet Parameters { get; } = new(
    [
        new ParameterInfo("Shift", [Features], Initializer.Uniform(1), decays: false),
        new ParameterInfo("Scale", [2, 2], Initializer.Uniform(1), decays: true),
    ]);

    public CompiledModel Compiled { get; } = new(
        "Scale",
        [new ParameterPlan("Shift", [Features], [0]), new ParameterPlan("Scale", [2, 2], [1, 0])],
        new Program(
            "Forward",
            ["b"],
            [Input("x")],
            [Input("y")],
            [new BufferPlan("x", "4*b", -1, 0), new BufferPlan("y", "4*b", 0, 1)],
            [new MapKernel<ForwardBody>("y", ["x", "Scale", "Shift", "y"], "b", Features)]),
        LossProgram("Loss", "unused", "unused"),
        LossProgram("Train", CompiledModel.GradientOf("Scale"), CompiledModel.GradientOf("Shift")),
        new Sizes { ["b"] = 16 },
        StageDumps.Empty)
    {
        Plan = new("Scale", 2 * Features, 0, ForwardLaunches: 1, LossLaunches: 2, TrainLaunches: 2, Bodies: 3, Tiles: 0),
    };

    public ModelSession NewSession(SessionOptions options) => new Session(this, options);

    private static TensorPlan Input(string name) => new(name, name, ["b", Features], [Features, 1]);

    private static Program LossProgram(string name, string scale, string shift) => new(
        name,
        ["b"],
        [Input("x"), Input("target")],
        [new TensorPlan("loss", "loss", [], [])],
        [
            new BufferPlan("x", "4*b", -1, 0),
            new BufferPlan("target", "4*b", -1, 0),
            new BufferPlan("squares", Features, 0, 1),
            new BufferPlan("unused", Features, 0, 1),
            new BufferPlan("loss", 1, 1, 2),
        ],
        [
            new ReduceKernel<LossBody>("squares", [.. s_operands, scale, shift], 1, "b", Features, 1),
            new RowKernel<MeanBody>("loss", ["squares", "loss"], 1, Features),
        ]);

    private sealed class Session(ScaleModel model, SessionOptions options) : ModelSession(model, options);

    private readonly struct ForwardBody : IMapBody
    {
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F x = m.Load(s.A0 + (row * Features) + column);
            m.Store(s.A3 + (row * Features) + column, F.Fma(x, m.Load(s.A1 + column), m.Load(s.A2 + column)));
        }
    }

    /// <summary>S0 = Σd², S1 = Σd·x, S2 = Σd for each feature, where d = y - target.</summary>
    private readonly struct LossBody : IReduceBody
    {
        public static int Width => 3;

        public static void Open<F, I, M>(ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => state.S0 = state.S1 = state.S2 = F.Splat(0f);

        public static void Accumulate<F, I, M, TMem>(
            TMem m, in Slots s, int outer, int row, int column, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F x = m.Load(s.A0 + (row * Features) + column);
            F y = F.Fma(x, m.Load(s.A2 + column), m.Load(s.A3 + column));
            F d = y - m.Load(s.A1 + (row * Features) + column);
            state.S0 += d * d;
            state.S1 += d * x;
            state.S2 += d;
        }

        public static void Merge<F, I, M>(ref State<F> state, in State<F> other)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
        {
            state.S0 += other.S0;
            state.S1 += other.S1;
            state.S2 += other.S2;
        }

        public static void Close<F, I, M, TMem>(TMem m, in Slots s, int outer, int column, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F count = F.FromInts(I.Splat(s.N0 * Features));
            m.Store(s.A4 + column, state.S0 / count);
            m.Store(s.A5 + column, (state.S1 + state.S1) / count);
            m.Store(s.A6 + column, (state.S2 + state.S2) / count);
        }
    }

    private readonly struct MeanBody : IRowBody
    {
        public static int Sweeps => 1;

        public static int Merged(int sweep) => 1;

        public static void Open<F, I, M>(int sweep, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => state.S0 = F.Splat(0f);

        public static void Accumulate<F, I, M, TMem>(
            int sweep, TMem m, in Slots s, int row, int column, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> => state.S0 += m.Load(s.A0 + column);

        public static void Merge<F, I, M>(int sweep, ref State<F> state, in State<F> other)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => state.S0 += other.S0;

        public static void Close<F, I, M, TMem>(int sweep, TMem m, in Slots s, int row, ref State<F> state)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> => m.StoreScalar(s.A1, state.S0);
    }
}
