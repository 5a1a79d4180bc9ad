using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Models.Face;
using Models.Face.Alignment;
using Samples.Imaging;

namespace Samples.Faces;

/// <summary>
/// People photographed twice, neutral and smiling (DeBruine and Jones 2017, "Face Research Lab London Set", CC BY 4.0).
/// </summary>
/// <param name="Neutral">Pictures, by person.</param>
/// <param name="Smiling">The same people in the same order.</param>
/// <param name="Rule">Cuts the faces out, all of them.</param>
internal sealed record LondonFaces(IReadOnlyList<Picture> Neutral, IReadOnlyList<Picture> Smiling, AffineTransform Rule)
{
    private const string Index = "index.csv";

    /// <summary>The 128×128 pixels from (64, 68) on, which come near the pixel cosines known of these faces. They reach
    /// lower than the template.</summary>
    public static AffineTransform Square { get; } = new(0.875, 0, -56, 0, 0.875, -59.5);

    /// <summary>Reads all who have both pictures.</summary>
    /// <param name="folder">With index.csv and the pictures, or with a folder london-faces that has them.</param>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    /// <remarks>
    /// Every picture, neutral or smiling, goes through one map, that of the neutral faces' mean landmarks. A face's own
    /// landmarks exist for its neutral picture alone; to bring its smiling one by them, too, would tell who it is.
    /// </remarks>
    public static LondonFaces Read(DirectoryInfo folder)
    {
        string root = folder.FullName;
        root = File.Exists(Path.Combine(root, Index)) ? root : Path.Combine(root, "london-faces");
        string index = Path.Combine(root, Index);
        string[] lines = File.Exists(index)
            ? File.ReadAllLines(index)
            : throw new FileNotFoundException(
                $"There is no '{Index}' in '{folder}' or in its folder london-faces.", index);
        List<(string Id, ImagePoint[] Landmarks)> people =
        [
            .. lines.Skip(1).Where(static l => l.Length > 0).Select(static l => Person(l.Split(',')))
                .Where(p => File.Exists(FileOf(root, p.Id, "smiling")))
        ];
        if (people.Count == 0)
        {
            throw new InvalidDataException($"'{index}' names nobody with a smiling picture.");
        }

        return new LondonFaces(
            Pictures("neutral"), Pictures("smiling"), FaceCrop.Fixed([.. people.Select(static p => p.Landmarks)]));

        List<Picture> Pictures(string which) => [.. people.Select(p => PictureFile.Read(FileOf(root, p.Id, which)))];
    }

    private static string FileOf(string root, string id, string which) => Path.Combine(root, $"{id}_{which}.png");

    /// <summary>id, age, gender, eth, has_smiling, and five places.</summary>
    private static (string Id, ImagePoint[] Landmarks) Person(string[] cells)
    {
        const int First = 5;
        const int Points = 5;
        if (cells.Length < First + (2 * Points))
        {
            throw new InvalidDataException(
                $"'{Index}' has a line with {cells.Length} cells: '{string.Join(',', cells)}'.");
        }

        return (cells[0], [.. Enumerable.Range(0, Points).Select(i => new ImagePoint(
            Number(cells[First + (2 * i)]), Number(cells[First + (2 * i) + 1])))]);
    }

    private static double Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw new InvalidDataException($"'{cell}' in '{Index}' is no number.");
}
