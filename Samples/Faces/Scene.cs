using System;
using System.Numerics;
using Models.Face;

namespace Samples.Faces;

/// <summary>Someone before the camera.</summary>
internal sealed class Scene
{
    private readonly FaceIdentity _identity;
    private readonly FaceView _view;
    private readonly FaceMap _map;
    private readonly HeadShape _head;
    private readonly Func<float, float, float> _skinSize;
    private readonly Func<float, float, float> _hairSize;

    /// <summary>From the head's frame to the camera's, without roll.</summary>
    private readonly Matrix4x4 _turn;

    /// <summary>To the camera, in the head's frame.</summary>
    private readonly Vector3 _ray;
    private readonly Vector3 _lamp;
    private readonly Vector3 _half;
    private readonly (float Sin, float Cos) _roll;

    /// <summary>Pixels of a half width, and where the head is.</summary>
    private readonly float _scale;
    private readonly Vector2 _middle;
    private readonly int _side;

    /// <summary>Someone, whose features were painted.</summary>
    public Scene(FaceIdentity identity, FaceView view, FaceMap map, int side)
    {
        (_identity, _view, _map, _side) = (identity, view, map, side);
        _scale = view.Pose.Scale * side / FacePose.Side;
        _middle = (view.Pose.Shift * side / FacePose.Side) + new Vector2((side - 1) / 2f);
        _head = new HeadShape(identity);
        _skinSize = map.SizeAt;
        _hairSize = (_, _) => identity.Hair.Volume;
        _turn = Turn(view.Pose);
        _roll = MathF.SinCos(view.Pose.Roll);
        _ray = ToHead(Vector3.UnitZ);

        // The lamp does not roll with the head.
        Vector3 from = view.Light.From;
        _lamp = ToHead(new Vector3(
            (_roll.Cos * from.X) + (_roll.Sin * from.Y), (_roll.Cos * from.Y) - (_roll.Sin * from.X), from.Z));
        _half = Vector3.Normalize(_lamp + _ray);
    }

    /// <summary>Where a place of the face is in the image.</summary>
    public ImagePoint Project(Vector2 place)
    {
        var point = Vector3.Transform(_head.Front(place.X, place.Y, _map.SizeAt(place.X, place.Y)), _turn);
        return new ImagePoint(
            (_scale * ((_roll.Cos * point.X) - (_roll.Sin * point.Y))) + _middle.X,
            (_scale * ((_roll.Sin * point.X) + (_roll.Cos * point.Y))) + _middle.Y);
    }

    /// <summary>The light that comes from behind a pixel, linear.</summary>
    public Vector3 Seen(int x, int y)
    {
        float right = (x - _middle.X) / _scale;
        float down = (y - _middle.Y) / _scale;
        var place = new Vector2((_roll.Cos * right) + (_roll.Sin * down), (_roll.Cos * down) - (_roll.Sin * right));
        Vector3 origin = ToHead(new Vector3(place, 0));
        bool covered = _head.Meet(origin, _ray, _hairSize, out Vector3 on, out float larger)
            && _map.ReliefAt(on.X / larger, on.Y / larger).W > 0.5f;
        if (covered)
        {
            return Hair(on, _head.Normal(on, larger, Vector2.Zero));
        }

        if (_head.Meet(origin, _ray, _skinSize, out on, out larger))
        {
            Vector4 relief = _map.ReliefAt(on.X, on.Y);
            Vector3 normal = _head.Normal(on, relief.X, new Vector2(relief.Y, relief.Z));
            Vector4 color = _map.ColorAt(on.X, on.Y);
            Vector3 skin = Lit(new Vector3(color.X, color.Y, color.Z), normal, color.W);
            return relief.W > 0 ? Vector3.Lerp(skin, Hair(on, normal), relief.W) : skin;
        }

        return Beyond(place, y);
    }

    private static Matrix4x4 Turn(FacePose pose)
    {
        // Row vectors. Yaw moves the front (z) to the right (x), pitch moves it downwards (y).
        (float sin, float cos) = MathF.SinCos(pose.Yaw);
        var yaw = new Matrix4x4(cos, 0, -sin, 0, 0, 1, 0, 0, sin, 0, cos, 0, 0, 0, 0, 1);
        (sin, cos) = MathF.SinCos(pose.Pitch);
        var pitch = new Matrix4x4(1, 0, 0, 0, 0, cos, -sin, 0, 0, sin, cos, 0, 0, 0, 0, 1);
        return yaw * pitch;
    }

    /// <summary>Colours of a screen as shares of light.</summary>
    private static Vector3 Linear(Vector3 color) => color * color;

    private Vector3 ToHead(Vector3 world) => Vector3.Transform(world, Matrix4x4.Transpose(_turn));

    private Vector3 Lit(Vector3 color, Vector3 normal, float gloss)
    {
        FaceLight light = _view.Light;
        float lambert = Math.Max(0, (Vector3.Dot(normal, _lamp) + 0.15f) / 1.15f);
        float shine = Math.Max(0, Vector3.Dot(normal, _half));
        shine *= shine;
        shine *= shine;
        shine *= shine;
        shine *= shine;
        float white = 0.06f * gloss * light.Strength * shine;

        // What looks away from the sky gets less of it.
        float sky = light.Ambient * (light.Strength > 0 ? 0.85f - (0.15f * normal.Y) : 1);
        return light.Tint * ((Linear(color) * ((light.Strength * lambert) + sky)) + new Vector3(white));
    }

    private Vector3 Hair(Vector3 at, Vector3 normal)
    {
        float angle = MathF.Atan2(at.X, 1.2f - at.Y);
        float strand = (MathF.Sin((38 * angle) + (5 * at.Y)) * 0.6f) + (MathF.Sin((71 * angle) - (9 * at.Y)) * 0.4f);
        return Lit(_identity.HairColor * (0.9f + (_identity.Hair.Strands * strand)), normal, 0.6f);
    }

    /// <summary>What is beside the head: flat things, which follow its turns a little.</summary>
    private Vector3 Beyond(Vector2 place, int row)
    {
        FaceIdentity identity = _identity;
        (float sway, float nod) = (0.3f * MathF.Sin(_view.Pose.Yaw), 0.3f * MathF.Sin(_view.Pose.Pitch));
        float width = identity.Head.Width;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            // An ear turns away with its side of the head.
            float wide = identity.Ear.Wide * (1 - (side * 2 * MathF.Sin(_view.Pose.Yaw)));
            float ear = side * width * 0.97f * MathF.Cos(_view.Pose.Yaw);
            var away = new Vector2(
                (place.X - ear) / Math.Max(0.01f, wide), (place.Y - 0.25f - nod) / identity.Ear.High);
            if (away.LengthSquared() < 1 && identity.Hair.Length < 0.9f)
            {
                return Lit(identity.Skin * (away.LengthSquared() < 0.4f ? 0.75f : 0.92f), Facing(0.7f * away.X), 0.5f);
            }
        }

        float x = place.X - (0.5f * sway);
        bool neck = MathF.Abs(x) < 0.58f * width && place.Y > 0.6f && place.Y < identity.Head.Chin + 0.75f;
        if (identity.Hair.Length > 0 && place.Y < identity.Hair.Length && !neck)
        {
            float round = place.Y < 0 ? MathF.Sqrt(Math.Max(0, 1 - (place.Y * place.Y / 2.4f))) : 1;
            float spread = width * identity.Hair.Spread * round;
            if (MathF.Abs(x) < spread)
            {
                return 0.7f * Hair(new Vector3(x, place.Y, 0), Facing(x / spread * 0.8f));
            }
        }

        if (neck)
        {
            return Lit(0.82f * identity.Skin, Facing(x / width), 0.3f);
        }

        if (place.Y > identity.Head.Chin + 0.35f + (0.25f * x * x))
        {
            return Lit(_view.Behind.Clothes, Facing(0.3f * x), 0);
        }

        return Linear(Vector3.Lerp(_view.Behind.Top, _view.Behind.Bottom, row / (float)_side));
    }

    /// <summary>A direction to the camera, turned sideways, in the head's frame.</summary>
    private Vector3 Facing(float sideways)
    {
        float x = Math.Clamp(sideways, -0.9f, 0.9f);
        return ToHead(new Vector3(x, 0, MathF.Sqrt(1 - (x * x))));
    }
}
