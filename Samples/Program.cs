using System.CommandLine;
using Samples;
using Samples.Digits;
using Samples.Language;
using Samples.ListOps;
using Samples.Perceptron;
using Samples.ReceptiveFields;
using Samples.Scaling;
using Samples.Segment;
using Samples.Upscale;

var root = new RootCommand("Models written as annotated classes, trained and measured.")
{
    DigitsSample.Command(),
    PerceptronVerb.Command(),
    SegmentSample.Command(),
    UpscaleSample.Command(),
    LanguageSample.Command(),
    ListOpsSample.Command(),
    DoctorVerb.Command(),
};
if (DeveloperTools.ArePresent)
{
    root.Subcommands.Add(ExplainVerb.Command());
    root.Subcommands.Add(ReceptiveFieldVerb.Command());
    root.Subcommands.Add(ScalingVerb.Command());
}

return root.Parse(args).Invoke();
