"""What people send: the form that resolves a ticket, read so that every fault is answered at once."""

import json
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chassis.http.problems import Problem, fault
from contracts.tickets import Outcome, TicketKind
from ticketing.domain.resolving import faults
from ticketing.domain.tickets import Resolution

# PostgreSQL keeps every character but NUL.
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]


class Form(BaseModel):
    """Unknown fields are faults: a misspelled field must not pass for an empty one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Outcome
    reason: Text = ""
    activated_on: date | None = None
    trunk_group: Annotated[Text, Field(max_length=80)] = ""
    numbers_confirmed: bool = False
    note: Text = ""

    def resolution(self) -> Resolution:
        return Resolution(**dict(self))


class Comment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, Field(min_length=1)]


def read(body: dict[str, Any], kind: TicketKind, latest: date) -> Resolution:
    """Raises Problem 422 with every fault: what cannot be read, and what the kind of ticket requires."""
    found: dict[str, dict[str, str]] = {}
    try:
        form = _parse(body)
    except ValidationError as error:
        found = {one["pointer"]: one for one in map(fault, error.errors())}
        readable = {name: value for name, value in body.items() if not any(_at(one, name) for one in found)}
        if "outcome" not in readable or len(readable) == len(body):
            raise _invalid(found) from error
        form = _parse(readable)
    resolution = form.resolution()
    for one in faults(kind, resolution, latest):
        found.setdefault(f"/{one.field}", {"pointer": f"/{one.field}", "code": one.code, "detail": one.detail})
    if found:
        raise _invalid(found)
    return resolution


def _parse(body: dict[str, Any]) -> Form:
    """As JSON, where strict means: a date is a string, and a number or "yes" is no boolean."""
    return Form.model_validate_json(json.dumps(body))


def _at(pointer: str, name: str) -> bool:
    return pointer == f"/{name}" or pointer.startswith(f"/{name}/")


def _invalid(found: dict[str, dict[str, str]]) -> Problem:
    return Problem(
        422, "invalid", "The ticket cannot be resolved so.", "Nothing was changed.", errors=list(found.values())
    )
