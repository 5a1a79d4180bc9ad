using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;

namespace Dsl.Host;

/// <content>HiPPO-LegS, whose steps shrink with time.</content>
internal static unsafe partial class HostHippoScan<F, I, M>
{
    /// <summary>With h = 1/2t and T = Σ √(2k+1)·(c_k + c'_k) - 2u over what is before coefficient n, c'_n =
    /// ((1 - h(n+1))·c_n - h·√(2n+1)·T)/(1 + h(n+1)).</summary>
    private static void Scaled(HippoScanLaunch launch, float* memory, float* scratch, int row)
    {
        (int order, int rows) = (launch.Shape.Order, Math.Min(Lanes, Rows(launch) - row));
        float* c = scratch;
        float* counts = c + (order * Lanes);
        float* values = counts + Lanes;
        float* whole = values + Lanes;
        new Span<float>(c, (order + 2) * Lanes).Clear();
        var turns = new Turns(launch, whole + (Lanes * Pitch(launch)));
        int first = launch.Shape.Starts ? launch.StartAt : launch.StateAt;
        for (int r = 0; r < rows && first >= 0; r++)
        {
            float* kept = memory + first + ((nint)(row + r) * (order + 1));
            for (int n = 0; n <= order; n++)
            {
                // The count comes behind the coefficients.
                c[(n * Lanes) + r] = kept[n];
            }
        }

        for (int t = 0; t < launch.Positions; t++)
        {
            for (int r = 0; r < rows; r++)
            {
                (nint u, _, int goesOn) = Place(launch, row + r);
                values[r] = memory[u + ((nint)t * launch.U.Position)];
                if (BeginsAnew(memory, goesOn, t))
                {
                    for (int n = 0; n <= order; n++)
                    {
                        c[(n * Lanes) + r] = 0f;
                    }
                }
            }

            F count = F.Load(counts) + F.Splat(1f);
            F.Store(counts, count);
            turns.At(count);
            F total = F.Splat(-2f) * F.Load(values);
            for (int n = 0; n < order; n++)
            {
                Turn turn = turns.Of(n);
                F old = F.Load(c + (n * Lanes));
                F.Store(c + (n * Lanes), F.Fma(turn.Stays, old, -(turn.Feels * total)));
                total = F.Fma(turn.Passes, total, turn.Adds * (old + old));
            }

            HostTranspose.Block(c, whole, Pitch(launch), Lanes, 0, order, 0, rows);
            for (int r = 0; r < rows; r++)
            {
                float* y = memory + Place(launch, row + r).Y + ((nint)t * launch.Y.Position);
                new Span<float>(whole + (r * Pitch(launch)), order).CopyTo(new Span<float>(y, order));
            }
        }

        for (int r = 0; r < rows && launch.StateAt >= 0; r++)
        {
            float* kept = memory + launch.StateAt + ((nint)(row + r) * (order + 1));
            for (int n = 0; n <= order; n++)
            {
                kept[n] = c[(n * Lanes) + r];
            }
        }
    }

    /// <summary>With g the gradient of c_t, h = 1/2t and T = Σ √(2k+1)·m_k over what is behind coefficient n: m_n = (g_n -
    /// h·√(2n+1)·T)/(1 + h(n+1)), and g_n becomes (1 - h(n+1))·m_n - h·√(2n+1)·T for c_{t-1}; at last T is what u
    /// counts by 2h.</summary>
    private static void ScaledBack(HippoScanLaunch launch, float* memory, float* scratch, int row)
    {
        (int order, int rows) = (launch.Shape.Order, Math.Min(Lanes, Rows(launch) - row));
        float* gradient = scratch;
        float* values = gradient + (order * Lanes);
        float* counts = values + Lanes;
        float* whole = counts + Lanes;
        float* given = whole + (Lanes * Pitch(launch));
        new Span<float>(gradient, (order + 1) * Lanes).Clear();
        new Span<float>(given, order * Lanes).Clear();
        new Span<float>(counts, Lanes).Fill(launch.Positions + 1);
        var turns = new Turns(launch, given + (order * Lanes));
        int* begins = stackalloc int[Lanes];
        new Span<int>(begins, Lanes).Fill(launch.Positions);
        float* before = stackalloc float[Lanes];
        new Span<float>(before, Lanes).Clear();
        for (int t = launch.Positions - 1; t >= 0; t--)
        {
            for (int r = 0; r < rows; r++)
            {
                (_, nint y, int goesOn) = Place(launch, row + r);
                float* own = memory + y + ((nint)t * launch.Y.Position);
                if (t < begins[r])
                {
                    // A memory that ends here, seen from the end: nothing comes from behind it.
                    begins[r] = t;
                    while (begins[r] > 0 && !BeginsAnew(memory, goesOn, begins[r]))
                    {
                        begins[r]--;
                    }

                    for (int n = 0; n < order; n++)
                    {
                        gradient[(n * Lanes) + r] = 0f;
                    }

                    bool isFirst = launch.StartAt >= 0 && begins[r] == 0 && !BeginsAnew(memory, goesOn, 0);
                    before[r] = isFirst ? memory[launch.StartAt + ((nint)(row + r) * (order + 1)) + order] : 0f;
                }

                counts[r] = before[r] + (t - begins[r] + 1);
                new Span<float>(own, order).CopyTo(new Span<float>(whole + (r * Pitch(launch)), order));
            }

            HostTranspose.Block(whole, given, Lanes, Pitch(launch), 0, rows, 0, order);
            F count = F.Load(counts);
            turns.At(count);
            F total = F.Splat(0f);
            for (int n = order - 1; n >= 0; n--)
            {
                Turn turn = turns.Of(n);
                F all = F.Load(gradient + (n * Lanes)) + F.Load(given + (n * Lanes));
                F.Store(gradient + (n * Lanes), F.Fma(turn.Stays, all, -(turn.Feels * (total + total))));
                total = F.Fma(turn.Passes, total, turn.Adds * all);
            }

            F.Store(values, total / count);
            for (int r = 0; r < rows && !launch.Shape.ToStart; r++)
            {
                memory[Place(launch, row + r).U + ((nint)t * launch.U.Position)] = values[r];
            }
        }

        for (int r = 0; r < rows && launch.Shape.ToStart; r++)
        {
            float* start = memory + launch.UAt + ((nint)(row + r) * (order + 1));
            bool isAnew = launch.Positions > 0 && BeginsAnew(memory, Place(launch, row + r).GoesOn, 0);
            for (int n = 0; n < order; n++)
            {
                start[n] = isAnew ? 0f : gradient[(n * Lanes) + r];
            }

            start[order] = 0f;
        }
    }

    /// <summary>What a step of 1/t does at coefficient n, with h = 1/2t, e = 1/(1 + h(n+1)) and r = √(2n+1).</summary>
    /// <param name="Stays">(1 - h(n+1))·e.</param>
    /// <param name="Feels">h·r·e.</param>
    /// <param name="Passes">1 - h·r²·e: what is left of T, so that T alone goes from coefficient to coefficient.</param>
    /// <param name="Adds">r·e.</param>
    private readonly record struct Turn(F Stays, F Feels, F Passes, F Adds)
    {
        public static Turn Of(F half, F next, F root)
        {
            F one = F.Splat(1f), pace = half * next, e = one / (one + pace);
            F feels = half * root * e;
            return new Turn((one - pace) * e, feels, one - (feels * root), root * e);
        }
    }

    /// <summary>The turns of a position. Where all rows are as old as each other they are worked out once, lanes being
    /// coefficients.</summary>
    private readonly ref struct Turns
    {
        private readonly bool _areShared;
        private readonly int _order;
        private readonly int _pitch;
        private readonly float* _nexts;
        private readonly float* _roots;
        private readonly float* _half;
        private readonly float* _table;

        public Turns(HippoScanLaunch launch, float* scratch)
        {
            _areShared = launch.GoesOnAt < 0 && launch.StateAt < 0 && launch.StartAt < 0;
            _order = launch.Shape.Order;
            _pitch = Slicing.RoundUp(_order, Lanes);
            _half = scratch;
            _nexts = _half + Lanes;
            _roots = _nexts + _pitch;
            _table = _roots + _pitch;
            for (int n = 0; n < _pitch; n++)
            {
                (_nexts[n], _roots[n]) = (n + 1, MathF.Sqrt((2 * n) + 1));
            }
        }

        /// <summary>Goes to a position.</summary>
        /// <param name="count">How old each row is there.</param>
        public void At(F count)
        {
            F half = F.Splat(0.5f) / count;
            F.Store(_half, half);
            half = F.Splat(_half[0]);
            for (int n = 0; n < _order && _areShared; n += Lanes)
            {
                var turn = Turn.Of(half, F.Load(_nexts + n), F.Load(_roots + n));
                F.Store(_table + n, turn.Stays);
                F.Store(_table + _pitch + n, turn.Feels);
                F.Store(_table + (2 * _pitch) + n, turn.Passes);
                F.Store(_table + (3 * _pitch) + n, turn.Adds);
            }
        }

        /// <summary>The turn of a coefficient.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Turn Of(int n) => !_areShared ? Turn.Of(F.Load(_half), F.Splat(_nexts[n]), F.Splat(_roots[n]))
            : new Turn(
                F.Splat(_table[n]), F.Splat(_table[_pitch + n]), F.Splat(_table[(2 * _pitch) + n]),
                F.Splat(_table[(3 * _pitch) + n]));
    }
}
