"""What a field takes, in the words of who fills in forms."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from contracts.bounds import Day
from contracts.faults import told
from contracts.message import Value
from contracts.vocabulary import MESSAGES
from contracts.wanted import wanted


class Inner(BaseModel):
    name: str


class Form(BaseModel):
    outcome: Literal["done", "cannot-do"]
    only: Literal["this"]
    reason: Annotated[str, Field(max_length=80)]
    topic: Annotated[str, Field(pattern="^[a-z]+$")] | None = Field(examples=["north"])
    code: Annotated[str, Field(pattern="^[a-z]+$")]
    host: Annotated[str, Field(pattern="^[a-z.]+$")] | None = Field(description="letters and full stops, or null")
    quantity: Annotated[int, Field(ge=1, le=1000)]
    least: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(le=9)]
    on: date
    day: Day = date(2027, 1, 1)
    at: datetime
    amount: Decimal
    sure: bool
    entries: Annotated[list[str], Field(max_length=3)]
    days: frozenset[Literal["Mon", "Tue"]]
    pause: timedelta
    inner: Inner
    maybe: Inner | None = None
    inners: list[Inner] = []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("outcome", "'done' or 'cannot-do'"),
        ("only", "'this'"),
        ("reason", "a text of at most 80 characters"),
        ("topic", "a text such as 'north'"),
        ("code", "a text that fits ^[a-z]+$"),
        ("host", "letters and full stops, or null"),
        ("quantity", "a whole number, in digits alone, from 1 to 1000"),
        ("least", "a whole number, in digits alone, at least 1"),
        ("most", "a whole number, in digits alone, at most 9"),
        ("on", "a date, as year-month-day, such as 2027-01-18"),
        ("at", "a date and time with its offset, as text, such as 2027-01-18T14:00:00Z"),
        ("amount", "an amount such as 12.50"),
        ("sure", "true or false"),
        ("entries", "a list of at most 3 entries"),
        ("days", "a list of any of 'Mon', 'Tue'"),
        ("pause", "a length of time such as PT30M or P1D, or seconds"),
        ("inner", "an object"),
        ("maybe", "an object"),
        ("nothing", ""),
    ],
)
def test_a_field_says_what_it_takes(field: str, words: str) -> None:
    assert wanted(Form, field) == words


def test_a_field_that_is_missing_or_of_another_kind_is_told_with_what_it_takes() -> None:
    given = {"quantity": 1e3 + 0.5, "code": "A", "inners": [{}], "day": "9999-12-31", "sure": "perhaps"}
    with pytest.raises(ValidationError) as error:
        Form.model_validate(given)
    said = {one.pointer: one.detail for one in told(error.value.errors(), Form)}
    assert said["/outcome"] == "outcome is missing; expected 'done' or 'cannot-do'"
    assert said["/inners/0/name"] == "name is missing; expected a text"
    assert said["/code"] == "'A' does not fit; expected a text that fits ^[a-z]+$"
    assert said["/quantity"] == "1000.5 does not fit; expected a whole number, in digits alone, from 1 to 1000"
    assert said["/day"] == "'9999-12-31' does not fit; expected a date, as year-month-day, such as 2027-01-18"


def of_contracts(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("contracts.") and not one.__module__.startswith("contracts.tests."):
            yield one
        yield from of_contracts(one)


def test_every_field_of_every_contract_says_what_it_takes_without_a_regular_expression() -> None:
    kinds = list(of_contracts(Value))
    assert set(MESSAGES.values()) <= set(kinds)
    told_so = {f"{kind.__name__}.{name}": wanted(kind, name) for kind in kinds for name in kind.model_fields}
    assert [name for name, words in told_so.items() if not words or "that fits" in words] == []
