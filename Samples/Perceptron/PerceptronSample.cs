using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Models.Perceptrons;
using Spectre.Console;

namespace Samples.Perceptron;

/// <summary>
/// The verb <c>perceptron</c>: why a perceptron has a bias. Rosenblatt's rule on logical functions and on points far
/// from the origin, with a learned bias, without one, and with thresholds set by hand.
/// </summary>
internal static class PerceptronSample
{
    private const int Epochs = 200;

    private static readonly double[] Thresholds = [-4, -1, 0.5, 1, 4, 16];

    private static readonly double[][] Corners = [[0, 0], [0, 1], [1, 0], [1, 1]];

    /// <summary>Prints the table and draws the points with the lines found.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="drawing">The SVG file to write; its folder is created.</param>
    /// <param name="seed">Which points.</param>
    /// <returns>The exit code: 0 when everything turned out as the theory says.</returns>
    public static int Run(IAnsiConsole console, string drawing, int seed = 1)
    {
        (string Name, double[][] Samples, int[] Targets)[] tasks =
        [
            ("AND", Corners, [0, 0, 0, 1]),
            ("OR", Corners, [0, 1, 1, 1]),
            ("NAND", Corners, [1, 1, 1, 0]),
            ("XOR", Corners, [0, 1, 1, 0]),
            DrawPoints(seed),
        ];
        Setting[] settings =
        [
            new("learned bias", true, 0),
            new("no bias", false, 0),
            .. Thresholds.Select(static t =>
                new Setting(FormattableString.Invariant($"threshold {t} by hand"), false, t)),
        ];

        var table = new Table().AddColumn("unit");
        foreach ((string name, _, _) in tasks)
        {
            table.AddColumn(name);
        }

        var outcomes = new Dictionary<(string Setting, string Task), Outcome>();
        foreach (Setting setting in settings)
        {
            var row = new List<string> { setting.Name };
            foreach ((string name, double[][] samples, int[] targets) in tasks)
            {
                Outcome outcome = Learn(setting, samples, targets);
                outcomes[(setting.Name, name)] = outcome;
                row.Add(outcome.ToString());
            }

            table.AddRow([.. row]);
        }

        console.Write(table);
        Show(console, outcomes[(settings[0].Name, tasks[^1].Name)].Unit);

        (_, double[][] points, int[] classes) = tasks[^1];
        (string, PerceptronRule)[] lines = [.. settings.Select(s => (s.Name, outcomes[(s.Name, tasks[^1].Name)].Unit))];
        if (Path.GetDirectoryName(Path.GetFullPath(drawing)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllText(drawing, PerceptronDrawing.Draw(points, classes, lines));
        console.WriteLine($"Points and lines: {drawing}");

        // The learned bias solves whatever a line can separate; nothing solves XOR; no fixed threshold solves AND and
        // NAND both.
        bool learned = tasks.All(t => outcomes[(settings[0].Name, t.Name)].Learned == (t.Name != "XOR"));
        bool fixedFails = settings.Skip(1).All(s =>
            !(outcomes[(s.Name, "AND")].Learned && outcomes[(s.Name, "NAND")].Learned));
        return learned && fixedFails ? 0 : 1;
    }

    /// <summary>Points with positive coordinates on both sides of the line x + 2y = 9, none nearer than 0.4 to it: no
    /// line through the origin separates them.</summary>
    internal static (string Name, double[][] Samples, int[] Targets) DrawPoints(int seed)
    {
        var random = new Random(seed);
        var samples = new List<double[]>();
        var targets = new List<int>();
        while (samples.Count < 60)
        {
            double x = 0.5 + (5.5 * random.NextDouble());
            double y = 0.5 + (5.5 * random.NextDouble());
            double side = (x + (2 * y) - 9) / Math.Sqrt(5);
            if (Math.Abs(side) >= 0.4)
            {
                samples.Add([x, y]);
                targets.Add(side > 0 ? 1 : 0);
            }
        }

        return ("points, all x > 0", [.. samples], [.. targets]);
    }

    private static Outcome Learn(Setting setting, double[][] samples, int[] targets)
    {
        var unit = new PerceptronRule(2, setting.LearnsBias, setting.Threshold);
        IReadOnlyList<int> mistakes = unit.Train(samples, targets, Epochs);
        int wrong = samples.Where((sample, i) => unit.Predict(sample) != targets[i]).Count();
        return new Outcome(unit, mistakes.Count, mistakes[^1] == 0, wrong, samples.Length);
    }

    private static void Show(IAnsiConsole console, PerceptronRule unit) => console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"Learned on the points: {unit.Weights[0]:0.###}·x + {unit.Weights[1]:0.###}·y + {unit.Bias:0.###} > 0, "
        + $"that is a threshold of {-unit.Bias:0.###} nobody had to set."));

    private sealed record Setting(string Name, bool LearnsBias, double Threshold);

    private sealed record Outcome(PerceptronRule Unit, int Epochs, bool Learned, int Wrong, int Count)
    {
        public override string ToString() =>
            Learned ? $"learned in {Epochs} epochs" : $"never: {Wrong} of {Count} wrong";
    }
}
