using System;

namespace Dsl.Data;

/// <summary>Computes one column of a sample, whenever a batch with it is put together: reads it from a file, cuts it out of
/// something larger, turns or blurs what is stored. Called by one thread at a time.</summary>
/// <param name="sample">Which sample of the data set that the column was given to, from 0.</param>
/// <param name="random">Numbers of this sample in this epoch, the same ones for each column.</param>
/// <param name="values">Receives the column's values, row-major; holds those of another sample before.</param>
/// <typeparam name="T">Float or int.</typeparam>
public delegate void SampleReader<T>(int sample, ref SampleRandom random, Span<T> values);
