using Dsl.Benchmarks;

GemmBenchmark.Run(args.Length > 0 ? args[0] : "");
