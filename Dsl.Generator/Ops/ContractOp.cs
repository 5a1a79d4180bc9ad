using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// A two-operand einsum over single letters, <c>bk,ok->bo</c>. A letter of both operands is summed when the result
/// lacks it and
/// a batch index when the result has it; a letter of one operand must be in the result. So the gradients are
/// contractions too.
/// </summary>
internal sealed record ContractOp(string Equation) : Op
{
    public override string Name => "contract";

    public override string Attributes => Equation;

    public override Placement? Placement => new(Skeleton.Contract, OperandForm.Strided);

    /// <summary>The letters of the first operand, of the second and of the result.</summary>
    public (string A, string B, string Result) Letters
    {
        get
        {
            string[] parts = Equation.Replace("->", ",").Split(',');
            return parts.Length == 3
                ? (parts[0], parts[1], parts[2])
                : throw new ShapeException($"'{Equation}' is not an equation of the form 'bk,ok->bo'");
        }
    }

    /// <summary>The letters that are summed, in the order of the first operand.</summary>
    public string Summed
    {
        get
        {
            var (a, _, result) = Letters;
            return new string(a.Where(c => result.IndexOf(c) < 0).ToArray());
        }
    }

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        var (a, b, result) = Letters;
        foreach (string part in new[] { a, b, result })
        {
            Expect.That(
                part.Distinct().Count() == part.Length, this, $"expects distinct letters in '{part}' of '{Equation}'");
            Expect.That(part.All(char.IsLetter), this, $"expects letters in '{part}' of '{Equation}'");
        }

        foreach (char c in a.Union(b))
        {
            Expect.That(
                (a.IndexOf(c) >= 0 && b.IndexOf(c) >= 0) || result.IndexOf(c) >= 0,
                this,
                $"cannot sum '{c}', which only one operand of '{Equation}' has");
        }

        var extents = new Dictionary<char, Size>();
        foreach (var (letters, input) in new[] { (a, inputs[0]), (b, inputs[1]) })
        {
            Expect.Rank(this, input, letters.Length);
            for (int i = 0; i < letters.Length; i++)
            {
                if (extents.TryGetValue(letters[i], out Size? have))
                {
                    Expect.That(
                        have.Equals(input.Shape[i]),
                        this,
                        $"'{Equation}' gets '{inputs[0].Shape.Text()}' and '{inputs[1].Shape.Text()}': "
                        + $"'{letters[i]}' differs");
                }

                extents[letters[i]] = input.Shape[i];
            }
        }

        Expect.That(
            result.All(extents.ContainsKey), this, $"has a letter in the result of '{Equation}' that no operand has");
        return (result.Select(c => extents[c]).ToImmutableArray(), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis)
    {
        var (a, b, result) = Letters;
        return AxisReach.SameOrWhole(result.IndexOf((input == 0 ? a : b)[axis]));
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        var (a, b, result) = Letters;
        return new Node?[]
        {
            graph.Contract($"{result},{b}->{a}", cotangent, node.Inputs[1]),
            graph.Contract($"{result},{a}->{b}", cotangent, node.Inputs[0]),
        };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        var (a, b, result) = Letters;
        string all = result + Summed;
        int[] Along(string letters, NdArray array)
        {
            int[] strides = NdArray.StridesOf(array.Shape);
            return all.Select(c => letters.IndexOf(c) < 0 ? 0 : strides[letters.IndexOf(c)]).ToArray();
        }

        int ExtentOf(char c) => a.IndexOf(c) >= 0 ? inputs[0].Shape[a.IndexOf(c)] : inputs[1].Shape[b.IndexOf(c)];
        NdArray y = NdArray.Zeros(result.Select(ExtentOf).ToArray());
        int depth = Summed.Aggregate(1, (product, c) => product * ExtentOf(c));
        int step = 0;
        NdArray.Walk(all.Select(ExtentOf).ToArray(), Along(a, inputs[0]), Along(b, inputs[1]), (i, j) =>
            y.Data[step++ / depth] += inputs[0].Data[i] * inputs[1].Data[j]);
        return y;
    }

    public override Size Flops(Node node)
    {
        var (a, _, _) = Letters;
        return Summed.Aggregate(node.Length * 2, (product, c) => product * node.Inputs[0].Shape[a.IndexOf(c)]);
    }
}
