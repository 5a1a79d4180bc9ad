using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace Dsl.Benchmarks;

/// <summary>Programs that a measurement starts: executables, libraries by way of <c>dotnet</c>, and this one.</summary>
internal static class ChildProcess
{
    /// <summary>How to start this program again.</summary>
    /// <param name="verb">Its verb and options.</param>
    /// <param name="prefix">A program that starts it, with that program's own arguments; empty for none.</param>
    public static ProcessStartInfo Self(IEnumerable<string> verb, params string[] prefix)
    {
        string library = typeof(ChildProcess).Assembly.Location;
        string[] all = [.. prefix, "dotnet", library, .. verb];
        return Redirected(all[0], all[1..]);
    }

    /// <summary>How to start an executable or a .dll.</summary>
    public static ProcessStartInfo Program(FileInfo program, IEnumerable<string> arguments) =>
        IsLibrary(program)
            ? Redirected("dotnet", [program.FullName, .. arguments])
            : Redirected(program.FullName, arguments);

    /// <summary>Whether it needs <c>dotnet</c> to start.</summary>
    public static bool IsLibrary(FileInfo program) => program.Extension == ".dll";

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static string Run(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        var errors = new StringWriter();
        process.ErrorDataReceived += (_, e) => errors.WriteLine(e.Data);
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"'{start.FileName}' ended with {process.ExitCode}: {errors}");
    }

    private static ProcessStartInfo Redirected(string program, IEnumerable<string> arguments) =>
        new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
