using System;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>The Order skeleton on the host: a counting sort of each row. A slice owns rows.</summary>
internal static unsafe class HostOrder
{
    /// <param name="launch">What is ordered.</param>
    /// <param name="memory">The session's memory.</param>
    /// <param name="places">The worker's scratch: a number for each key.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row after the last.</param>
    public static void Run(OrderLaunch launch, float* memory, int* places, int first, int end)
    {
        int length = launch.Length;
        for (int row = first; row < end; row++)
        {
            float* keys = memory + launch.Slots.A0 + ((nint)row * length);
            float* order = memory + launch.Slots.A1 + ((nint)row * length);
            if (launch.Keys == 0)
            {
                for (int i = 0; i < length; i++)
                {
                    order[(int)keys[i]] = i;
                }
            }
            else
            {
                Sort(keys, order, length, launch.Keys, places);
            }
        }
    }

    private static void Sort(float* keys, float* order, int length, int count, int* places)
    {
        new Span<int>(places, count).Clear();
        for (int i = 0; i < length; i++)
        {
            places[(int)keys[i]]++;
        }

        int place = 0;
        for (int key = 0; key < count; key++)
        {
            (places[key], place) = (place, place + places[key]);
        }

        for (int i = 0; i < length; i++)
        {
            order[places[(int)keys[i]]++] = i;
        }
    }
}
