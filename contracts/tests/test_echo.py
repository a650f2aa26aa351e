"""What was given is shown so that its sender knows it again, and no more of it than fits."""

import pytest

from contracts.echo import LONGEST_ECHO, cut, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "''"),
        ("Zürich 😀", "'Zürich 😀'"),
        ('6" pipe', "'6\" pipe'"),
        ("O'Hara", '"O\'Hara"'),
        ('O\'Hara "x"', '"O\'Hara \\"x\\""'),
        ("a\\b", "'a\\\\b'"),
        ("a\0b\x1b\n\t", r"'a\u0000b\u001b\n\t'"),
        ("\u200b\u202e\ud800", r"'\u200b\u202e\ud800'"),
    ],
)
def test_what_cannot_be_seen_is_spelt_as_json_spells_it(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_long_text_is_cut() -> None:
    assert cut("x" * LONGEST_ECHO) == "x" * LONGEST_ECHO
    assert cut("x" * 5_000) == "x" * (LONGEST_ECHO - 1) + "…"
    assert len(quoted("x" * 5_000)) == LONGEST_ECHO + 2
