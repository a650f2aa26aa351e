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


@pytest.mark.parametrize("code", [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0xEFFFF, 0x10FFFF])
def test_what_stands_for_no_character_is_forbidden(code: int) -> None:
    """No XML may carry U+FFFE and U+FFFF, and BroadWorks is spoken to in XML."""
    assert names.forbidden(f"a{chr(code)}b") == chr(code)


@given(st.characters(exclude_categories=["Cn"]))
def test_exactly_control_and_format_characters_and_private_ones_are_forbidden(character: str) -> None:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Co")
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


@pytest.mark.parametrize("text", [" ", "\t", "\u200b", "\u3164", " \u2800 "])
def test_a_reason_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(names.SeenText).validate_python(text)
    assert [one["type"] for one in refused.value.errors()] == ["blank"]


@pytest.mark.parametrize("text", ["", " sold again ", "one\ntwo"])
def test_a_reason_is_kept_as_it_was_typed(text: str) -> None:
    assert TypeAdapter(names.SeenText).validate_python(text) == text


@pytest.mark.parametrize("blank", ["\u2800", "\u3164", "\uffa0", "\u115f"])
def test_letters_that_show_a_blank_are_one(blank: str) -> None:
    assert names.key(f"Acme{blank}Dental") == names.key("Acme Dental")


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\x00", "\x9b2J!", "a \u202e b", "\u2066a\u2069", "a\x7f"])
def test_a_text_that_directs_a_screen_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="directs a screen; leave out U\\+"):
        TypeAdapter(names.SeenText).validate_python(text)


@pytest.mark.parametrize(
    "text", ["one\n\ttwo\r\n", "\u0627\u0644\u0639", "a\u200db", "\U0001f469\u200d\U0001f692 done"]
)
def test_lines_other_scripts_and_joined_signs_are_texts(text: str) -> None:
    assert TypeAdapter(names.SeenText).validate_python(text) == text
