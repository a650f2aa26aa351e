"""What people send: comments, and the form that resolves a ticket, read so that every fault is answered at once."""

import json
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from chassis.http.bodies import RequestBody
from chassis.http.problems import Problem
from contracts.bounds import NAME, NOTES
from contracts.faults import as_sent, told
from contracts.names import OptionalName, SeenText
from contracts.tickets import Outcome
from ticketing.domain.kinds import Kind
from ticketing.domain.resolving import EXPECTED, Days, faults
from ticketing.domain.tickets import Resolution

# PostgreSQL keeps every character but NUL.
Text = Annotated[SeenText, StringConstraints(strip_whitespace=True, max_length=NOTES, pattern=r"^[^\x00]*$")]
Faults = dict[str, dict[str, str]]  # JSON pointer -> what is wrong there


class Form(RequestBody):
    model_config = ConfigDict(strict=True)

    outcome: Outcome
    reason: Text = ""
    activated_on: date | None = None
    trunk_group: Annotated[OptionalName, Field(max_length=NAME)] = ""
    numbers_confirmed: bool = False
    note: Text = ""

    def resolution(self) -> Resolution:
        return Resolution(**dict(self))


class Comment(RequestBody):
    text: Annotated[Text, Field(min_length=1, examples=["The router is on its way."])]


def read(body: dict[str, Any], kind: Kind, days: Days) -> Resolution:
    """Raises Problem 422 with every fault: what cannot be read, and what the kind of ticket requires.

    `days` are those that an activation may have.
    """
    form, found = _readable(body, days)
    if form is None:
        raise _invalid(found)
    resolution = form.resolution()
    for one in faults(kind, resolution, days):
        pointer = f"/{one.field}"
        found.setdefault(pointer, {"pointer": pointer, "code": one.code, "detail": one.detail})
    if found:
        raise _invalid(found)
    return resolution


def _readable(body: dict[str, Any], days: Days) -> tuple[Form | None, Faults]:
    """The form without the fields that cannot be read; None when there is no outcome to judge the rest by."""
    try:
        return _parse(body), {}
    except ValidationError as error:
        expected = EXPECTED | {"activated_on": str(days)}
        found = {one.pointer: one._asdict() for one in told(as_sent(error.errors(), body), Form, expected)}
        unreadable = {one["loc"][0] for one in error.errors() if one["loc"]}
    rest = {name: value for name, value in body.items() if name not in unreadable}
    if "outcome" not in rest or len(rest) == len(body):
        return None, found
    return _parse(rest), found


def _parse(body: dict[str, Any]) -> Form:
    """As JSON, where strict means: a date is a string, and a number or "yes" is no boolean."""
    return Form.model_validate_json(json.dumps(body))


def _invalid(found: Faults) -> Problem:
    return Problem(
        422, "invalid", "The ticket cannot be resolved so.", "Nothing was changed.", errors=list(found.values())
    )
