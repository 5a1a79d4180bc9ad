using System;
using System.Collections.Generic;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <summary>
/// Where a session keeps parameters and every array laid out like them, and how a logical tensor is packed into that layout:
/// factored, its axes permuted, without gaps.
/// </summary>
internal sealed unsafe class ParameterStore
{
    /// <summary>Every parameter begins at a multiple of this many floats: a cache line.</summary>
    private const int Padding = 16;

    private readonly Form[] _forms;
    private readonly float[] _staging;

    /// <param name="parameters">The model's parameters.</param>
    /// <param name="plans">Their layouts.</param>
    /// <param name="inPlace">Those that take their steps while their gradients are computed: they decay, and come first.</param>
    public ParameterStore(ParameterSet parameters, IReadOnlyList<ParameterPlan> plans, IEnumerable<string> inPlace)
    {
        Slots = new ParameterSlot[plans.Count];
        _forms = new Form[plans.Count];
        int longest = 0;
        string[] first = [.. inPlace];
        foreach ((bool inFront, bool learns, bool decays, bool slowly) in new[]
        {
            (true, true, true, false), (false, true, true, false), (false, true, false, false), (false, true, false, true),
            (false, false, false, false),
        })
        {
            for (int i = 0; i < plans.Count; i++)
            {
                Parameter parameter = parameters[plans[i].Name];
                bool belongs = first.Contains(parameter.Name) == inFront && parameter.Learns == learns
                    && (!learns || (parameter.LearnsSlowly == slowly && (slowly || parameter.Decays == decays)));
                if (!belongs)
                {
                    continue;
                }

                Slots[i] = new ParameterSlot(parameter.Name, Length, parameter.Length, decays, learns);
                _forms[i] = new Form(plans[i]);
                longest = _forms[i].IsLogical ? longest : Math.Max(longest, parameter.Length);
                Length += (parameter.Length + Padding - 1) / Padding * Padding;
            }

            InPlaceLength = inFront ? Length : InPlaceLength;
            DecayingLength = decays ? Length : DecayingLength;
            FastLength = learns && !slowly ? Length : FastLength;
            LearnedLength = learns ? Length : LearnedLength;
        }

        _staging = GC.AllocateArray<float>(longest, pinned: true);
    }

    /// <summary>In the order of the model's parameters; offsets put those that take steps in place and those that decay
    /// first, those that learn slowly behind the others and states last.</summary>
    public ParameterSlot[] Slots { get; }

    /// <summary>Floats of the whole array.</summary>
    public long Length { get; private set; }

    /// <summary>Floats of the part that learns: all but the states.</summary>
    public long LearnedLength { get; private set; }

    /// <summary>Floats of the parameters before those that learn slowly.</summary>
    public long FastLength { get; private set; }

    /// <summary>Floats of the parameters that take their steps while their gradients are computed.</summary>
    public long InPlaceLength { get; private set; }

    /// <summary>Floats of the part that weight decay applies to.</summary>
    public long DecayingLength { get; private set; }

    /// <summary>Writes a parameter into the array that begins at <paramref name="region"/>.</summary>
    public void Write(Engine engine, long region, int parameter, Parameter value)
    {
        if (_forms[parameter].IsLogical && engine.Pointer is var memory && memory != null)
        {
            value.CopyTo(new Span<float>(memory + region + Slots[parameter].Offset, value.Length));
        }
        else
        {
            Write(engine, region, parameter, value.Raw);
        }
    }

    /// <summary>Writes a logical tensor into the array that begins at <paramref name="region"/>.</summary>
    public void Write(Engine engine, long region, int parameter, ReadOnlySpan<float> logical)
    {
        Check(parameter, logical.Length);
        Form form = _forms[parameter];
        if (form.IsLogical)
        {
            engine.Write(region + Slots[parameter].Offset, logical);
            return;
        }

        fixed (float* from = logical, to = _staging)
        {
            StridedCopy.Gather(from, to, form.Shape, form.Strides);
        }

        engine.Write(region + Slots[parameter].Offset, _staging.AsSpan(0, logical.Length));
    }

    /// <summary>Reads a logical tensor out of the array that begins at <paramref name="region"/>.</summary>
    public void Read(Engine engine, long region, int parameter, Span<float> logical)
    {
        Check(parameter, logical.Length);
        Form form = _forms[parameter];
        if (form.IsLogical)
        {
            engine.Read(region + Slots[parameter].Offset, logical);
            return;
        }

        engine.Read(region + Slots[parameter].Offset, _staging.AsSpan(0, logical.Length));
        fixed (float* from = _staging, to = logical)
        {
            StridedCopy.Scatter(from, to, form.Shape, form.Strides);
        }
    }

    private void Check(int parameter, int length)
    {
        if (length != Slots[parameter].Length)
        {
            throw new ArgumentException($"Parameter '{Slots[parameter].Name}' has {Slots[parameter].Length} elements; {length} were given.");
        }
    }

    /// <summary>Physical axes, outermost first: extents, and strides in the logical tensor.</summary>
    private sealed class Form
    {
        public Form(ParameterPlan plan)
        {
            var logical = new long[plan.Factors.Length];
            long stride = 1;
            for (int i = plan.Factors.Length - 1; i >= 0; i--)
            {
                logical[i] = stride;
                stride *= plan.Factors[i];
            }

            Shape = Array.ConvertAll(plan.Order, axis => (long)plan.Factors[axis]);
            Strides = Array.ConvertAll(plan.Order, axis => logical[axis]);
            IsLogical = true;
            for (int i = 1; i < Strides.Length; i++)
            {
                IsLogical &= Strides[i - 1] >= Strides[i];
            }
        }

        public long[] Shape { get; }

        public long[] Strides { get; }

        /// <summary>Whether axes have their logical order.</summary>
        public bool IsLogical { get; }
    }
}
