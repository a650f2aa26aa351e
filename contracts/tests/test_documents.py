"""JSON as strangers send it: what stands twice and what nobody can keep is told where it is."""

from contextlib import suppress

import pytest

from contracts import documents
from contracts.faults import LONGEST_POINTER, above, inside, pointer


def flaws(text: str) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in documents.judged(text.encode())[1]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "b": [{"c": "d"}]}', []),
        ('{"a": 1, "a": 2}', [("/a", "twice")]),
        ('{"a": {"b": [0, {"c/d": 1, "c/d": 2}]}}', [("/a/b/1/c~1d", "twice")]),
        ('[[{"a": 1, "a": 1, "a": 1}], {"b": {"c": 1, "c": 2}}]', [("/0/0/a", "twice"), ("/1/b/c", "twice")]),
        ('{"a": "\\u0000"}', [("/a", "control-character")]),
        ('{"a": "\\ud83d\\ude00"}', []),
        ('{"\\ud800": 1, "?": "\\ud800"}', [("/\\ud800", "not-unicode"), ("/?", "not-unicode")]),
        ('{"\\ud800": 1, "\\\\ud800": 2}', [("/\\ud800'", "not-unicode")]),
        ('{"\\ud800": 1, "\\ud800": 2}', [("/\\ud800", "twice"), ("/\\ud800", "not-unicode")]),
    ],
)
def test_flaws_are_told_where_they_are(text: str, found: list[tuple[str, str]]) -> None:
    assert flaws(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{} {}", "line 1, column 4: the document ends here, and more text follows it"),
        ("\ufeff{}", "line 1, column 1: it begins with a byte order mark; leave that out"),
        ('{"a": 1,\n}', "line 2, column 1: expected the name of a field, in double quotes"),
        ('{"a" 1}', "line 1, column 6: expected a colon behind the name of the field"),
        ("", "line 1, column 1: expected a value"),
        (
            '{"a":"\t"}',
            r"line 1, column 7: a text holds a line break or another control character; escape it, such as \n",
        ),
        ('{"a":1 "b"}', "line 1, column 8: expected a comma, or the end of the list or object"),
        ('"abc', "line 1, column 1: the text that begins here has no closing quote"),
        (r'"\x"', "line 1, column 2: a backslash begins no escape of JSON; write it twice"),
        (r'"\u12"', r"line 1, column 3: \u stands before four hexadecimal digits"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(documents.Malformed) as caught:
        documents.read(text.encode())
    assert str(caught.value) == said


def test_no_two_names_become_one_by_being_spelt() -> None:
    document = documents.read('{"\\ud800": 1, "?": 2, "\\\\ud800": 3, "\\ud800\\\\ud800": 4, "\\\\ud800\\ud800": 5}')
    spelt = dict(documents.fields(document))
    assert sorted(spelt.values()) == [1, 2, 3, 4, 5]
    assert all(name.encode() for name in spelt)


@pytest.mark.parametrize("depth", range(200, 1000, 50))
def test_a_flaw_at_any_depth_is_told_or_the_document_is_no_json(depth: int) -> None:
    text = "[" * depth + '"\\u0000"' + "]" * depth
    with suppress(documents.Malformed):
        assert [code for _, code in flaws(text)] == ["control-character"]


def test_a_pointer_is_made_part_by_part_and_cut() -> None:
    path = ("a/b", 0, "~")
    assert pointer(path) == inside(inside(inside("", "a/b"), 0), "~") == "/a~1b/0/~0"
    assert list(above("/a/0")) == ["/a/0", "/a", ""]
    deep = pointer(["x" * 20] * 100)
    assert (len(deep), inside(deep, "y")) == (LONGEST_POINTER, deep)
