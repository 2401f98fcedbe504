"""Constants: tuples, frozen sets, slices, nesting, Ellipsis, docstrings, equal constants in several functions, long ones."""


def tuples():
    return (), (1,), (1, "a", None, True, ..., 2.5, 1j, b"b"), (1, (2, (3, (4, ())))), ((), ((),), [()])


def equal_in_first():
    return "shared text with spaces", (1, 2, ("shared", "tuple")), 123456789, 1.5, b"shared bytes", 3 + 4j


def equal_in_second():
    return "shared text with spaces", (1, 2, ("shared", "tuple")), 123456789, 1.5, b"shared bytes", 3 + 4j


def nearly_equal():
    return (1, 2), (1.0, 2), (True, 2), "1", b"1", 1, 1.0, True, (0.0,), (-0.0,), ("a",), (b"a",)


def memberships(value):
    """Displays on the right of in become tuples and frozen sets, and so do those that a for loop runs over."""
    found = []
    if value in {1, 2, 3}:
        found.append("set")
    if value not in [4, 5, (6, 7)]:
        found.append("list")
    if value in {"a", b"a", None, (1, 2), 2.0}:
        found.append("mixed")
    if value in ():
        found.append("never")
    for each in [10, 20, 30]:
        found.append(each)
    for each in {7}:
        found.append(each)
    return found


def displays():
    """Three or more constants are built from one tuple; fewer, or others, one by one."""
    return [1, 2, 3], [1, 2], {1, 2, 3} == {3, 2, 1}, {"a": 1, "b": 2, "c": 3}, [1, 2, [3, 4, 5]], {**{"k": (1, 2)}}, {1, 2} - {1}


def slices(text, n):
    return text[1:3], text[:], text[::-1], text[:-1], text[n:], text[:n], text[n:n + 2], text[1:n:2], text[None:2]


class Subscript:
    """Gives back what stands between the brackets."""

    def __class_getitem__(cls, key):
        return key


def slices_in_tuples(n):
    return Subscript[1:2, ::3], Subscript[..., 1:], Subscript[n:1, 2:3], Subscript[()], Subscript["a":"b":(1,)], Subscript[:,]


def no_docstring():
    "implicitly" " joined" " docstring"


def not_a_docstring():
    f"{1}"
    "ignored"; ...; None; 12; (1, 2)
    return not_a_docstring.__doc__


def indented_docstring():
    """First line

        indented more
    as the body
    """


def nothing(): pass


def only_ellipsis(): ...


def debug_and_builtins():
    if __debug__:
        return __debug__, None is None, Ellipsis is ..., not __debug__
    return "optimised"


short = "a" * 20 + "b"
long_string = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
long_bytes = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\xff"
long_wide = "ä€𝄞" "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
long_tuple = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
    80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
    100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119,
    120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139,
    140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
    160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179,
    180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199,
    200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219,
    220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
    240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 259,
    260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 276, 277, 278, 279,
    280, 281, 282, 283, 284, 285, 286, 287, 288, 289, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299,
)
long_list = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
    80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
    100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119,
    120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139,
    140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
    160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179,
    180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199,
    200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219,
    220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
    240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 259,
    260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 276, 277, 278, 279,
    280, 281, 282, 283, 284, 285, 286, 287, 288, 289, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299,
]

print(tuples(), equal_in_first() == equal_in_second(), equal_in_first()[1] is equal_in_second()[1])
print(nearly_equal(), memberships(2), memberships("a"), memberships((6, 7)), displays(), sep="\n")
print(slices("abcdefgh", 2), slices_in_tuples(5), sep="\n")
print(no_docstring.__doc__, not_a_docstring(), repr(indented_docstring.__doc__), nothing(), only_ellipsis())
print(debug_and_builtins(), short, len(long_string), len(long_bytes), len(long_wide), len(long_tuple), sum(long_tuple))
print(long_list == list(long_tuple), -long_tuple[-1], {"k": ...}, __doc__.partition(":")[0])
