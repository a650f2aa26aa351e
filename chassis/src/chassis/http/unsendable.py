"""Messages that a service can never send: operators look, release, discard. Every service has these routes."""

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from chassis.http.access import Auditor, Operator, Work
from chassis.http.bodies import RequestBody
from chassis.http.parameters import IN_DIGITS
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.messaging import unsendable
from chassis.messaging.notices import headers_of
from chassis.messaging.unsendable import Closed, Line
from contracts.names import SeenText

router = make_router("operations")
SHOWN = 20_000  # characters of a value; it may have millions


class Reason(RequestBody):
    """The reason of an act; it is written down with who and when."""

    why: SeenText = Field(min_length=1, max_length=500, examples=["The topic takes 4 MiB now."])


@dataclass(frozen=True, slots=True)
class WholeMessage(Line):
    """With its content as text, cut."""

    headers: dict[str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message."""

    unsendable_id: str
    state: Literal["released", "discarded"]


@router.get("/unsendable")
async def list_messages(
    work: Work,
    _: Auditor,
    state: Literal["open", "released", "discarded", "any"] = "open",
    limit: Annotated[int, Query(ge=1, le=500), IN_DIGITS] = 100,
) -> list[Line]:
    return await unsendable.lines(work.pool, None if state == "any" else state, limit)


@router.get("/unsendable/{unsendable_id}")
async def show_message(unsendable_id: str, work: Work, _: Auditor) -> WholeMessage:
    row = await unsendable.find(work.pool, unsendable_id)
    if row is None:
        raise unknown(unsendable_id)
    headers = {name: (value or b"")[:SHOWN].decode(errors="replace") for name, value in headers_of(row)}
    value = (row["value"] or b"")[:SHOWN].decode(errors="replace")
    return WholeMessage(**asdict(unsendable.line_of(row)), headers=headers, value=value)


@router.post("/unsendable/{unsendable_id}/release")
async def release(unsendable_id: str, reason: Reason, work: Work, operator: Operator) -> Outcome:
    """It goes out as it is: the topic may take it now."""
    try:
        async with work.begin() as unit:
            known = await unsendable.release(unit, unsendable_id, operator.who, reason.why)
    except Closed as error:
        raise closed(error) from None
    return answer(unsendable_id, "released", known=known)


@router.post("/unsendable/{unsendable_id}/discard")
async def discard(unsendable_id: str, reason: Reason, work: Work, operator: Operator) -> Outcome:
    """It will never be sent."""
    try:
        async with work.begin() as unit:
            known = await unsendable.discard(unit, unsendable_id, operator.who, reason.why)
    except Closed as error:
        raise closed(error) from None
    return answer(unsendable_id, "discarded", known=known)


def answer(unsendable_id: str, state: Literal["released", "discarded"], *, known: bool) -> Outcome:
    """Raises Problem 404."""
    if not known:
        raise unknown(unsendable_id)
    return Outcome(unsendable_id, state)


def unknown(unsendable_id: str) -> Problem:
    return Problem(
        404,
        "no-such-unsendable-message",
        f"This service has set aside no message {unsendable_id}.",
        "See GET /unsendable?state=any.",
    )


def closed(error: Closed) -> Problem:
    row = error.row
    detail = f"By {row['closed_by']} at {row['closed_at']:%Y-%m-%d %H:%M:%S %Z}: {row['why']}"
    return Problem(409, "closed", f"The message was {row['state']} already; nothing was done.", detail)
