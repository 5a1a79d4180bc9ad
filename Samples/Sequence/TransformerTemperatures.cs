using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Dsl;
using Dsl.Data;

namespace Samples.Sequence;

/// <summary>Windows of the hourly electricity transformer temperatures ETTh1 (Zhou et al. 2021, arXiv:2012.07436), each variable a series
/// by itself, measured from the last value that is known.</summary>
internal static class TransformerTemperatures
{
    /// <summary>The file in the folder.</summary>
    public const string FileName = "ETTh1.csv.gz";

    /// <summary>Hours that are known, and hours that are asked for.</summary>
    public const int Known = 336;
    public const int Asked = 96;

    /// <summary>Twelve months of 30 days train, four are for validation, and the next four test.</summary>
    private const int TrainRows = 12 * 30 * 24;
    private const int TestFrom = 16 * 30 * 24;
    private const int TestTo = 20 * 30 * 24;

    /// <summary>x [count, <see cref="Known"/>, 1] and next [count, <see cref="Asked"/>], of all windows of all variables, in units
    /// of the deviation that each variable has in training.</summary>
    /// <exception cref="FileNotFoundException">The folder has no such file.</exception>
    /// <exception cref="InvalidDataException">A row is no date and numbers, or there are too few.</exception>
    public static (Dataset Train, Dataset Test) Read(DirectoryInfo folder)
    {
        string path = Path.Combine(folder.FullName, FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.");
        }

        using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        float[][] series = Parse(path, reader);
        if (series[0].Length < TestTo)
        {
            throw new InvalidDataException($"'{path}' has {series[0].Length} rows of the {TestTo} that are needed.");
        }

        foreach (float[] values in series)
        {
            Standardize(values);
        }

        return (Windows(series, 0, TrainRows), Windows(series, TestFrom - Known, TestTo));
    }

    /// <summary>The variables of a table whose rows are a date and one number of each.</summary>
    public static float[][] Parse(string name, TextReader reader)
    {
        int variables = (reader.ReadLine()?.Split(',').Length ?? 0) - 1;
        if (variables < 1)
        {
            throw new InvalidDataException($"'{name}' has no head line of a date and variables.");
        }

        var rows = new List<float[]>();
        for (int number = 2; reader.ReadLine() is { } line; number++)
        {
            string[] cells = line.Split(',');
            float[] row = new float[variables];
            for (int i = 0; i < variables; i++)
            {
                if (cells.Length != variables + 1
                    || !float.TryParse(cells[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out row[i]))
                {
                    throw new InvalidDataException($"Line {number} of '{name}' is not a date and {variables} numbers.");
                }
            }

            rows.Add(row);
        }

        return [.. Enumerable.Range(0, variables).Select(v => rows.Select(row => row[v]).ToArray())];
    }

    private static void Standardize(float[] values)
    {
        ReadOnlySpan<float> train = values.AsSpan(0, TrainRows);
        double sum = 0, squares = 0;
        foreach (float value in train)
        {
            sum += value;
            squares += (double)value * value;
        }

        double mean = sum / TrainRows;
        double deviation = Math.Sqrt((squares / TrainRows) - (mean * mean));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((values[i] - mean) / deviation);
        }
    }

    private static Dataset Windows(float[][] series, int from, int to)
    {
        int windows = to - from - Known - Asked + 1;
        int count = windows * series.Length;
        float[] x = new float[count * Known];
        float[] next = new float[count * Asked];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> window = series[i % series.Length].AsSpan(from + (i / series.Length), Known + Asked);
            float last = window[Known - 1];
            for (int t = 0; t < Known; t++)
            {
                x[(i * Known) + t] = window[t] - last;
            }

            for (int t = 0; t < Asked; t++)
            {
                next[(i * Asked) + t] = window[Known + t] - last;
            }
        }

        return new Dataset().With("x", new Tensor(x, [count, Known, 1])).With("next", new Tensor(next, [count, Asked]));
    }
}
