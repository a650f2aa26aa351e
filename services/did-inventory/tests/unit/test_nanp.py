"""Telephone numbers in, E.164 out, and nothing that is no customer's number."""

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from did_inventory.domain.nanp import NotANumber, e164, npa, nxx


@pytest.mark.parametrize(
    "text",
    [
        "+19738260142",
        "19738260142",
        "9738260142",
        "(973) 826-0142",
        "1 (973) 826-0142",
        "973.826.0142",
        " 973-826-0142 ",
    ],
)
def test_every_way_people_write_a_number_is_the_same_number(text: str) -> None:
    assert e164(text) == "+19738260142"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a North American number"),
        ("826-0142", "not a North American number"),
        ("+44 20 7946 0958", "not a North American number"),
        ("+973 826 0142", "not a North American number"),
        ("973-826-0142 x12", "not a North American number"),
        ("973٨260142", "not a North American number"),
        ("0738260142", "not a North American number"),
        ("9731260142", "not a North American number"),
        ("9118260142", "911 is not an assignable area code"),
        ("3918260142", "391 is not an assignable area code"),
        ("3718260142", "371 is not an assignable area code"),
        ("9618260142", "961 is not an assignable area code"),
        ("9739110142", "911 is a special exchange"),
        ("9739760142", "976 is a special exchange"),
        ("9735551212", "555 is not given to customers"),
        ("9735550142", "555 is not given to customers"),
    ],
)
def test_what_is_no_customers_number_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotANumber, match=why):
        e164(text)


def test_fiction_is_555_01xx_and_only_when_allowed() -> None:
    assert e164("973-555-0142", fiction=True) == "+19735550142"
    with pytest.raises(NotANumber):
        e164("973-555-1212", fiction=True)


@given(text=st.from_regex(r"\A[2-9][0-9]{9}\Z"))
def test_an_accepted_number_is_stable_and_taken_apart_rightly(text: str) -> None:
    try:
        number = e164(text)
    except NotANumber:
        assume(False)
    assert e164(number) == number == f"+1{npa(number)}{nxx(number)}{text[6:]}"


@given(text=st.text(alphabet="0123456789+-. ()٣x\n", max_size=20))
def test_anything_else_is_refused_and_never_breaks(text: str) -> None:
    try:
        number = e164(text)
    except NotANumber:
        return
    assert number.isascii()
    assert len(number) == 12
