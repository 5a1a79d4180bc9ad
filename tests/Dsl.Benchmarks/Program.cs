using Dsl.Benchmarks;

return GemmBenchmark.Run(args.Length > 0 ? args[0] : null, 2);
