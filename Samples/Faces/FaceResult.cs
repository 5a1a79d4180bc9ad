namespace Samples.Faces;

/// <summary>What one kind of description is worth on some faces.</summary>
/// <param name="Data">Whose faces.</param>
/// <param name="Crop">How they were cut out.</param>
/// <param name="By">What describes them.</param>
/// <param name="Score">How well that tells who is who.</param>
internal sealed record FaceResult(string Data, string Crop, string By, FaceScore Score);
