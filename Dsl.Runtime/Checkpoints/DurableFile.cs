using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Dsl.Checkpoints;

/// <summary>Replaces a file so that a crash at any moment leaves either the whole old file or the whole new
/// one.</summary>
internal static partial class DurableFile
{
    /// <summary>What the file is called while it is being written.</summary>
    public static string ScratchPath(string path) => path + ".scratch";

    /// <summary>Writes beside the file, flushes to the disk, then renames over it.</summary>
    /// <param name="path">The file to replace or create.</param>
    /// <param name="write">Writes the content. When it throws, the old file stays and the scratch file goes.</param>
    public static void Replace(string path, Action<Stream> write)
    {
        string scratch = ScratchPath(path);
        try
        {
            using (var stream = new FileStream(scratch, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(scratch, path, overwrite: true);
        }
        catch
        {
            File.Delete(scratch);
            throw;
        }

        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>The rename itself survives a power cut only once the directory is on the disk. .NET does not open
    /// directories, so
    /// this asks the C library; a file system that refuses is no error, for the data is already safe.</summary>
    private static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = OpenDirectory(directory, 0);
        if (handle >= 0)
        {
            _ = Synchronise(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronise(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
