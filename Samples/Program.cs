using System;
using System.Collections.Generic;
using System.CommandLine;
using Samples;
using Samples.Digits;
using Samples.Duplication;
using Samples.Faces;
using Samples.Features;
using Samples.Hippo;
using Samples.Identify;
using Samples.Language;
using Samples.ListOps;
using Samples.ManyClasses;
using Samples.Perceptron;
using Samples.ReceptiveFields;
using Samples.Scaling;
using Samples.Segment;
using Samples.Sequence;
using Samples.Upscale;

List<(string Name, Func<Command> Declare)> verbs =
[
    ("digits", DigitsSample.Command),
    ("doctor", DoctorVerb.Command),
];
if (Verbs.HasOthers)
{
    verbs.AddRange([
        ("perceptron", PerceptronVerb.Command),
        ("segment", SegmentSample.Command),
        ("upscale", UpscaleSample.Command),
        ("language", LanguageSample.Command),
        ("hippo", HippoVerb.Command),
        ("listops", ListOpsSample.Command),
        ("sequence", SequenceSample.Command),
        ("duplication", DuplicationVerb.Command),
        ("many-classes", ManyClassesVerb.Command),
        ("identify", IdentifySample.Command),
        ("faces", FacesSample.Command),
        ("features", FeaturesSample.Command),
    ]);
}

if (Verbs.HasDeveloperTools)
{
    verbs.AddRange([
        ("explain", ExplainVerb.Command),
        ("receptive-field", ReceptiveFieldVerb.Command),
        ("scaling", ScalingVerb.Command),
    ]);
}

// Declaring all of them takes as long as several steps: only help and mistakes need more than the one that is asked for.
List<(string Name, Func<Command> Declare)> asked = verbs.FindAll(v => args is [var name, ..] && name == v.Name);
var root = new RootCommand("Models written as annotated classes, trained and measured.");
foreach ((string name, Func<Command> declare) in asked is [] ? verbs : asked)
{
    Command verb = declare();
    if (verb.Name != name)
    {
        throw new InvalidOperationException($"{verb.Name} is listed as {name}.");
    }

    root.Subcommands.Add(verb);
}

return root.Parse(args).Invoke();
