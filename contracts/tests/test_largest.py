"""Every message has a largest size, and its topic takes it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import AwareDatetime, Field, create_model

from contracts.bounds import BODIES, EARLIEST
from contracts.message import Message, OrderMessage, Value
from contracts.tickets import OpenTickets
from contracts.topics import ALL, BY_NAME, DEAD_LETTER_HEADERS, DEAD_LETTERS
from contracts.vocabulary import MESSAGES
from testkit.largest import largest, longest_envelope, record_bytes, unbounded

EVERY = pytest.mark.parametrize("model", MESSAGES.values(), ids=MESSAGES)


class Small(OrderMessage):
    """Everything that the generator knows, at sizes that can be counted by hand."""

    topic: ClassVar[str] = "small"
    text: Annotated[str, Field(max_length=2)]
    plain: Annotated[str, Field(pattern=r"^[ -~]*$", max_length=3)] = ""
    list: tuple[Annotated[str, Field(max_length=1)] | None, ...] = Field(default=(), max_length=2)
    number: int = Field(default=0, ge=-1, le=1)
    money: Decimal = Field(default=Decimal(0), max_digits=2)
    yes: bool = True


@EVERY
def test_the_largest_legal_instance_of_a_message_fits_its_topic(model: type[Message]):
    size = record_bytes(largest(model).encode(), longest_envelope(model))
    assert size <= BY_NAME[model.topic].max_message_bytes


@EVERY
def test_the_largest_instance_is_read_as_it_was_written(model: type[Message]):
    message = largest(model)
    assert model.parse(message.encode()) == message


@EVERY
def test_no_text_list_number_or_moment_of_a_message_is_without_a_bound(model: type[Message]):
    assert unbounded(model) == []


def test_a_dead_letter_of_any_topic_fits_with_what_is_said_of_it():
    others = max(topic.max_message_bytes for topic in ALL if topic is not DEAD_LETTERS)
    assert DEAD_LETTERS.max_message_bytes >= others + DEAD_LETTER_HEADERS


def test_a_form_fits_its_topic_even_if_every_character_is_written_as_two_escapes():
    model = MESSAGES["dialtone.orders.SubmitOrder.v1"]
    assert 2 * len(largest(model).encode()) < BY_NAME[model.topic].max_message_bytes


def test_the_largest_instance_has_every_field_at_its_bound():
    escaped = r"\u0001"
    assert largest(Small).encode().decode() == (
        f'{{"order_id":"{escaped * 128}","text":"{escaped * 2}","plain":"{chr(92) + chr(34)}{chr(92) + chr(34)}'
        f'{chr(92) + chr(34)}","list":["{escaped}","{escaped}"],"number":-1,"money":"-0.99","yes":false}}'
    )


def test_the_room_for_tickets_is_used_up_by_the_largest_command_that_opens_some():
    command = largest(OpenTickets)
    used = sum(len(line.value) for ticket in command.tickets for line in ticket.details)
    assert BODIES - len(command.tickets) * len(command.tickets[0].details) < used <= BODIES


class Inner(Value):
    """A part that forgot its bound."""

    name: str


UNBOUNDED: dict[str, tuple[Any, str]] = {
    "a text": (str, "field: no max_length"),
    "a text that may be missing": (str | None, "field: no max_length"),
    "a text of an endless pattern": (Annotated[str, Field(pattern="^[0-9]*$")], "field: no max_length"),
    "a text of letters": (
        Annotated[str, Field(pattern="^x*$", max_length=2)],
        "field: the pattern ^x*$ has no rule in testkit/largest.py",
    ),
    "a list": (tuple[bool, ...], "field: no max_length"),
    "a list of texts": (Annotated[tuple[str, ...], Field(max_length=2)], "field[]: no max_length"),
    "a list of parts": (Annotated[list[Inner], Field(max_length=2)], "field[].name: no max_length"),
    "a part that may be missing": (Inner | None, "field.name: no max_length"),
    "a number": (int, "field: no ge and no le"),
    "a number from one on": (Annotated[int, Field(ge=1)], "field: no le"),
    "a day": (date, "field: no ge and no le"),
    "a moment": (AwareDatetime, "field: no ge and no le"),
    "a moment from then on": (Annotated[datetime, Field(ge=EARLIEST)], "field: no le"),
    "a number that no column keeps": (Annotated[int, Field(ge=0, le=2**53 - 1)], "field: no column keeps all of it"),
    "a moment that is infinity": (
        Annotated[datetime, Field(ge=EARLIEST, le=datetime.max.replace(tzinfo=UTC))],
        "field: no column keeps all of it",
    ),
    "money": (Decimal, "field: no max_digits"),
    "a map": (dict[str, str], "field: dict[str, str] has no rule in testkit/largest.py"),
    "anything": (Any, "field: typing.Any has no rule in testkit/largest.py"),
}


@pytest.mark.parametrize("what", UNBOUNDED)
def test_a_field_without_a_bound_is_named_with_its_path(what: str):
    kind, path = UNBOUNDED[what]
    model = create_model("Sample", __base__=Value, field=(kind, ...))
    assert unbounded(model) == [f"Sample.{path}"]


def test_a_message_without_a_bound_has_no_largest_instance():
    class Endless(Message):
        topic: ClassVar[str] = "endless"
        text: str

    with pytest.raises(ValueError, match=r"without a bound: Endless\.text: no max_length"):
        largest(Endless)
