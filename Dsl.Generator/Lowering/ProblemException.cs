using System;
using System.Linq;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Ends the lowering of one function at its first problem; never leaves <see cref="ModelLowering"/>.</summary>
internal sealed class ProblemException : Exception
{
    public ProblemException(string id, int site, params string[] arguments)
        : base(id) => Problem = new Problem(id, site, arguments.ToEquatable());

    public Problem Problem { get; private set; }

    /// <summary>Adds changes of the source that remove the problem; nulls are none, and neither is what lies in a block
    /// of another assembly.</summary>
    public ProblemException Offer(params Remedy?[] remedies)
    {
        Problem = Problem with
        {
            Remedies = Problem.Remedies
                .Concat(remedies.OfType<Remedy>().Where(static r => r.Site >= 0)).ToEquatable(),
        };
        return this;
    }
}
