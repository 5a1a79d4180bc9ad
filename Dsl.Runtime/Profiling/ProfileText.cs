using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl.Profiling;

/// <summary>Prints a profile: what was measured, every launch in order, totals by layer.</summary>
internal static class ProfileText
{
    public static string Of(StepProfile profile)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{profile.Model}, {profile.Program}");
        text.Append(profile.Sizes.Length > 0 ? $", {profile.Sizes}" : "");
        text.Append(
            CultureInfo.InvariantCulture,
            $"; {profile.Device}: {profile.Microseconds:F0} us in {profile.Launches.Count} launches ");
        text.Append(CultureInfo.InvariantCulture, $"(lower quartiles of {profile.Passes} steps)\n");
        Roofline roofs = profile.Roofline;
        text.Append(
            CultureInfo.InvariantCulture, $"roofs: {roofs.Gflops:F0} GFLOP/s, {roofs.GigabytesPerSecond:F1} GB/s\n\n");
        Launches(text, profile);
        text.Append('\n');
        Layers(text, profile.Layers);
        return text.ToString().TrimEnd('\n');
    }

    private static void Launches(StringBuilder text, StepProfile profile)
    {
        int layer = Width("layer", profile.Launches.Select(static l => l.Layer));
        int name = Width("launch", profile.Launches.Select(static l => l.Name));
        text.Append(
            CultureInfo.InvariantCulture,
            $"{"us",10} {"share",6} {"GFLOP/s",8} {"GB/s",7} {"roof us",9} {"of it",6}  {"phase",-8} ");
        text.Append($"{"layer".PadRight(layer)} {"launch".PadRight(name)} {"skeleton",-15} extents\n");
        foreach (LaunchProfile l in profile.Launches)
        {
            string speed = l.Flops == 0 ? "" : l.Gflops.ToString("F1", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{l.Microseconds,10:F1} {l.Share,6:P1} {speed,8} ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{l.GigabytesPerSecond,7:F1} {l.RoofMicroseconds,9:F1} {l.RoofShare,6:P0}  {Name(l.Phase),-8} ");
            text.Append($"{l.Layer.PadRight(layer)} {l.Name.PadRight(name)} {l.Skeleton,-15} {l.Extents}\n");
        }
    }

    private static void Layers(StringBuilder text, IReadOnlyList<LayerProfile> layers)
    {
        int width = Width("layer", layers.Select(static l => l.Layer));
        text.Append($"{"layer".PadRight(width)} {"launches",8} {"us",10} {"share",6} {"forward",10} {"backward",10} ");
        text.Append($"{"update",10} {"roof us",9} {"of it",6}\n");
        foreach (LayerProfile l in layers)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{l.Layer.PadRight(width)} {l.Launches,8} {l.Microseconds,10:F1} {l.Share,6:P1} {l.Forward,10:F1} ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{l.Backward,10:F1} {l.Update,10:F1} {l.RoofMicroseconds,9:F1} {l.RoofShare,6:P0}\n");
        }
    }

    private static int Width(string head, IEnumerable<string> texts) =>
        texts.Select(static t => t.Length).Append(head.Length).Max();

    private static string Name(StepPhase phase) => phase switch
    {
        StepPhase.Forward => "forward",
        StepPhase.Backward => "backward",
        _ => "update",
    };
}
