using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>What is made of the products of embeddings and classes: what is normalised, and the margin of a sample's own
/// class.</summary>
/// <param name="Form">The margin.</param>
/// <param name="NormalizesRows">Whether rows of classes are normalised.</param>
/// <param name="Scale">The length that embeddings get; null: they keep theirs.</param>
internal sealed record MarginRule(MarginForm Form, bool NormalizesRows, double? Scale)
{
    /// <summary>A cosine is kept this far from 1 and -1 where its slope is infinite; about the last bit of a float.</summary>
    public const double Edge = 1e-7;

    /// <summary>Below this length a vector counts as zeros.</summary>
    public const double Smallest = 1e-12;

    /// <summary>What multiplies the angle.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>What is added to the angle.</summary>
    public double Angle { get; init; }

    /// <summary>What is taken from the cosine.</summary>
    public double Cosine { get; init; }

    /// <summary>What an added angle makes of angles near π.</summary>
    public MarginBoundary Boundary { get; init; } = MarginBoundary.None;

    /// <summary>The share of the plain cosine, of <see cref="MarginForm.Psi"/>; where <see cref="HasLambda"/> an operand says
    /// it.</summary>
    public double Lambda { get; init; }

    /// <summary>Whether the last operand [1] is λ.</summary>
    public bool HasLambda { get; init; }

    /// <summary>Whether gradients leave the margin out.</summary>
    public bool StraightThrough { get; init; }

    /// <summary>Whether an operand [classes] is added to logits.</summary>
    public bool HasBias { get; init; }

    /// <summary>How many classes a step chooses at random beside those of its samples, or with them; 0: it looks at all.</summary>
    public int Chosen { get; init; }

    /// <summary>Which draw of the step chooses.</summary>
    public int Site { get; init; }

    /// <summary>Operands of a gradient before those of the loss: the losses' cotangent, the logarithms of sums, the chosen
    /// classes.</summary>
    public int Leading => Chosen > 0 ? 3 : 2;

    /// <summary>The attributes in dumps.</summary>
    public override string ToString()
    {
        var parts = new List<string> { Form.ToString().ToLowerInvariant() };
        Add("s", Scale ?? 0, Scale is not null);
        Add("m1", Factor, Factor != 1);
        Add("m2", Angle, Angle != 0);
        Add("m3", Cosine, Cosine != 0);
        Add("lambda", Lambda, Form == MarginForm.Psi && !HasLambda);
        Say("lambda", HasLambda);
        Say("rows", NormalizesRows);
        Say("bias", HasBias);
        Say("straight", StraightThrough);
        Add("chosen", Chosen, Chosen != 0);
        Add("site", Site, Site != 0);
        Say(Boundary.ToString().ToLowerInvariant(), Boundary != MarginBoundary.None);
        return string.Join(" ", parts);

        void Add(string name, double value, bool there) => Say(name + "=" + value.ToString("R", CultureInfo.InvariantCulture), there);

        void Say(string text, bool there)
        {
            if (there)
            {
                parts.Add(text);
            }
        }
    }

    /// <summary>Checks embeddings [n, d], rows [classes, d] or [classes, centres, d], labels […] of n, offsets and λ; the shape of
    /// the losses is that of the labels.</summary>
    public void Check(Op op, IReadOnlyList<Node> inputs)
    {
        Expect.Count(op, inputs, 3 + (HasBias ? 1 : 0) + (HasLambda ? 1 : 0));
        (Node x, Node w, Node labels) = (inputs[0], inputs[1], inputs[2]);
        Expect.That(Centers(w) == 1 || NormalizesRows, op, "expects rows that are normalised where a class has several");
        Expect.Rank(op, x, 2);
        Expect.That(w.Rank is 2 or 3 && w.Shape.All(static d => d.IsConstant), op, "expects classes of constant extents");
        Expect.Shape(op, x, x.Shape[0], w.Shape[w.Rank - 1]);
        Expect.Type(op, labels, DType.Int);
        Expect.That(labels.Length.Equals(x.Shape[0]), op, $"expects a label for each of '{x.Shape[0]}' embeddings");
        Expect.That(
            x.Shape[1].Constant <= ClassTiles.MostWidth && Centers(w) <= ClassTiles.MostSubCenters, op,
            $"expects at most {ClassTiles.MostWidth} features and {ClassTiles.MostSubCenters} rows of a class");
        Expect.That(
            Chosen == 0 || (!HasBias && x.Shape[1].Constant <= ClassSample.MostWidth && w.Shape[0].Constant <= ClassSample.MostClasses),
            op,
            $"chooses among at most {ClassSample.MostClasses} classes without offsets, of at most {ClassSample.MostWidth} features");
        foreach (Node floats in inputs.Where((_, i) => i != 2))
        {
            Expect.Type(op, floats, DType.Float);
        }

        if (HasBias)
        {
            Expect.Shape(op, inputs[3], w.Shape[0]);
        }

        if (HasLambda)
        {
            Expect.Shape(op, inputs[inputs.Count - 1], 1);
        }
    }

    /// <summary>The rows of a class.</summary>
    public static int Centers(Node rows) => rows.Rank == 3 ? rows.Shape[1].Constant : 1;

    /// <summary>What a cosine becomes, and how fast it changes.</summary>
    public (double Value, double Slope) Of(double c, double lambda)
    {
        (double value, double slope) = Form switch
        {
            MarginForm.Cosine => (c - Cosine, 1),
            MarginForm.Angle => OfAngle(c),
            MarginForm.General => OfGeneral(c),
            MarginForm.Psi => OfPsi(c, lambda),
            _ => (c, 1.0),
        };
        return (value, StraightThrough ? 1 : slope);
    }

    private (double Value, double Slope) OfAngle(double c)
    {
        c = Inside(c);
        bool plain = Boundary switch
        {
            MarginBoundary.Monotone => c <= Math.Cos(Math.PI - Angle),
            MarginBoundary.Easy => c <= 0,
            _ => false,
        };
        if (plain)
        {
            return ((Boundary == MarginBoundary.Easy ? c : c - (Angle * Math.Sin(Angle))) - Cosine, 1);
        }

        double sine = Math.Sqrt(1 - (c * c));
        return (
            (c * Math.Cos(Angle)) - (sine * Math.Sin(Angle)) - Cosine, Math.Cos(Angle) + (c / sine * Math.Sin(Angle)));
    }

    private (double Value, double Slope) OfGeneral(double c)
    {
        c = Inside(c);
        double angle = (Factor * Math.Acos(c)) + Angle;
        return (Math.Cos(angle) - Cosine, Factor * Math.Sin(angle) / Math.Sqrt(1 - (c * c)));
    }

    /// <summary>cos mθ and its slope are Chebyshev polynomials, T_m and m·U_{m-1}; which part θ is in, comparisons.</summary>
    private (double Value, double Slope) OfPsi(double c, double lambda)
    {
        int m = (int)Factor;
        (double before, double t, double beforeSecond, double u) = (1, c, 0, 1);
        int part = 0;
        for (int i = 1; i < m; i++)
        {
            (before, t) = (t, (2 * c * t) - before);
            (beforeSecond, u) = (u, (2 * c * u) - beforeSecond);
            part += c <= Math.Cos(i * Math.PI / m) ? 1 : 0;
        }

        double sign = part % 2 == 0 ? 1 : -1;
        return (((lambda * c) + (sign * t) - (2 * part)) / (1 + lambda), (lambda + (sign * m * u)) / (1 + lambda));
    }

    private static double Inside(double c) => Math.Max(Math.Min(c, 1 - Edge), Edge - 1);
}
