using System.CommandLine;
using Dsl.Benchmarks.Gemm;
using Dsl.Benchmarks.Generator;
using Dsl.Benchmarks.Load;
using Dsl.Benchmarks.Micro;
using Dsl.Benchmarks.Start;
using Dsl.Benchmarks.Steps;

var root = new RootCommand("Measures training steps, kernels, the start of a program and the compiler itself.")
{
    StepsVerb.Command(),
    PeersVerb.Command(),
    ProfileVerb.Command(),
    GemmVerb.Command(),
    GeneratorVerb.Command(),
    MicroVerb.Command(),
    StartVerb.Command(),
    LoadVerb.Command(),
    BusyProcesses.Command(),
    StepTime.Command(),
};
return root.Parse(args).Invoke();
