using System;
using System.Collections.Generic;
using Dsl.Host;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Reads what every worker of a team has allocated so far.</summary>
internal sealed class AllocationMeter(int threads) : ITeamWork
{
    private readonly long[] _bytes = new long[threads];

    /// <summary>Bytes of each worker at the last run.</summary>
    public IReadOnlyList<long> Bytes => _bytes;

    /// <summary>Bytes of all workers at the last run.</summary>
    public long Total
    {
        get
        {
            long sum = 0;
            foreach (long bytes in _bytes)
            {
                sum += bytes;
            }

            return sum;
        }
    }

    public void Run(int worker) => _bytes[worker] = GC.GetAllocatedBytesForCurrentThread();
}
