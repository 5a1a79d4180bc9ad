using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Dsl;
using Dsl.Data;

namespace Samples.Sequence;

/// <summary>Recordings of spoken digits (the Free Spoken Digit Dataset), <c>{digit}_{speaker}_{index}.wav</c> in a zip file, as windows
/// of samples.</summary>
internal static class SpokenDigits
{
    /// <summary>The file in the folder.</summary>
    public const string FileName = "recordings.zip";

    /// <summary>Samples of a window.</summary>
    public const int Window = 16;

    /// <summary>Recordings with a lower index test, as its authors say.</summary>
    private const int FirstOfTraining = 5;

    /// <summary>x [count, windows, <see cref="Window"/>], lengths [count] in windows, label [count]; those that train and those that
    /// test. Each recording is scaled to a root mean square of 1.</summary>
    /// <exception cref="FileNotFoundException">The folder has no such file.</exception>
    /// <exception cref="InvalidDataException">A recording cannot be read.</exception>
    public static (Dataset Train, Dataset Test, int Longest) Read(DirectoryInfo folder)
    {
        string path = Path.Combine(folder.FullName, FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.");
        }

        var train = new List<(float[] Samples, int Digit)>();
        var test = new List<(float[] Samples, int Digit)>();
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries
            .Where(static e => e.Name.EndsWith(".wav", StringComparison.Ordinal)).OrderBy(static e => e.Name, StringComparer.Ordinal))
        {
            string[] parts = Path.GetFileNameWithoutExtension(entry.Name).Split('_');
            if (parts is not [[>= '0' and <= '9'] digit, _, var index]
                || !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                throw new InvalidDataException($"'{entry.Name}' in '{path}' is not named digit_speaker_index.wav.");
            }

            using var bytes = new MemoryStream();
            using (Stream packed = entry.Open())
            {
                packed.CopyTo(bytes);
            }

            float[] samples = WaveFile.Read(entry.Name, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            (number < FirstOfTraining ? test : train).Add((Scaled(samples), digit[0] - '0'));
        }

        if (train.Count == 0 || test.Count == 0)
        {
            throw new InvalidDataException($"'{path}' has {train.Count} recordings that train and {test.Count} that test.");
        }

        int longest = train.Concat(test).Max(static r => Windows(r.Samples));

        // By length, so that batches are about as long as what is in them.
        return (Columns(train, longest), Columns([.. test.OrderBy(static r => r.Samples.Length)], longest), longest);
    }

    private static int Windows(float[] samples) => Math.Max(1, (samples.Length + Window - 1) / Window);

    private static float[] Scaled(float[] samples)
    {
        double power = samples.Sum(static s => (double)s * s) / Math.Max(1, samples.Length);
        float scale = (float)(1 / Math.Sqrt(power + 1e-12));
        return Array.ConvertAll(samples, s => s * scale);
    }

    private static Dataset Columns(List<(float[] Samples, int Digit)> recordings, int longest)
    {
        float[] x = new float[recordings.Count * longest * Window];
        for (int i = 0; i < recordings.Count; i++)
        {
            recordings[i].Samples.CopyTo(x, i * longest * Window);
        }

        return new Dataset()
            .With("x", new Tensor(x, [recordings.Count, longest, Window]))
            .With("lengths", new IntTensor([.. recordings.Select(static r => Windows(r.Samples))], [recordings.Count]))
            .With("label", new IntTensor([.. recordings.Select(static r => r.Digit)], [recordings.Count]));
    }
}
