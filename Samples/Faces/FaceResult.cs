namespace Samples.Faces;

/// <summary>What the network and the pixels alone are worth on some faces.</summary>
/// <param name="Data">Whose faces.</param>
/// <param name="Crop">How they were cut out.</param>
/// <param name="Network">By the network's descriptions.</param>
/// <param name="Pixels">By what the network sees, without it.</param>
internal sealed record FaceResult(string Data, string Crop, FaceScore Network, FaceScore Pixels);
