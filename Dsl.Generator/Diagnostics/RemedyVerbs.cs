using System.Globalization;

namespace Dsl.Generator.Diagnostics;

/// <summary>
/// What a code fix can do at a location. The generator decides, for it knows shapes and names; it says verb and text in
/// the properties of a diagnostic and the place as an additional location. The code fixes, an assembly of their own
/// that shares this file, only edit.
/// </summary>
internal static class RemedyVerbs
{
    /// <summary>The text takes the place of what is there.</summary>
    public const string Replace = "Replace";

    /// <summary>Removes a member, an attribute or a statement. No text.</summary>
    public const string Remove = "Remove";

    /// <summary>Adds a modifier to a class or method: <c>partial</c>.</summary>
    public const string AddModifier = "AddModifier";

    /// <summary>Removes a modifier of a method or parameter: <c>static</c>.</summary>
    public const string RemoveModifier = "RemoveModifier";

    /// <summary>Writes an attribute on a class, method or parameter, or corrects the one of that name: <c>Shape("b",
    /// 8)</c>,
    /// <c>return: Shape("b", 10)</c>.</summary>
    public const string SetAttribute = "SetAttribute";

    /// <summary>Sets a named argument of a layer's attribute; the place is the method: <c>Conv Padding 1</c>.</summary>
    public const string SetArgument = "SetArgument";

    /// <summary>Changes an argument of a call by position or name: <c>1 size 4</c>.</summary>
    public const string PassArgument = "PassArgument";

    /// <summary>Exchanges the first two arguments of a call. No text.</summary>
    public const string SwapArguments = "SwapArguments";

    /// <summary>Changes the type of a parameter: <c>Tensor</c>.</summary>
    public const string SetType = "SetType";

    /// <summary>Puts an expression, or what a method returns, into a call: <c>Mean</c>.</summary>
    public const string Wrap = "Wrap";

    /// <summary>Replaces a call by its first argument. No text.</summary>
    public const string Unwrap = "Unwrap";

    /// <summary>Makes a method a layer: partial, of the instance, without a body. No text.</summary>
    public const string MakeLayer = "MakeLayer";

    /// <summary>Makes a field with a constant value a <c>const</c>. No text.</summary>
    public const string MakeConstant = "MakeConstant";

    /// <summary>Adds a member at the end of the class: its text on one line.</summary>
    public const string AddMember = "AddMember";

    /// <summary>Turns a lambda into a pointwise function of the class: the function's name.</summary>
    public const string Extract = "Extract";

    /// <summary>Renames a symbol wherever it is used: the new name.</summary>
    public const string Rename = "Rename";

    /// <summary>The property with the verb of a remedy.</summary>
    public static string VerbKey(int remedy) => "Verb" + remedy.ToString(CultureInfo.InvariantCulture);

    /// <summary>The property with the text of a remedy.</summary>
    public static string TextKey(int remedy) => "Text" + remedy.ToString(CultureInfo.InvariantCulture);
}
