using System;
using System.IO;
using Samples.Imaging;

namespace Samples.Faces;

/// <summary>A sheet of drawn faces: a row for each identity, plain first, then as it may happen; the last columns are
/// what the network sees of it.</summary>
internal static class FaceSheet
{
    private const int People = 10;
    private const int Views = 7;

    /// <summary>Writes the PNG.</summary>
    public static void Write(FileInfo file, ulong seed)
    {
        FaceIdentity[] people = DrawnPeople.Unseen(seed, People);
        var renderer = new FaceRenderer();
        var sheet = new Picture(3, People * FacePose.Side, (Views + 1) * FacePose.Side);
        for (int row = 0; row < People; row++)
        {
            Random random = Chance.Of(seed, 0, row);
            for (int column = 0; column < Views; column++)
            {
                DrawnFace face = renderer.Draw(people[row], column == 0 ? FaceView.Plain : FaceView.Draw(random));
                Paste(face.Picture, sheet, row * FacePose.Side, column * FacePose.Side);
                if (column == Views - 1)
                {
                    var aligned = new Picture(3, 112, 112, FaceCrop.Warp(face.Picture, FaceCrop.Align(face.Landmarks)));
                    Array.ConvertAll(aligned.Values, static v => v + 127.5f).CopyTo(aligned.Values, 0);
                    Paste(aligned, sheet, row * FacePose.Side, Views * FacePose.Side);
                }
            }
        }

        PictureFile.Write(file.FullName, sheet);
    }

    private static void Paste(Picture part, Picture sheet, int top, int left)
    {
        for (int c = 0; c < part.Channels; c++)
        {
            for (int y = 0; y < part.Height; y++)
            {
                part.Plane(c).Slice(y * part.Width, part.Width).CopyTo(
                    sheet.Plane(c)[(((top + y) * sheet.Width) + left)..]);
            }
        }
    }
}
