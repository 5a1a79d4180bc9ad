using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Tests.Golden;

/// <summary>The logits of a margin loss, all of them, of primitives: what the op never stores. A class has one row.</summary>
internal static class MarginLogits
{
    public static Node Of(Graph g, MarginRule rule, Node x, Node w, Node labels)
    {
        Size[] shape = [x.Shape[0], w.Shape[0]];
        (Node xs, Node ws) = (Norms(x), Norms(w));
        Node lengths = g.Broadcast(xs, shape, [0]);
        Node rows = g.Broadcast(ws, shape, [1]);
        Node c = Op("div", Op("div", g.Contract("bd,cd->bc", x, w), lengths), rows);
        Node hot = g.Add(new OneHotOp(w.Shape[0].Constant), labels);
        Node z = Op("mul", Op("select", hot, Margin(), c), rule.Scale is { } s ? Number(s) : lengths);
        return rule.NormalizesRows ? z : Op("mul", z, rows);

        Node Norms(Node v) => Op("sqrt", g.Sum(Op("square", v), 1));

        Node Margin() => rule.Form switch
        {
            MarginForm.None => c,
            MarginForm.Cosine => Op("sub", c, Number(rule.Cosine)),
            MarginForm.Psi => Psi(),
            MarginForm.Angle => Angle(),
            _ => Op(
                "sub", Op("cos", Op("add", Op("mul", Arc(), Number(rule.Factor)), Number(rule.Angle))), Number(rule.Cosine)),
        };

        Node Angle()
        {
            Node sine = Op("sqrt", Op("sub", Number(1), Op("square", c)));
            Node turned = Op(
                "sub", Op("mul", c, Number(Math.Cos(rule.Angle))), Op("mul", sine, Number(Math.Sin(rule.Angle))));
            Node bounded = rule.Boundary switch
            {
                MarginBoundary.Easy => Op("select", Op("less", Number(0), c), turned, c),
                MarginBoundary.Monotone => Op(
                    "select", Op("less", Number(Math.Cos(Math.PI - rule.Angle)), c), turned,
                    Op("sub", c, Number(rule.Angle * Math.Sin(rule.Angle)))),
                _ => turned,
            };
            return Op("sub", bounded, Number(rule.Cosine));
        }

        // Newton's method for cos θ = c: its derivative is that of the arc, too.
        Node Arc()
        {
            Node angle = Op("sub", Number(Math.PI / 2), c);
            for (int i = 0; i < 7; i++)
            {
                angle = Op("add", angle, Op("div", Op("sub", Op("cos", angle), c), Op("sin", angle)));
            }

            return angle;
        }

        Node Psi()
        {
            int m = (int)rule.Factor;
            (Node before, Node t) = (Number(1), c);
            Node parts = Number(0);
            for (int i = 1; i < m; i++)
            {
                (before, t) = (t, Op("sub", Op("mul", Op("mul", c, t), Number(2)), before));
                parts = Op("add", parts, Op("lessequal", c, Number(Math.Cos(i * Math.PI / m))));
            }

            Node half = Op("mul", parts, Number(0.5));
            Node odd = Op("less", Op("floor", half), half);
            Node psi = Op("sub", Op("select", odd, Op("neg", t), t), Op("mul", parts, Number(2)));
            return Op("mul", Op("add", psi, Op("mul", c, Number(rule.Lambda))), Number(1 / (1 + rule.Lambda)));
        }

        Node Op(string row, params Node[] operands) => g.Pointwise(
            row, [.. operands.Select(o => o.Rank == 0 && operands.Any(static p => p.Rank > 0) ? Like(o, operands) : o)]);

        Node Like(Node number, Node[] operands) => g.Broadcast(number, operands.First(static p => p.Rank > 0).Shape, []);

        Node Number(double value) => g.Fill(value, shape);
    }
}
