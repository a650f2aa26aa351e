"""Names as people type them: kept in one way, compared in one way, refused where nobody could see what they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts import names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lakeside Veterinary", "Lakeside Veterinary"),
        ("  Lakeside   Veterinary ", "Lakeside Veterinary"),
        ("Lakeside\u00a0\u2003Veterinary\u3000", "Lakeside Veterinary"),
        ("Lakeside\u2028Veterinary", "Lakeside Veterinary"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("<b>Lakeside</b>", "<b>Lakeside</b>"),
        ("a\tb", "a\tb"),
    ],
)
def test_a_name_is_kept_with_one_blank_between_words(typed: str, kept: str) -> None:
    assert names.folded(typed) == kept


@given(st.text())
def test_a_kept_name_is_kept_as_it_is(text: str) -> None:
    assert names.folded(names.folded(text)) == names.folded(text)


@given(st.characters(exclude_categories=["Cn"]))
def test_exactly_control_and_format_characters_are_forbidden(character: str) -> None:
    hidden = unicodedata.category(character) in ("Cc", "Cf")
    assert names.forbidden(f"a{character}b") == (character if hidden else "")


@pytest.mark.parametrize(
    "spelling",
    [
        "HARBOR dental",
        " Harbor  Dental ",
        "\uff28\uff41rbor Dental",
        "Harbor\u200b Dental",
        "Harbor Dental\ufe0f",
        "Har\u034fbor Dental",
    ],
)
def test_what_people_take_for_one_name_has_one_key(spelling: str) -> None:
    assert names.key(spelling) == "harbor dental"


@pytest.mark.parametrize(("one", "other"), [("Harbor", "Harbour"), ("Café", "Cafe"), ("A B", "AB")])
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert names.key(one) != names.key(other)


@given(st.text())
def test_the_key_of_a_kept_name_is_the_key_of_the_name(text: str) -> None:
    assert names.key(names.folded(text)) == names.key(text)


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200b", "\u3164", "\u2800", "\ufe0f"])
def test_what_shows_nothing_is_not_seen(text: str) -> None:
    assert not names.is_seen(text)


@pytest.mark.parametrize(
    ("typed", "code"), [("a\u0085b", "control-character"), ("a\r\nb", "control-character"), ("\u3164", "blank")]
)
def test_a_typed_name_is_refused_in_words(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(names.TypedName).validate_python(typed)
    assert [one["type"] for one in refused.value.errors()] == [code]


def test_a_typed_name_is_kept_folded() -> None:
    assert TypeAdapter(names.TypedName).validate_python("  Ada\u00a0 Telecom ") == "Ada Telecom"
