using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl;

/// <summary>
/// A size known at compile time up to symbols: an integer polynomial over symbolic names (<c>b</c>, <c>h</c>) and floor
/// divisions of sizes. Kept in canonical form, so two sizes are equal exactly when they print the same text.
/// </summary>
/// <remarks>
/// One grammar everywhere (layer attributes, <c>[Shape]</c>, emitted plans): names, integers, <c>+ - * /</c> and parentheses;
/// <c>/</c> rounds down. The text form is <see cref="ToString"/>; <see cref="Parse"/> reads it back.
/// </remarks>
#if DSL_GENERATOR
internal
#else
public
#endif
sealed class Size : IEquatable<Size>
{
    /// <summary>The constants that shapes and strides are mostly made of.</summary>
    private static readonly Size[] s_small = Enumerable.Range(0, 1025).Select(static v => Make(v)).ToArray();

    private readonly Term[] _terms;
    private string? _text;

    /// <param name="terms">In canonical order: more atoms first, then by text; no two alike, none 0.</param>
    private Size(Term[] terms) => _terms = terms;

    /// <summary>The size 0.</summary>
    public static Size Zero { get; } = Of(0);

    /// <summary>The size 1.</summary>
    public static Size One { get; } = Of(1);

    /// <summary>True when no symbol occurs.</summary>
    public bool IsConstant => _terms.Length == 0 || (_terms.Length == 1 && _terms[0].Atoms.Length == 0);

    /// <summary>The value of a constant size.</summary>
    /// <exception cref="InvalidOperationException">A symbol occurs.</exception>
    public int Constant => IsConstant
        ? checked((int)(_terms.Length == 0 ? 0 : _terms[0].Coefficient))
        : throw new InvalidOperationException($"Size '{this}' is not a constant.");

    /// <summary>The symbols that occur, in ordinal order.</summary>
    public IEnumerable<string> Symbols =>
        _terms.SelectMany(static t => t.Atoms).SelectMany(static a => a.Symbols).Distinct().OrderBy(static s => s, StringComparer.Ordinal);

    /// <summary>Whether a symbol occurs. Allocates nothing.</summary>
    public bool Mentions(string symbol)
    {
        foreach (Term term in _terms)
        {
            foreach (Atom atom in term.Atoms)
            {
                if (atom.Mentions(symbol))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A constant size.</summary>
    public static Size Of(int value) => Of((long)value);

    private static Size Of(long value) => value >= 0 && value < s_small.Length ? s_small[value] : Make(value);

    private static Size Make(long value) =>
        new(value == 0 ? Array.Empty<Term>() : new[] { new Term(value, Array.Empty<Atom>()) });

    /// <summary>The size named by a symbol.</summary>
    public static Size Symbol(string name) => new(new[] { new Term(1, new[] { new Atom(name, null, null) }) });

    /// <summary>An int is a constant size.</summary>
    public static implicit operator Size(int value) => Of(value);

    /// <summary>A text is parsed.</summary>
    public static implicit operator Size(string text) => Parse(text);

    /// <summary>Sum.</summary>
    public static Size operator +(Size a, Size b) =>
        a._terms.Length == 0 ? b
        : b._terms.Length == 0 ? a
        : a.IsConstant && b.IsConstant ? Of(checked(a._terms[0].Coefficient + b._terms[0].Coefficient))
        : Collect(a._terms.Concat(b._terms).ToList());

    /// <summary>Difference.</summary>
    public static Size operator -(Size a, Size b) => a + b.Times(-1);

    /// <summary>Product.</summary>
    public static Size operator *(Size a, Size b) =>
        a.IsConstant ? b.Times(a.Constant)
        : b.IsConstant ? a.Times(b.Constant)
        : Expand(a, b);

    private static Size Expand(Size a, Size b)
    {
        var terms = new List<Term>(a._terms.Length * b._terms.Length);
        foreach (Term s in a._terms)
        {
            foreach (Term t in b._terms)
            {
                terms.Add(new Term(checked(s.Coefficient * t.Coefficient), Product(s.Atoms, t.Atoms)));
            }
        }

        return Collect(terms);
    }

    /// <summary>Both lists of factors as one, sorted.</summary>
    private static Atom[] Product(Atom[] a, Atom[] b) => a.Length == 0 ? b : b.Length == 0 ? a
        : a.Concat(b).OrderBy(static x => x.Text, StringComparer.Ordinal).ToArray();

    /// <summary>Quotient rounded down. Exact factors cancel; what does not becomes an opaque floor division.</summary>
    /// <exception cref="DivideByZeroException">The divisor is the constant 0.</exception>
    public static Size operator /(Size a, Size b)
    {
        if (b.IsConstant)
        {
            long d = b.Constant;
            if (d == 0)
            {
                throw new DivideByZeroException($"Size '{a}' is divided by 0.");
            }

            if (a.IsConstant)
            {
                return Of(FloorDivide(a._terms.Length == 0 ? 0 : a._terms[0].Coefficient, d));
            }

            // (whole·d + rest)/d = whole + rest/d holds for floor division and every integer value of the symbols.
            var whole = Collect(
                a._terms.Where(t => t.Coefficient % d == 0).Select(t => new Term(t.Coefficient / d, t.Atoms)).ToList());
            var rest = Collect(a._terms.Where(t => t.Coefficient % d != 0).ToList());
            return rest.Equals(Zero) ? whole : rest.IsConstant ? whole + (rest / b) : whole + Opaque(rest, b);
        }

        return a.Equals(b) ? One : a.Equals(Zero) ? Zero : ExactQuotient(a, b) ?? Opaque(a, b);
    }

    /// <summary>The value when every symbol has the value that <paramref name="valueOf"/> gives.</summary>
    public long Evaluate(Func<string, int> valueOf) => _terms.Sum(t => t.Evaluate(valueOf));

    /// <summary>The value for one session's symbols; allocates nothing.</summary>
    public long Evaluate(SizeValues values)
    {
        long sum = 0;
        foreach (Term term in _terms)
        {
            sum += term.Evaluate(values);
        }

        return sum;
    }

    /// <summary>Replaces symbols by sizes (a block's constructor parameters by its arguments).</summary>
    public Size Substitute(Func<string, Size?> replacement) => _terms.Aggregate(Zero, (sum, t) => sum + t.Substitute(replacement));

    /// <summary>Computes the formula in something other than ints.</summary>
    /// <param name="symbol">A symbol.</param>
    /// <param name="number">A constant.</param>
    /// <param name="apply">Two operands of <c>'+'</c>, <c>'*'</c> or <c>'/'</c>, whose quotient is rounded down.</param>
    internal T Compute<T>(Func<string, T> symbol, Func<long, T> number, Func<char, T, T, T> apply)
    {
        T Of(Term term)
        {
            T[] factors = term.Atoms.Select(a => a.Compute(symbol, number, apply)).ToArray();
            T[] all = term.Coefficient == 1 && factors.Length > 0 ? factors
                : factors.Concat(new[] { number(term.Coefficient) }).ToArray();
            return all.Aggregate((a, b) => apply('*', a, b));
        }

        return _terms.Length == 0 ? number(0) : _terms.Select(Of).Aggregate((a, b) => apply('+', a, b));
    }

    /// <summary>Reads a size. The grammar: <c>sum = product (('+'|'-') product)*</c>, <c>product = factor (('*'|'/') factor)*</c>,
    /// <c>factor = integer | name | '(' sum ')' | '-' factor</c>.</summary>
    /// <exception cref="FormatException">The text is not a size; the message says where.</exception>
    public static Size Parse(string text) => new SizeParser(text).Read();

    /// <inheritdoc/>
    public bool Equals(Size? other) => other is not null && (ReferenceEquals(this, other)
        || HasTermsOf(other));

    private bool HasTermsOf(Size other)
    {
        bool same = _terms.Length == other._terms.Length;
        for (int i = 0; same && i < _terms.Length; i++)
        {
            same = _terms[i].Coefficient == other._terms[i].Coefficient
                && string.Equals(_terms[i].Key, other._terms[i].Key, StringComparison.Ordinal);
        }

        return same;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Size);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>The canonical text, which <see cref="Parse"/> reads back and which is also a C# expression of ints.</summary>
    public override string ToString() => _text ??= Print(_terms);

    private Size Times(long factor) =>
        factor == 0 ? Zero
        : factor == 1 ? this
        : new(Array.ConvertAll(_terms, t => new Term(checked(t.Coefficient * factor), t.Atoms)));

    private static Size Opaque(Size a, Size b) => new(new[] { new Term(1, new[] { new Atom(null, a, b) }) });

    private static Size? ExactQuotient(Size a, Size b)
    {
        if (b._terms.Length != 1)
        {
            return null;
        }

        Term divisor = b._terms[0];
        var quotient = new List<Term>();
        foreach (Term term in a._terms)
        {
            var atoms = term.Atoms.ToList();
            if (term.Coefficient % divisor.Coefficient != 0 || !divisor.Atoms.All(atoms.Remove))
            {
                return null;
            }

            quotient.Add(new Term(term.Coefficient / divisor.Coefficient, atoms.ToArray()));
        }

        return Collect(quotient);
    }

    private static long FloorDivide(long a, long b)
    {
        long q = a / b;
        return (a % b != 0) && ((a < 0) != (b < 0)) ? q - 1 : q;
    }

    /// <summary>The sum of terms whose factors are sorted, in canonical form.</summary>
    private static Size Collect(List<Term> terms)
    {
        terms.Sort(static (a, b) => a.Atoms.Length != b.Atoms.Length
            ? b.Atoms.Length.CompareTo(a.Atoms.Length) : string.CompareOrdinal(a.Key, b.Key));
        int count = 0;
        foreach (Term term in terms.ToArray())
        {
            if (count > 0 && string.Equals(terms[count - 1].Key, term.Key, StringComparison.Ordinal))
            {
                terms[count - 1] = new Term(checked(terms[count - 1].Coefficient + term.Coefficient), term.Atoms);
            }
            else
            {
                terms[count++] = term;
            }
        }

        return new Size(terms.Take(count).Where(static t => t.Coefficient != 0).ToArray());
    }

    private static string Print(Term[] terms)
    {
        if (terms.Length == 0)
        {
            return "0";
        }

        var text = new StringBuilder();
        foreach (Term t in terms)
        {
            text.Append(t.Coefficient < 0 ? "-" : text.Length > 0 ? "+" : "");
            long c = Math.Abs(t.Coefficient);
            if (c != 1 || t.Atoms.Length == 0)
            {
                text.Append(c.ToString(CultureInfo.InvariantCulture)).Append(t.Atoms.Length > 0 ? "*" : "");
            }

            text.Append(t.Key);
        }

        return text.ToString();
    }

    private sealed class Term
    {
        public Term(long coefficient, Atom[] atoms)
        {
            Coefficient = coefficient;
            Atoms = atoms;
            Key = atoms.Length switch
            {
                0 => "",
                1 => atoms[0].Text,
                _ => string.Join("*", atoms.Select(static a => a.Text)),
            };
        }

        public long Coefficient { get; }

        public Atom[] Atoms { get; }

        public string Key { get; }

        public long Evaluate(Func<string, int> valueOf) =>
            Atoms.Aggregate(Coefficient, (product, a) => checked(product * a.Evaluate(valueOf)));

        public long Evaluate(SizeValues values)
        {
            long product = Coefficient;
            foreach (Atom atom in Atoms)
            {
                product = checked(product * atom.Evaluate(values));
            }

            return product;
        }

        public Size Substitute(Func<string, Size?> replacement) =>
            Atoms.Aggregate(Of(Coefficient), (product, a) => product * a.Substitute(replacement));
    }

    /// <summary>A symbol, or a floor division that nothing cancels.</summary>
    private sealed class Atom : IEquatable<Atom>
    {
        private readonly string? _name;
        private readonly Size? _dividend;
        private readonly Size? _divisor;

        public Atom(string? name, Size? dividend, Size? divisor)
        {
            _name = name;
            _dividend = dividend;
            _divisor = divisor;
            Text = name ?? $"(({dividend})/({divisor}))";
        }

        public string Text { get; }

        public IEnumerable<string> Symbols => _name is not null ? new[] { _name } : _dividend!.Symbols.Concat(_divisor!.Symbols);

        public bool Mentions(string symbol) => _name is not null
            ? string.Equals(_name, symbol, StringComparison.Ordinal)
            : _dividend!.Mentions(symbol) || _divisor!.Mentions(symbol);

        public long Evaluate(Func<string, int> valueOf) =>
            _name is not null ? valueOf(_name) : FloorDivide(_dividend!.Evaluate(valueOf), _divisor!.Evaluate(valueOf));

        public long Evaluate(SizeValues values) =>
            _name is not null ? values[_name] : FloorDivide(_dividend!.Evaluate(values), _divisor!.Evaluate(values));

        public T Compute<T>(Func<string, T> symbol, Func<long, T> number, Func<char, T, T, T> apply) => _name is not null
            ? symbol(_name)
            : apply('/', _dividend!.Compute(symbol, number, apply), _divisor!.Compute(symbol, number, apply));

        public Size Substitute(Func<string, Size?> replacement) => _name is not null
            ? replacement(_name) ?? Symbol(_name)
            : _dividend!.Substitute(replacement) / _divisor!.Substitute(replacement);

        public bool Equals(Atom? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

        public override bool Equals(object? obj) => Equals(obj as Atom);

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);
    }
}
