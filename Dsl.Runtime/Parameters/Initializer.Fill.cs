using System;
using System.Threading.Tasks;
using Dsl.Eager;

namespace Dsl;

/// <content>The numbers themselves.</content>
public sealed partial record Initializer
{
    /// <summary>Fills a parameter.</summary>
    /// <param name="values">Its elements in logical order.</param>
    /// <param name="seed">The model's seed.</param>
    /// <param name="parameter">The parameter's position in its set.</param>
    public unsafe void Fill(Span<float> values, ulong seed, int parameter) => Fill(values, seed, parameter, 0);

    /// <summary>The initial values of a part of a parameter.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="seed">The model's seed.</param>
    /// <param name="parameter">Its number in the model.</param>
    /// <param name="begin">The first element's place in the whole; only where elements are drawn each for itself.</param>
    internal unsafe void Fill(Span<float> values, ulong seed, int parameter, long begin)
    {
        if (Kind == InitializerKind.Constant)
        {
            values.Fill((float)Scale);
            return;
        }

        if (Kind == InitializerKind.Bilinear)
        {
            Interpolate(values);
            return;
        }

        if (Kind == InitializerKind.Evenly)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(Scale + ((_last - Scale) * i / Math.Max(1, values.Length - 1)));
            }

            return;
        }

        if (_row is not null)
        {
            double[] row = _row();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)row[i % row.Length];
            }

            return;
        }

        if (Kind == InitializerKind.OrthogonalRows)
        {
            RandomDirections.Fill(values, (int)Scale, seed, (ulong)parameter);
            return;
        }

        ulong stream = (ulong)(Kind == InitializerKind.RingScale ? Math.Max(0, parameter - 2) : parameter);
        if (begin % Batch != 0)
        {
            long batch = begin / Batch * Batch;
            var whole = new float[values.Length + (int)(begin - batch)];
            Draw(whole, batch, seed, stream);
            whole.AsSpan((int)(begin - batch)).CopyTo(values);
            return;
        }

        if (values.Length < Many)
        {
            Draw(values, begin, seed, stream);
            return;
        }

        fixed (float* first = values)
        {
            (nint at, int length) = ((nint)first, values.Length);
            Parallel.For(0, (length + Many - 1) / Many, part =>
            {
                int from = part * Many;
                Draw(new Span<float>((float*)at + from, Math.Min(Many, length - from)), begin + from, seed, stream);
            });
        }
    }

    /// <summary>Elements that are drawn together.</summary>
    private const int Batch = 256;

    /// <summary>The random numbers of some elements.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="begin">The first one's place in the parameter, a multiple of a batch.</param>
    /// <param name="seed">The model's seed.</param>
    /// <param name="stream">Which numbers of it.</param>
    private void Draw(Span<float> values, long begin, ulong seed, ulong stream)
    {
        Span<uint> words = stackalloc uint[Batch];
        for (int from = 0; from < values.Length; from += Batch)
        {
            // Whole blocks are drawn, although the last may not be used up.
            int count = Math.Min(Batch, values.Length - from);
            Philox.Blocks(seed, stream, (uint)((begin + from) / 4), words[..((count + 3) / 4 * 4)]);
            if (IsOfRange)
            {
                for (int i = 0; i < count; i++)
                {
                    values[from + i] = (float)OfUnit(Philox.ToUnit(words[i]));
                }
            }
            else if (Kind == InitializerKind.Uniform)
            {
                Uniform(words, values.Slice(from, count), Scale);
            }
            else
            {
                Normal(words, values.Slice(from, count), Scale);
            }
        }
    }

    private double OfUnit(double unit)
    {
        double between = Scale + ((_last - Scale) * unit);
        double area = (Scale * Scale) + (((_last * _last) - (Scale * Scale)) * unit);
        return Kind switch
        {
            InitializerKind.LogOfUniform => Math.Log(between),
            InitializerKind.RingDecay => Math.Log(-Math.Log(area) / 2),
            InitializerKind.RingScale => Math.Log(1 - area) / 2,
            InitializerKind.StepBias => InverseSoftplus(Math.Max(Math.Exp(between), LeastStep)),
            _ => between,
        };
    }

    /// <summary>Steps below this would hardly move a state.</summary>
    private const double LeastStep = 1e-4;

    private static double InverseSoftplus(double x) => x + Math.Log(-SpecialFunctions.Expm1(-x));

    private static void Uniform(ReadOnlySpan<uint> words, Span<float> values, double bound)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(bound * ((2 * Philox.ToUnit(words[i])) - 1));
        }
    }

    private static void Normal(ReadOnlySpan<uint> words, Span<float> values, double deviation)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            (double first, double second) = Philox.ToNormals(words[i], words[i + 1]);
            values[i] = (float)(deviation * first);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(deviation * second);
            }
        }
    }

    private void Interpolate(Span<float> values)
    {
        (int inputs, int outputs, int height, int width) = _window;
        values.Clear();
        for (int at = 0; at < values.Length; at++)
        {
            int filter = at / (height * width);
            if (filter % outputs == filter / outputs % inputs)
            {
                values[at] = (float)(Tent(at / width % height, height) * Tent(at % width, width));
            }
        }
    }

    private static double Tent(int tap, int size)
    {
        int slope = (size + 1) / 2;
        return 1 - (Math.Abs(tap - ((size - 1) / 2.0)) / slope);
    }
}
