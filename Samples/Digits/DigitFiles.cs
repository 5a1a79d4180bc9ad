using System.IO;
using Dsl;
using Dsl.Data;

namespace Samples.Digits;

/// <summary>MNIST's idx files.</summary>
internal static class DigitFiles
{
    /// <summary>image [count, 1, 28, 28] and digit [count].</summary>
    /// <param name="folder">Where the files are, packed or not.</param>
    /// <param name="part">train or t10k.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static Dataset Read(DirectoryInfo folder, string part)
    {
        string images = Find(folder, $"{part}-images-idx3-ubyte");
        Dataset read = IdxFile.ReadDataset(images, Find(folder, $"{part}-labels-idx1-ubyte"), classes: 10);
        Column pixels = read.Columns[0];
        return new Dataset()
            .With("image", new Tensor(pixels.Floats.ToArray(), [read.Count, 1, 28, 28]))
            .With("digit", new IntTensor(read.Columns[1].Ints.ToArray(), [read.Count]));
    }

    private static string Find(DirectoryInfo folder, string name)
    {
        foreach (string path in new[] { Path.Combine(folder.FullName, name + ".gz"), Path.Combine(folder.FullName, name) })
        {
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"'{folder.FullName}' has neither '{name}.gz' nor '{name}'.");
    }
}
