using System.CommandLine;
using Dsl.Benchmarks.Gemm;
using Dsl.Benchmarks.Generator;
using Dsl.Benchmarks.Micro;
using Dsl.Benchmarks.Steps;

var root = new RootCommand("Measures training steps, kernels and the compiler itself.")
{
    StepsVerb.Command(),
    PeersVerb.Command(),
    ProfileVerb.Command(),
    GemmVerb.Command(),
    GeneratorVerb.Command(),
    MicroVerb.Command(),
};
return root.Parse(args).Invoke();
