"""Dead letters for operators: list, show, replay, discard."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from chassis.http.access import Auditor, Operator, Work
from chassis.http.bodies import RequestBody
from chassis.http.parameters import IN_DIGITS, Sought
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.messaging.unit import Unit
from contracts.names import SeenText
from order_intake.api.answers import Closed, Letter, LetterLine
from order_intake.api.dependencies import ReplayLimit, RunsOfOrders, TheDoor, judged_by, listed
from order_intake.application import repairs, replaying
from order_intake.application.door import Door
from order_intake.application.replaying import Act, Edit, NotPossible
from order_intake.store import dead_letters, listing
from order_intake.store.dead_letters import UNSENDABLE, DeadLetter, text_headers

router = make_router("operations")
ServiceName = Literal["order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing", "unknown"]


class Why(RequestBody):
    """The reason of an act; it is written down with who and when."""

    why: SeenText = Field(min_length=1, max_length=500, examples=["The package is sold again."])


class Replay(Why):
    """`form`, an order form, replaces the order's; only a dead letter of an order can be edited.

    A start of billing that has passed becomes the day of the replay; `keep_billing_start` confirms it as it was.
    """

    form: dict[str, Any] | None = None
    keep_billing_start: bool = False


@router.get("/dead-letters", response_model=list[LetterLine])
async def list_letters(
    work: Work,
    _: Auditor,
    state: Literal["open", "replayed", "released", "discarded", "any"] = "open",
    order_id: Sought = None,
    error_code: Sought = None,
    service: ServiceName | None = None,
    limit: Annotated[int, Query(ge=1, le=500), IN_DIGITS] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000), IN_DIGITS] = 0,
) -> list[dict[str, Any]]:
    found = await listing.dead_letter_lines(
        work.pool,
        state=None if state == "any" else state,
        order_id=order_id,
        error_code=error_code,
        service=service,
        limit=limit,
        offset=offset,
    )
    return [asdict(line) for line in found]


@router.get("/dead-letters/{dl_id}", response_model=Letter)
async def show_letter(dl_id: str, work: Work, _: Auditor) -> dict[str, Any]:
    return shown(existing(await dead_letters.find(work.pool, dl_id), dl_id))


@router.post("/dead-letters/{dl_id}/replay", status_code=202, response_model=Closed)
async def replay(
    dl_id: str, wanted: Replay, work: Work, runs: RunsOfOrders, limit: ReplayLimit, door: TheDoor, operator: Operator
) -> dict[str, Any]:
    edit = None if wanted.form is None else await edited(door, wanted.form)
    async with work.begin() as unit:
        letter = await open_letter(unit, dl_id)
        try:
            act, keep_start = Act(operator.who, wanted.why), wanted.keep_billing_start
            await replaying.replay(unit, runs, letter, act, edit, limit=limit, keep_start=keep_start)
        except NotPossible as error:
            raise Problem(
                error.status, "not-possible", "This cannot be replayed.", str(error), errors=error.faults
            ) from None
    return {"dl_id": dl_id, "state": "replayed", "order_id": letter.order_id}


@router.post("/dead-letters/{dl_id}/discard", response_model=Closed)
async def discard(dl_id: str, reason: Why, work: Work, runs: RunsOfOrders, operator: Operator) -> dict[str, Any]:
    async with work.begin() as unit:
        letter = await open_letter(unit, dl_id)
        await repairs.discard(unit, runs, letter, Act(operator.who, reason.why))
    return {"dl_id": dl_id, "state": "discarded", "order_id": letter.order_id}


async def edited(door: Door, form: dict[str, Any]) -> Edit:
    """Raises Problem 422 for what is no form; pointers go into the form."""
    judged = await judged_by(door, form)
    if judged.form is None or not judged.sound:
        raise Problem(
            422, "invalid", "The edited form breaks a rule.", "Nothing was replayed.", errors=listed(judged.faults)
        )
    return Edit(judged.form, judged.faults)


def existing(letter: DeadLetter | None, dl_id: str) -> DeadLetter:
    """Raises Problem 404."""
    if letter is None:
        raise Problem(404, "no-such-dead-letter", f"No dead letter {dl_id}.", "See GET /dead-letters.")
    return letter


async def open_letter(unit: Unit, dl_id: str) -> DeadLetter:
    """Locked until the unit ends. Raises Problem 404, and 409 for one that is closed."""
    letter = existing(await dead_letters.lock(unit.connection, dl_id), dl_id)
    if letter.state != "open":
        raise Problem(409, "closed", f"The dead letter was {letter.state} already.", f"By {letter.closed_by}.")
    if letter.kind == UNSENDABLE:
        detail = f"Release or discard it there: POST /unsendable/{dl_id}/release or /discard of {letter.service}."
        raise Problem(409, "kept-elsewhere", f"{letter.service} keeps the message of this dead letter.", detail)
    return letter


def shown(letter: DeadLetter) -> dict[str, Any]:
    """With the record's bytes as text for people."""
    facts = asdict(letter)
    value = (facts.pop("value") or b"").decode(errors="replace")
    key = (facts.pop("record_key") or b"").decode(errors="replace")
    return {**facts, "key": key, "value": value, "headers": text_headers(letter.headers)}
