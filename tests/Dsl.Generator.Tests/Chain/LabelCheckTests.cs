extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What a session says to ints that are neither classes nor rows: kernels would read past their buffers.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class LabelCheckTests
{
    [Theory]
    [InlineData("cross-entropy of images that ignores", EntryPoint.Loss, 1, 254, "'label' element 2 is 254; it must be in 0 … 4, or be 255, which does not count.")]
    [InlineData("cross-entropy of images", EntryPoint.Loss, 1, 255, "'label' element 2 is 255; it must be in 0 … 4.")]
    [InlineData("embedding with padding", EntryPoint.Forward, 0, 11, "'x' element 2 is 11; it must be in 0 … 10")]
    [InlineData("embedding with padding", EntryPoint.Forward, 0, -1, "'x' element 2 is -1; it must be in 0 … 10")]
    [InlineData("margin softmax of angles", EntryPoint.Loss, 1, 300, "'label' element 2 is 300; it must be in 0 … 299")]
    [InlineData("margin softmax of angles", EntryPoint.Train, 1, -1, "'label' element 2 is -1; it must be in 0 … 299")]
    [InlineData("centre loss", EntryPoint.Loss, 1, 11, "'label' element 2 is 11; it must be in 0 … 10")]
    [InlineData("centre loss", EntryPoint.Train, 1, -1, "'label' element 2 is -1; it must be in 0 … 10")]
    public void Ints_out_of_range_are_refused(string name, EntryPoint entry, int input, int value, string message)
    {
        CompiledCase compiled = CompiledCase.Of(name);
        using var session = new CaseSession(compiled, Device.Host(1));
        string run = compiled.Case.Runs[0];
        session.Session.Begin(entry, [.. ChainCase.SizesOf(run).Select(static p => (p.Key, p.Value))]);
        int[] labels = CaseData.Ints(new CaseData(compiled, run, 1).Inputs[input == 0 ? "x" : "label"]);
        session.Session.Write(input, labels.AsSpan());
        labels[2] = value;

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => session.Session.Write(input, labels.AsSpan()));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
