using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Tests.Harness;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A small model and what it is run on.</summary>
/// <param name="Name">What the test is called.</param>
/// <param name="Body">The members of the class.</param>
internal sealed record ChainCase(string Name, string Body)
{
    /// <summary>The symbolic sizes of each run, in order; the session is made for the largest of each.</summary>
    public string[] Runs { get; init; } = ["b=33", "b=7", "b=1"];

    /// <summary>Inputs are drawn from here …</summary>
    public double Low { get; init; } = -1;

    /// <summary>… to here.</summary>
    public double High { get; init; } = 1;

    /// <summary>Whether accelerators refuse it.</summary>
    public bool HostOnly { get; init; }

    /// <summary>Among how many ranks its classes are sharded; the test is the first of them, and the others have the same
    /// values.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Whether the model has the program Sensitivity.</summary>
    public bool InputGradients { get; init; }

    /// <summary>Other classes of the program: blocks.</summary>
    public string Classes { get; init; } = "";

    /// <summary>The class that is run.</summary>
    public string Model { get; init; } = "Demo.M";

    /// <summary>The program's files.</summary>
    public string[] Sources { get => field ?? [Source]; init; }

    private string Source => (InputGradients
        ? TestModels.Class(Body).Replace("[Model]", "[Model(InputGradients = true)]", System.StringComparison.Ordinal)
        : TestModels.Class(Body)) + Classes.Replace("\r", "");

    /// <summary>One input x, and the mean square of the result as the loss.</summary>
    public static ChainCase Of(string name, string layers, string shape, string forward) => new(name, $$"""
        {{layers}}
        public Tensor Forward([Shape({{shape}})] Tensor x) => {{forward}};
        public Tensor Loss([Shape({{shape}})] Tensor x) => Mean(Square(Forward(x)));
        """);

    /// <summary>The sizes of a run by name.</summary>
    public static Dictionary<string, int> SizesOf(string run) => run.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)
        .Select(static p => p.Split('=')).ToDictionary(static p => p[0], static p => int.Parse(p[1]));

    /// <summary>The largest value of every size.</summary>
    public Dictionary<string, int> Largest => Runs.SelectMany(SizesOf)
        .GroupBy(static p => p.Key).ToDictionary(static g => g.Key, static g => g.Max(static p => p.Value));

    public override string ToString() => Name;
}
