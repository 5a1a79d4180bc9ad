using System.Collections.Generic;
using System.Linq;

namespace Samples.Faces;

/// <summary>What one kind of description is worth on some faces.</summary>
/// <param name="Data">Whose faces.</param>
/// <param name="Crop">How they were cut out.</param>
/// <param name="By">What describes them.</param>
/// <param name="Score">How well that tells who is who.</param>
internal sealed record FaceResult(string Data, string Crop, string By, FaceScore Score);

/// <summary>All that was measured.</summary>
/// <param name="Results">By faces, crop and description.</param>
/// <param name="Residual">How far aligned landmarks of drawn faces are from the template, in its pixels: the mean of
/// all faces.</param>
/// <param name="WorstResidual">The greatest of a face.</param>
internal sealed record FaceReport(IReadOnlyList<FaceResult> Results, double Residual, double WorstResidual)
{
    /// <summary>The result of some faces by one description; null when there is none.</summary>
    public FaceScore? Of(string data, string crop, string by) =>
        Results.FirstOrDefault(r => (r.Data, r.Crop, r.By) == (data, crop, by))?.Score;
}
