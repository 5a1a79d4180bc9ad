using System;

namespace Dsl.Eager;

/// <summary>Linear attention whose state replaces what it says of a key, executed as it stands. States in double.</summary>
internal static class EagerDelta
{
    /// <summary>The results, [b, n, heads·e].</summary>
    /// <param name="q">[b, n, heads·d].</param>
    /// <param name="k">[b, n, heads·d].</param>
    /// <param name="v">[b, n, heads·e].</param>
    /// <param name="strength">[b, n, heads].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="decay">Logarithms, [b, n, heads], or null.</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="carried">Has, and gets, a piece [b, d, heads·e]; or null.</param>
    public static Tensor Scan(
        Tensor q, Tensor k, Tensor v, Tensor strength, int heads, Tensor? decay, IntTensor? segments, EagerState? carried = null)
    {
        Check(q, k, v, strength, heads, decay);
        if (segments is not null)
        {
            (decay, v) = EagerDecay.Within(segments, decay ?? (strength * 0f), v);
        }

        (int batch, int n, int d, int e) = (k.Shape[0], k.Shape[1], k.Shape[2] / heads, v.Shape[2] / heads);
        float[] result = new float[batch * n * heads * e];
        double[] state = new double[d];
        Tensor? before = carried?.Take(d, heads * e);
        float[] last = new float[batch * d * heads * e];

        // No row of a state knows of another.
        for (int i = 0; i < batch * heads * e; i++)
        {
            int Kept(int key) => (((i / (heads * e) * d) + key) * heads * e) + (i % (heads * e));
            for (int key = 0; key < d; key++)
            {
                state[key] = before?.Values[Kept(key)] ?? 0;
            }

            for (int t = 0; t < n; t++)
            {
                int row = (((i / (heads * e) * n) + t) * heads) + (i / e % heads);
                double factor = decay is null ? 1 : Math.Exp(decay.Values[row]);
                double written = v.Values[(row * e) + (i % e)];
                for (int key = 0; key < d; key++)
                {
                    state[key] *= factor;
                    written -= state[key] * k.Values[(row * d) + key];
                }

                double sum = 0;
                for (int key = 0; key < d; key++)
                {
                    state[key] += strength.Values[row] * written * k.Values[(row * d) + key];
                    sum += state[key] * q.Values[(row * d) + key];
                }

                result[(row * e) + (i % e)] = (float)sum;
            }

            for (int key = 0; key < d; key++)
            {
                last[Kept(key)] = (float)state[key];
            }
        }

        carried?.Leave(new Tensor(last, batch, d, heads * e));

        return new Tensor(result, batch, n, heads * e);
    }

    private static void Check(Tensor q, Tensor k, Tensor v, Tensor strength, int heads, Tensor? decay)
    {
        bool fits = k.Rank == 3 && v.Rank == 3 && q.Extents.SequenceEqual(k.Extents)
            && k.Shape[2] % heads == 0 && v.Shape[2] % heads == 0 && v.Extents[..2].SequenceEqual(k.Extents[..2])
            && strength.Extents.SequenceEqual([k.Shape[0], k.Shape[1], heads])
            && (decay is null || decay.Extents.SequenceEqual(strength.Extents));
        if (!fits)
        {
            throw new ArgumentException(
                $"Keys {Shapes.Print(k.Extents)}, values {Shapes.Print(v.Extents)} and strengths {Shapes.Print(strength.Extents)} do "
                + $"not fit {heads} heads: expected [b, n, heads·d], [b, n, heads·e] and [b, n, heads], queries like keys, and a "
                + "decay like the strengths.", nameof(k));
        }
    }
}
