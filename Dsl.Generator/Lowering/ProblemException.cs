using System;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Ends the lowering of one function at its first problem; never leaves <see cref="ModelLowering"/>.</summary>
internal sealed class ProblemException : Exception
{
    public ProblemException(string id, int site, params string[] arguments)
        : base(id) => Problem = new Problem(id, site, arguments.ToEquatable());

    public Problem Problem { get; }
}
