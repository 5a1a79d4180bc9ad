using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Faces;

/// <summary>People that are drawn: who trains, who is verified.</summary>
internal static class DrawnPeople
{
    /// <summary>Height and width of pictures for the network: about what it sees of them.</summary>
    public const int Side = 96;

    /// <summary>Number of the random pictures of training, for <see cref="Chance.Of"/>.</summary>
    public const int TrainingViews = 2;

    private const int TrainingPeople = 1;
    private const int UnseenPeople = 3;
    private const int UnseenViews = 4;

    /// <summary>Those who train.</summary>
    public static FaceIdentity[] Train(ulong seed, int count) => Draw(seed, TrainingPeople, count);

    /// <summary>Those who are verified: drawn from other random numbers, so none of them trains.</summary>
    public static FaceIdentity[] Unseen(ulong seed, int count) => Draw(seed, UnseenPeople, count);

    /// <summary>Pictures of people, one person after the other.</summary>
    public static List<(int Person, DrawnFace Face)> Pictures(ulong seed, IReadOnlyList<FaceIdentity> people, int each)
    {
        var renderer = new FaceRenderer(Side);
        var pictures = new List<(int, DrawnFace)>(people.Count * each);
        for (int person = 0; person < people.Count; person++)
        {
            Random random = Chance.Of(seed, UnseenViews, person);
            for (int i = 0; i < each; i++)
            {
                pictures.Add((person, renderer.Draw(people[person], FaceView.Draw(random))));
            }
        }

        return pictures;
    }

    private static FaceIdentity[] Draw(ulong seed, int kind, int count) =>
        [.. Enumerable.Range(0, count).Select(i => FaceIdentity.Draw(Chance.Of(seed, kind, i)))];
}
