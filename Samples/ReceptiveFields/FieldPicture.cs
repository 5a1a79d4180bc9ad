using System;
using System.IO;
using Dsl;
using Samples.Imaging;

namespace Samples.ReceptiveFields;

/// <summary>Draws an image's pixels as squares: how strongly a unit depends on each, and the frame of what it sees in
/// theory.</summary>
internal sealed class FieldPicture
{
    private const int Zoom = 8;

    private readonly byte[] _pixels;
    private readonly int _height;
    private readonly int _width;

    /// <summary>An image of nothing.</summary>
    public FieldPicture(int height, int width)
    {
        (_height, _width) = (height * Zoom, width * Zoom);
        _pixels = new byte[_height * _width * 3];
    }

    /// <summary>Strength as brightness. The root brings out the weak rim of a bell.</summary>
    public void Shade(EffectiveReceptiveField field)
    {
        double strongest = 0;
        for (int i = 0; i < field.Height * field.Width; i++)
        {
            strongest = Math.Max(strongest, field[i / field.Width, i % field.Width]);
        }

        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                double part = strongest > 0 ? Math.Sqrt(field[y / Zoom, x / Zoom] / strongest) : 0;
                byte shade = (byte)Math.Round(255 * part);
                Set(y, x, shade, shade, shade);
            }
        }
    }

    /// <summary>A frame around pixels; what is outside the image is cut off.</summary>
    public void Frame((int First, int Last) rows, (int First, int Last) columns)
    {
        (int top, int bottom) = (rows.First * Zoom, ((rows.Last + 1) * Zoom) - 1);
        (int left, int right) = (columns.First * Zoom, ((columns.Last + 1) * Zoom) - 1);
        for (int y = Math.Max(0, top); y <= Math.Min(_height - 1, bottom); y++)
        {
            for (int x = Math.Max(0, left); x <= Math.Min(_width - 1, right); x++)
            {
                if (y - top < 2 || bottom - y < 2 || x - left < 2 || right - x < 2)
                {
                    Set(y, x, 255, 96, 32);
                }
            }
        }
    }

    /// <summary>Writes the picture.</summary>
    public void Save(FileInfo file) => PictureFile.Write(file.FullName, _width, _pixels);

    private void Set(int y, int x, byte red, byte green, byte blue)
    {
        int at = ((y * _width) + x) * 3;
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (red, green, blue);
    }
}
