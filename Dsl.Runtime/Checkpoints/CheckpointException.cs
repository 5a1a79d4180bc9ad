using System;

namespace Dsl.Checkpoints;

/// <summary>A file is not the checkpoint that was expected. The message names the file and everything that is wrong
/// with it;
/// nothing was changed.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Without a message.</summary>
    public CheckpointException()
    {
    }

    /// <summary>With what is wrong.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and how it was found.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
