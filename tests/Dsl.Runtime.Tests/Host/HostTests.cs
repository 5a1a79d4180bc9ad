using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>These tests change the vector width of the whole process, so nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HostTests
{
    public const string Name = "host";
}
