using System;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Dsl.Benchmarks.Load;

/// <summary>Processes that each keep one core busy until they are disposed of, or this process ends.</summary>
internal sealed class BusyProcesses : IDisposable
{
    private const string Verb = "spin";
    private readonly Process[] _processes;

    /// <summary>Starts the processes and returns when all are busy.</summary>
    public BusyProcesses(int count)
    {
        _processes = [.. Enumerable.Range(0, count).Select(static _ => Process.Start(ChildProcess.Self([Verb]))!)];
        foreach (Process process in _processes)
        {
            if (process.StandardOutput.ReadLine() is null)
            {
                throw new InvalidOperationException($"'{Verb}' did not start: {process.StandardError.ReadToEnd()}");
            }
        }
    }

    /// <summary>The hidden verb of these processes: it ends when its standard input does.</summary>
    public static Command Command()
    {
        var command = new Command(Verb, "Keeps one core busy until standard input ends.") { Hidden = true };
        command.SetAction(static _ =>
        {
            var ended = new CancellationTokenSource();
            new Thread(() =>
            {
                Console.In.ReadToEnd();
                ended.Cancel();
            }) { IsBackground = true }.Start();
            Console.WriteLine("busy");
            while (!ended.IsCancellationRequested)
            {
                Thread.SpinWait(1000);
            }
        });
        return command;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
        }

        foreach (Process process in _processes)
        {
            process.WaitForExit();
            process.Dispose();
        }
    }
}
