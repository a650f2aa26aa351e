"""What pydantic finds, in words for people: no phrase of a library reaches a portal."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.faults import Told, pointer, told


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
        ({"body": 0}, "/body", "too-small", "0 does not fit; expected at least 1"),
        ({"body": 10}, "/body", "too-large", "expected at most 9"),
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


def test_what_was_given_is_cut() -> None:
    (fault,) = faults({"part": {"street": "x" * 100_000}})
    assert len(fault.detail) < 300


def test_the_whole_document_is_the_empty_pointer() -> None:
    assert pointer(()) == ""
