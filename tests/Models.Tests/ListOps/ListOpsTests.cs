using System;
using System.IO;
using System.Linq;
using Samples.ListOps;
using Xunit;

namespace Models.Tests.ListOps;

/// <summary>Expressions of ListOps: read, evaluated, drawn and split.</summary>
public sealed class ListOpsTests
{
    /// <summary>Lines of the data set (Nangia and Bowman 2018, MIT licence).</summary>
    private const string Lines = """
        0	( ( ( ( ( [SM 6 ) 5 ) 9 ) 0 ) ] )
        0	( ( ( ( ( [MIN 6 ) 3 ) 5 ) 0 ) ] )
        2	( ( ( ( ( ( [SM ( ( ( ( ( [MIN ( ( ( ( ( ( [MIN 5 ) ( ( ( ( [SM 5 ) 4 ) 1 ) ] ) ) 0 ) 4 ) 9 ) ] ) ) 8 ) 7 ) 6 ) ] ) ) 1 ) 1 ) 7 ) 3 ) ] )
        5	( ( ( ( [MAX 1 ) 5 ) ( ( ( ( [MIN 9 ) 2 ) 5 ) ] ) ) ] )
        """;

    [Fact]
    public void Labels_of_the_data_set_are_the_values_of_its_expressions()
    {
        (int[] Tokens, int Label)[] all = [.. ListOpsData.Parse("lines", new StringReader(Lines))];
        Assert.Equal([0, 0, 2, 5], all.Select(static e => e.Label));
        Assert.Equal("[MAX 1 5 [MIN 9 2 5 ] ]", ListOpsExpression.Show(all[3].Tokens));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("[MED 1 2 9 ]", 2)]
    [InlineData("[MED 1 4 9 2 ]", 3)]
    [InlineData("[MED 3 2 ]", 2)]
    [InlineData("[SM 9 9 3 ]", 1)]
    [InlineData("[MIN 4 [MAX 1 3 ] 8 ]", 3)]
    public void Operators_mean_what_they_should(string text, int value) =>
        Assert.Equal(value, ListOpsExpression.Evaluate(ListOpsExpression.Parse(text)));

    [Theory]
    [InlineData("3\t[MIN 3 4 ]\n3\t[AVG 3 4 ]", "Line 2 of 'file': '[AVG' is no token")]
    [InlineData("3 [MIN 3 4 ]", "Line 1 of 'file': it is not a label, a tab")]
    [InlineData("11\t[MIN 3 4 ]", "the label '11' is not from 0 to 9")]
    [InlineData("x\t[MIN 3 4 ]", "the label 'x' is not from 0 to 9")]
    [InlineData("4\t[MIN 3 4 ]", "the label is 4, the value of the expression 3")]
    [InlineData("4\t[MIN 3 4", "ends before its lists do")]
    [InlineData("4\t[MIN 3 4 ] ]", "goes on after its end, with token 5")]
    [InlineData("4\t3 4", "goes on after its end, with token 2")]
    [InlineData("4\t[MIN ]", "Token 2 ends no list, or one with nothing in it")]
    [InlineData("4\t] 4", "Token 1 ends no list")]
    [InlineData("4\t( )", "There is no expression")]
    public void What_is_no_expression_is_named_with_its_line(string text, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => ListOpsData.Parse("file", new StringReader(text)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var error = Assert.Throws<FileNotFoundException>(() => ListOpsData.Read(folder, 1));
        Assert.Contains(ListOpsData.FileName, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_packed_is_named()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, ListOpsData.FileName), Lines);
            var error = Assert.Throws<InvalidDataException>(() => ListOpsData.Read(folder, 1));
            Assert.Contains($"{ListOpsData.FileName}' is no gzip file", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Drawn_expressions_have_values_and_come_back_with_their_seed()
    {
        (int[] Tokens, int Label)[] all = [.. ListOpsData.Read(null, 4)];
        Assert.Equal(ListOpsData.Drawn, all.Length);
        Assert.Equal(
            Enumerable.Range(0, ListOpsExpression.Classes), all.Select(static e => e.Label).Distinct().Order());
        Assert.All(all.Take(100), static e => Assert.Equal(e.Tokens, ListOpsExpression.Parse(ListOpsExpression.Show(e.Tokens))));
        Assert.Equal(all.Select(static e => e.Tokens), ListOpsData.Read(null, 4).Select(static e => e.Tokens));
        Assert.NotEqual(all[0].Tokens, new ListOpsGenerator(5).Next());
    }

    [Fact]
    public void Every_seventh_tests_and_what_is_too_long_is_left_out()
    {
        (int[] Tokens, int Label)[] all = [.. Enumerable.Range(0, 21).Select(static i => (new[] { i % 10 }, i % 10))];
        all[6] = ([10, 3, 4, 14], 3);
        all[0] = ([10, 3, 4, 5, 14], 3);
        var data = new ListOpsData(all, 4);
        Assert.Equal((17, 3, 1, 4), (data.Train.Count, data.Test.Count, data.LeftOut, data.Longest));

        // Those that test are the numbers 13 and 20 and the list, the shortest first.
        Assert.Equal([3, 0, 3], data.Test.Columns.Single(static c => c.Name == "label").Ints.ToArray());
        Assert.Equal([1, 1, 4], data.Test.Columns.Single(static c => c.Name == "lengths").Ints.ToArray());
        Assert.Equal(
            [3, 0, 0, 0, 0, 0, 0, 0, 10, 3, 4, 14],
            data.Test.Columns.Single(static c => c.Name == "tokens").Ints.ToArray());
        Assert.Throws<InvalidDataException>(() => new ListOpsData(all[..6], 4));
    }
}
