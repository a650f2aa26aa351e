"""What pydantic finds, in words for people: no phrase of a library reaches a portal."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts import documents
from contracts.bounds import E164, Day
from contracts.faults import Told, as_sent, pointer, told


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    street: str = Field(min_length=1, max_length=5)


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", pattern="^a*$")
    body: int = Field(default=1, ge=1, le=9)
    part: Part | None = None
    parts: tuple[Part, ...] = Field(default=(), max_length=2)
    kind: Literal["new", "old"] = "new"
    day: date | None = None
    at: datetime | None = None
    price: Annotated[Decimal | None, Field(max_digits=4)] = None
    urgent: bool = False


def faults(document: dict[str, Any], expected: dict[str, str] | None = None) -> list[Told]:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(document)
    return told(refused.value.errors(include_url=False), Form, expected)


@pytest.mark.parametrize(
    ("document", "where", "code", "words"),
    [
        ({"nmae": "a"}, "/nmae", "unknown-field", "did you mean 'name'?"),
        ({"part": {"strete": "a", "street": "a"}}, "/part/strete", "unknown-field", "the fields are street"),
        ({"parts": [{"street": "a", "x": 1}]}, "/parts/0/x", "unknown-field", "the fields are street"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown-field", "'a/b~c'"),
        ({"body": 0}, "/body", "too-small", "0 does not fit; expected a whole number, in digits alone, from 1 to 9"),
        ({"body": 10}, "/body", "too-large", "in digits alone, from 1 to 9"),
        ({"body": "x"}, "/body", "not-a-whole-number", "'x' does not fit; expected a whole number"),
        ({"body": 1.5}, "/body", "not-a-whole-number", "1.5"),
        ({"name": "b"}, "/name", "ill-formed", "'b'"),
        ({"name": None}, "/name", "not-a-text", "null does not fit; expected a text"),
        ({"name": ["a"]}, "/name", "not-a-text", "a list of 1"),
        ({"part": {}}, "/part/street", "missing", "street is missing"),
        ({"part": {"street": ""}}, "/part/street", "empty", "it is empty"),
        ({"part": {"street": "abcdef"}}, "/part/street", "too-long", "has 6 characters; at most 5 are taken"),
        ({"part": 5}, "/part", "not-an-object", "5 does not fit; expected an object"),
        ({"parts": [{"street": "a"}] * 3}, "/parts", "too-long", "3 entries; at most 2"),
        ({"parts": 5}, "/parts", "not-a-list", "expected a list"),
        ({"kind": "renewal"}, "/kind", "unknown-value", "'renewal': expected 'new' or 'old'"),
        ({"day": "soon"}, "/day", "not-a-date", "2027-01-18"),
        ({"at": "soon"}, "/at", "not-an-instant", "2027-01-18T14:00:00Z"),
        ({"price": "much"}, "/price", "not-an-amount", "12.50"),
        ({"price": "1.23456"}, "/price", "not-an-amount", "12.50"),
        ({"urgent": "perhaps"}, "/urgent", "not-a-flag", "true or false"),
    ],
)
def test_a_fault_says_where_what_and_what_would_do(document: dict[str, Any], where: str, code: str, words: str) -> None:
    (fault,) = faults(document)
    assert (fault.pointer, fault.code) == (where, code)
    assert words in fault.detail
    assert not any(phrase in fault.detail for phrase in ("Input should", "Field required", "Extra inputs"))


def test_what_a_field_takes_can_be_said_by_who_knows_it() -> None:
    (fault,) = faults({"part": {}}, {"street": "a street such as Main"})
    assert fault.detail == "street is missing; expected a street such as Main"


def test_what_a_field_takes_in_its_place_says_more_than_its_limit() -> None:
    (fault,) = faults({"parts": [{"street": "abcdef"}]}, {"parts/street": "a street of the list", "street": "any"})
    assert (fault.code, fault.detail) == ("too-long", "'abcdef' does not fit; expected a street of the list")
    (fault,) = faults({"parts": [{}]}, {"parts/street": "a street of the list", "street": "any"})
    assert fault.detail == "street is missing; expected a street of the list"


def test_a_number_is_told_as_it_was_written() -> None:
    (fault,) = faults(documents.read(b'{"body": 1.50e1}'))
    assert fault.detail == "1.50e1 does not fit; expected a whole number, in digits alone, from 1 to 9"
    with pytest.raises(ValidationError) as refused:
        Form.model_validate_json('{"body": 1.50e1, "parts": [{"street": 1e3}]}', strict=True)
    sent = documents.read(b'{"body": 1.50e1, "parts": [{"street": 1e3}]}')
    said = [one.detail for one in told(as_sent(refused.value.errors(), sent), Form)]
    assert [words.partition(" ")[0] for words in said] == ["1.50e1", "1e3"]


def test_a_length_of_time_is_told_as_it_was_sent_with_both_its_ends() -> None:
    class Pause(BaseModel):
        pause: Annotated[
            timedelta, Field(ge=timedelta(0), le=timedelta(days=9), description="from 0 seconds to 9 days")
        ]

    for sent, expected in ((-1, "from 0 seconds to 9 days"), ("P10D", "from 0 seconds to 9 days")):
        with pytest.raises(ValidationError) as refused:
            Pause.model_validate({"pause": sent})
        (fault,) = told(as_sent(refused.value.errors(), {"pause": sent}), Pause)
        assert fault.detail == f"{sent!r} does not fit; expected {expected}"


def test_a_number_beyond_one_bound_is_told_both() -> None:
    class Part(BaseModel):
        count: Annotated[int, Field(ge=0, le=50)]
        price: Annotated[Decimal, Field(gt=0, le=Decimal("99.5"))]

    with pytest.raises(ValidationError) as refused:
        Part.model_validate({"count": -1, "price": 100})
    assert [one.detail for one in told(refused.value.errors(), Part)] == [
        "-1 does not fit; expected a whole number, in digits alone, from 0 to 50",
        "100 does not fit; expected an amount such as 12.50, more than 0, at most 99.5",
    ]


def test_an_entry_of_a_list_is_told_what_an_entry_takes() -> None:
    class Parts(BaseModel):
        numbers: tuple[E164, ...]
        kinds: tuple[Literal["a", "b"], ...]

    with pytest.raises(ValidationError) as refused:
        Parts.model_validate({"numbers": ["x", 5], "kinds": ["c"]})
    assert [one.detail for one in told(refused.value.errors(), Parts)] == [
        "'x' does not fit; expected a telephone number such as +19738260142",
        "5 is written as a number; expected text, in quotes: a telephone number such as +19738260142",
        "'c': expected 'a' or 'b'",
    ]


def test_days_have_codes_of_their_own_beyond_the_ends_of_time_and_outside_of_the_calendar() -> None:
    class Days(BaseModel):
        first: Day
        last: Day
        none: Day
        otherwise: Day

    given = {"first": "0001-01-01", "last": "9999-12-31", "none": "2027-02-30", "otherwise": "18.01.2027"}
    with pytest.raises(ValidationError) as refused:
        Days.model_validate(given)
    day = "a date, as year-month-day, such as 2027-01-18"
    assert [(one.code, one.detail) for one in told(refused.value.errors(), Days)] == [
        ("too-early", f"'0001-01-01' does not fit; expected {day}"),
        ("too-late", f"'9999-12-31' does not fit; expected {day}"),
        ("not-a-date", f"'2027-02-30' is no day of the calendar; expected {day}"),
        ("not-a-date", f"'18.01.2027' does not fit; expected {day}"),
    ]


def test_a_document_that_is_missing_is_told_of_with_its_fields() -> None:
    class Form(BaseModel):
        why: str
        until: Day

    (fault,) = told([{"loc": (), "type": "missing", "input": None}], Form)
    assert (fault.pointer, fault.detail) == ("", "the body is missing; expected an object with why, until")


def test_of_what_is_not_there_nothing_is_told_as_sent() -> None:
    errors = [{"loc": ("a", 3, "b"), "type": "missing", "input": {}}, {"loc": (), "type": "model_type", "input": 1}]
    assert as_sent(errors, {"a": [1]}) == errors


def test_a_text_of_another_form_is_told_with_the_form() -> None:
    (fault,) = told(
        [{"loc": ("query", "x"), "type": "string_pattern_mismatch", "input": "b", "ctx": {"pattern": "^a*$"}}]
    )
    assert fault.detail == "'b' does not fit; expected a text that fits ^a*$"


def test_what_was_given_is_cut() -> None:
    (fault,) = faults({"part": {"street": "x" * 100_000}})
    assert len(fault.detail) < 300


def test_the_whole_document_is_the_empty_pointer() -> None:
    assert pointer(()) == ""
