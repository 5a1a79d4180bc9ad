using System;
using System.Buffers.Binary;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;

namespace Dsl;

/// <summary>
/// The parameters of one model instance, in logical layout, in one pinned array. Sessions pack them into their own
/// layout; while one trains it has the newer values, and reading here fetches them.
/// </summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    private const int AlignmentBytes = 64;
    private const int AlignmentFloats = AlignmentBytes / sizeof(float);

    private readonly Parameter[] _parameters;
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private readonly float[] _data;
    private readonly int _origin;

    /// <summary>From this many elements on initial values are drawn where they go, again if need be, rather than kept.</summary>
    private const int Many = 1 << 24;

    private readonly object _drawing = new();
    private readonly bool[] _isDrawn;
    private ulong _seed;

    /// <summary>Allocates the parameters. Until <see cref="Initialize"/> gives them other values, or somebody else does,
    /// they have those of seed 0, which are drawn when they are first needed.</summary>
    /// <param name="infos">The parameters in layer order.</param>
    /// <exception cref="ArgumentException">Two parameters have the same name.</exception>
    public ParameterSet(ParameterInfo[] infos)
    {
        _parameters = new Parameter[infos.Length];
        _isDrawn = new bool[infos.Length];
        int start = 0;
        for (int i = 0; i < infos.Length; i++)
        {
            _parameters[i] = new Parameter(this, infos[i], i, start);
            if (!_byName.TryAdd(infos[i].Name, _parameters[i]))
            {
                throw new ArgumentException($"Two parameters are named '{infos[i].Name}'.", nameof(infos));
            }

            // Every parameter begins on a cache line, so that packing copies whole lines.
            start = checked(start + ((infos[i].Length + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats));
        }

        _data = GC.AllocateArray<float>(start + AlignmentFloats, pinned: true);
        _origin = OriginOf(_data);
    }

    /// <inheritdoc/>
    public int Count => _parameters.Length;

    /// <summary>The number of learned numbers; states do not count.</summary>
    public long Length
    {
        get
        {
            long length = 0;
            foreach (Parameter parameter in _parameters)
            {
                length += parameter.Learns ? parameter.Length : 0;
            }

            return length;
        }
    }

    /// <summary>Invoked before values are read or written here: a training session writes its newer ones through
    /// <see cref="Parameter.Raw"/>.</summary>
    internal Action? Fetch { get; set; }

    /// <summary>Raised whenever values may have been changed from outside a session, which then packs them
    /// anew.</summary>
    internal long Version { get; set; }

    /// <inheritdoc/>
    public Parameter this[int index] => _parameters[index];

    /// <summary>A parameter by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists near names.</exception>
    public Parameter this[string name] => _byName.TryGetValue(name, out Parameter? parameter)
        ? parameter
        : throw new KeyNotFoundException(Unknown(name));

    /// <summary>Whether there is a parameter of this name, and which.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Parameter? parameter) =>
        _byName.TryGetValue(name, out parameter);

    /// <summary>The parameters of a block.</summary>
    /// <param name="layer">The layer that uses it.</param>
    public ParameterScope Scope(string layer) => new(this, layer + ".");

    /// <summary>The parameters of one of several blocks.</summary>
    /// <param name="layer">The layer that repeats it.</param>
    /// <param name="index">Which, from 0.</param>
    public ParameterScope Scope(string layer, int index) => new ParameterScope(this, "").Scope(layer, index);

    /// <summary>The rank whose initial values these are.</summary>
    public int Rank { get; private set; }

    /// <summary>Gives every parameter its initial values again, which are drawn when they are first needed. The same seed gives the
    /// same numbers on every machine.</summary>
    /// <param name="seed">The seed of the numbers.</param>
    /// <param name="rank">Of a model with sharded classes (<see cref="MarginSoftmaxAttribute.Shards"/>), which rank this is: it gets
    /// its part of the rows that one model would have with this seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is negative.</exception>
    public void Initialize(ulong seed, int rank = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        // Fetched first, although all values are replaced: a session that still owes newer ones would write them over
        // these.
        Fetch?.Invoke();
        Version++;
        lock (_drawing)
        {
            (_seed, Rank) = (seed, rank);
            Array.Clear(_isDrawn);
        }
    }

    /// <summary>Draws every state that is random anew, such as the directions of <see cref="PerformerAttribute"/>, and
    /// leaves what is learned and states that begin with a constant as they are. The same seed gives the same numbers
    /// on every machine, those of <see cref="Initialize"/> with it. Sessions take them before their next
    /// call.</summary>
    /// <param name="seed">The seed of the numbers.</param>
    /// <returns>How many states there were.</returns>
    public int Redraw(ulong seed)
    {
        int count = 0;
        for (int i = 0; i < _parameters.Length; i++)
        {
            Parameter parameter = _parameters[i];
            if (!parameter.Learns && parameter.Initializer.IsRandom)
            {
                parameter.Initializer.Fill(parameter.Values, seed, i);
                count++;
            }
        }

        return count;
    }

    /// <summary>The SHA-256 of all elements as little-endian floats, in parameter order, in lower-case hexadecimal
    /// digits.</summary>
    public string Sha256()
    {
        Fetch?.Invoke();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in _parameters)
        {
            if (BitConverter.IsLittleEndian)
            {
                hash.AppendData(MemoryMarshal.AsBytes(parameter.Raw));
                continue;
            }

            byte[] bytes = new byte[parameter.Length * sizeof(float)];
            for (int i = 0; i < parameter.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), parameter.Raw[i]);
            }

            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal Span<float> Raw(Parameter parameter)
    {
        Span<float> values = Slice(parameter);
        if (!Volatile.Read(ref _isDrawn[parameter.Index]))
        {
            lock (_drawing)
            {
                if (!_isDrawn[parameter.Index])
                {
                    Draw(parameter, values);
                    Volatile.Write(ref _isDrawn[parameter.Index], true);
                }
            }
        }

        return values;
    }

    internal Span<float> Overwritten(Parameter parameter)
    {
        lock (_drawing)
        {
            Volatile.Write(ref _isDrawn[parameter.Index], true);
        }

        return Slice(parameter);
    }

    internal void CopyTo(Parameter parameter, Span<float> values)
    {
        if (parameter.Length >= Many)
        {
            lock (_drawing)
            {
                if (!_isDrawn[parameter.Index])
                {
                    Draw(parameter, values);
                    return;
                }
            }
        }

        Raw(parameter).CopyTo(values);
    }

    private void Draw(Parameter parameter, Span<float> values) => parameter.Initializer.Fill(
        values, _seed, parameter.Index, parameter.Shards > 1 ? Rank * (long)parameter.Length : 0);

    private Span<float> Slice(Parameter parameter) => _data.AsSpan(_origin + parameter.Start, parameter.Length);

    private static unsafe int OriginOf(float[] data)
    {
        nuint address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(data, 0);
        return (int)((AlignmentBytes - (address % AlignmentBytes)) % AlignmentBytes / sizeof(float));
    }

    private string Unknown(string name)
    {
        IReadOnlyList<string> near = NearNames.Of(name, _byName.Keys);
        return near.Count > 0
            ? $"There is no parameter '{name}'. Did you mean {string.Join(" or ", near)}?"
            : $"There is no parameter '{name}'. There are: {string.Join(", ", _byName.Keys)}.";
    }
}
