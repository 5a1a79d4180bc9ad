using System.CommandLine;
using Samples;
using Samples.Digits;
using Samples.Perceptron;

var root = new RootCommand("Models written as annotated classes, trained and measured.")
{
    DigitsSample.Command(),
    PerceptronVerb.Command(),
    DoctorVerb.Command(),
    ExplainVerb.Command(),
};
return root.Parse(args).Invoke();
