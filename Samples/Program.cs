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

var root = new RootCommand("Models written as annotated classes, trained and measured.")
{
    DigitsSample.Command(),
    DoctorVerb.Command(),
};
if (Verbs.HasOthers)
{
    root.Subcommands.Add(PerceptronVerb.Command());
    root.Subcommands.Add(SegmentSample.Command());
    root.Subcommands.Add(UpscaleSample.Command());
    root.Subcommands.Add(LanguageSample.Command());
    root.Subcommands.Add(HippoVerb.Command());
    root.Subcommands.Add(ListOpsSample.Command());
    root.Subcommands.Add(SequenceSample.Command());
    root.Subcommands.Add(DuplicationVerb.Command());
    root.Subcommands.Add(ManyClassesVerb.Command());
    root.Subcommands.Add(IdentifySample.Command());
    root.Subcommands.Add(FacesSample.Command());
    root.Subcommands.Add(FeaturesSample.Command());
}

if (Verbs.HasDeveloperTools)
{
    root.Subcommands.Add(ExplainVerb.Command());
    root.Subcommands.Add(ReceptiveFieldVerb.Command());
    root.Subcommands.Add(ScalingVerb.Command());
}

return root.Parse(args).Invoke();
