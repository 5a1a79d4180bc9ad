using System;
using System.IO;
using Spectre.Console;

namespace Samples.Language;

/// <summary>Lets a model write, and shows each character as it comes.</summary>
internal static class Generation
{
    /// <summary>Writes the prompt in grey, then what the model makes of it.</summary>
    /// <param name="console">Gets the text.</param>
    /// <param name="model">Scores of the next character.</param>
    /// <param name="sampler">Chooses by the scores.</param>
    /// <param name="prompt">Characters to go on from; at least one.</param>
    /// <param name="count">How many to write; 0: nothing is written at all.</param>
    public static void Write(
        IAnsiConsole console, INextCharacter model, CharacterSampler sampler, int[] prompt, int count)
    {
        if (count == 0)
        {
            return;
        }

        // Written as it is: a paragraph of the console would break lines at its own width.
        TextWriter writer = console.Profile.Out.Writer;
        bool colours = console.Profile.Capabilities.Ansi;
        writer.Write(colours ? $"\e[90m{Shown(prompt)}\e[0m" : Shown(prompt));
        ReadOnlySpan<float> scores = default;
        foreach (int character in prompt)
        {
            scores = model.After(character);
        }

        for (int i = 0; i < count; i++)
        {
            int character = sampler.Choose(scores);
            writer.Write(Shown([character]));
            writer.Flush();
            scores = i + 1 < count ? model.After(character) : default;
        }

        writer.WriteLine();
    }

    /// <summary>As text, without characters that would command the terminal.</summary>
    private static string Shown(ReadOnlySpan<int> characters) => string.Create(
        characters.Length,
        characters,
        static (text, numbers) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                char character = (char)numbers[i];
                text[i] = char.IsControl(character) && character is not ('\n' or '\t') ? '\u00B7' : character;
            }
        });
}
