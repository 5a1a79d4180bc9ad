using System;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class CumulativeSumTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 3)]
    [InlineData(0, 4, 3)]
    [InlineData(7, 9, 1)]
    [InlineData(130, 70, 1)]
    [InlineData(2, 9, 3)]
    [InlineData(3, 50, 77)]
    [InlineData(1, 200, 200)]
    public void CumulativeSum_EqualsReference(int outer, int length, int inner)
    {
        for (int kind = 0; kind < 4; kind++)
        {
            (bool exclusive, bool reverse) = (kind % 2 > 0, kind / 2 > 0);

            // Steps of the operand are further apart than they are long.
            int step = inner + 2;
            var shape = new CumulativeSumShape
            {
                Outer = outer,
                Length = length,
                Inner = inner,
                FromOuter = length * step,
                FromStep = step,
                ToOuter = length * inner,
                ToStep = inner,
                Exclusive = exclusive,
                Reverse = reverse,
            };
            float[] from = HostRun.Random(3, outer * length * step);
            double[] expected = new double[outer * length * inner];
            for (int column = 0; column < outer * inner; column++)
            {
                double sum = 0;
                for (int i = 0; i < length; i++)
                {
                    int at = reverse ? length - 1 - i : i;
                    double x = from[(((column / inner * length) + at) * step) + (column % inner)];
                    expected[(((column / inner * length) + at) * inner) + (column % inner)] = exclusive ? sum : sum + x;
                    sum += x;
                }
            }

            HostRun.All(
                new CumulativeSumKernel("sum", ["from", "to"], shape),
                [],
                [from, HostRun.Missing(expected.Length)],
                [1],
                result => HostRun.AssertNear(expected, result));
        }
    }
}
