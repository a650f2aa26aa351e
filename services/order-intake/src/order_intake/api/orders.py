"""The orders of a partner: submit, look, cancel, give the 911 location."""

from datetime import datetime
from typing import Annotated, Any

from asyncpg import UniqueViolationError
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from chassis.runtime.database import Pool
from chassis.messaging.unit import unit_of_work
from chassis.http.problems import Problem
from chassis.saga.engine import Engine, Move, PastThePivot
from chassis.saga.progress import Progress, Reason
from contracts.orders import Address, OrderForm
from order_intake.api import views
from order_intake.api.principals import Principal, Principals
from order_intake.application import measures
from order_intake.application.runs import SOURCE, Runs
from order_intake.application.submission import Accepted, Outcome, Refused, Submission, submit
from order_intake.domain.e911 import lacks_location, location_faults
from order_intake.domain.order_states import FINAL
from order_intake.domain.subject import Subject
from order_intake.store import actions

ONE = "SELECT * FROM orders WHERE order_id = $1 AND ($2::text IS NULL OR partner_id = $2)"
MANY = """
SELECT order_id, external_id, partner_id, kind, account_name, state, reason, run, submitted_at, ended_at FROM orders
WHERE ($1::text IS NULL OR partner_id = $1) AND ($2::text[] IS NULL OR state = ANY($2))
    AND ($3::text IS NULL OR external_id = $3)
ORDER BY submitted_at DESC, order_id LIMIT $4 OFFSET $5
"""


class Cancellation(BaseModel):
    reason: str = Field(min_length=1, max_length=500)


def routes(pool: Pool, runs: Runs, principals: Principals) -> APIRouter:
    router = APIRouter(tags=["orders"])
    anybody, partner = Depends(principals.anybody), Depends(principals.partner)

    @router.post("/orders", status_code=202)
    async def create(form: OrderForm, response: Response, partner_id: Annotated[str, partner]) -> dict[str, Any]:
        outcome = await submitted(pool, runs, Submission(partner_id, form))
        response.headers["location"] = f"/orders/{outcome.order_id}"
        if outcome.repeated:
            response.status_code = 200
            response.headers["idempotent-replayed"] = "true"
        return {"id": outcome.order_id, "external_id": form.external_id, "state": outcome.state}

    @router.get("/orders")
    async def list_orders(
        principal: Annotated[Principal, anybody],
        state: Annotated[list[str] | None, Query()] = None,
        external_id: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> list[dict[str, Any]]:
        rows = await pool.fetch(MANY, principal.partner_id, state, external_id, limit, offset)
        return [views.brief(row) for row in rows]

    @router.get("/orders/{order_id}")
    async def show(order_id: str, response: Response, principal: Annotated[Principal, anybody]) -> dict[str, Any]:
        row = await found(pool, order_id, principal)
        response.headers["etag"] = f'"{row["version"]}"'
        return views.whole(row, await actions.of_order(pool, order_id))

    @router.post("/orders/{order_id}/cancel", status_code=202)
    async def cancel(
        order_id: str, cancellation: Cancellation, principal: Annotated[Principal, anybody]
    ) -> dict[str, Any]:
        row = await found(pool, order_id, principal)
        if row["state"] in FINAL:
            raise Problem(409, "ended", "The order has ended.", f"It is {row['state']}.")
        reason = Reason("cancelled", f"cancelled: {cancellation.reason}")

        def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
            move = engine.cancelled(subject, progress, reason, now)
            if not move.changed and progress.ending != "cancelled":
                detail = "It was taken back already and waits for an operator, who replays or discards it."
                raise Problem(409, "taken-back", "There is nothing left to cancel.", detail)
            return move

        async with unit_of_work(pool, SOURCE) as unit:
            try:
                went_on(order_id, await runs.change(unit, [(order_id, change)]))
            except PastThePivot:
                detail = "Its group is built and its billing starts; order a disconnect instead."
                raise Problem(409, "past-the-pivot", "The order cannot be taken back any more.", detail) from None
            if principal.operator:
                why = cancellation.reason
                await actions.write(
                    unit.connection, who=principal.operator, action="cancel", why=why, order_id=order_id
                )
        return views.brief(await found(pool, order_id, principal))

    @router.put("/orders/{order_id}/e911-location")
    async def give_location(
        order_id: str, location: Address, principal: Annotated[Principal, anybody]
    ) -> dict[str, Any]:
        faults = [
            {"pointer": f"/{name}", "code": code, "detail": detail} for name, code, detail in location_faults(location)
        ]
        if faults:
            raise Problem(422, "invalid", "This is no dispatchable location.", "Nothing was changed.", errors=faults)
        await found(pool, order_id, principal)
        async with unit_of_work(pool, SOURCE) as unit:
            went_on(order_id, await runs.change(unit, [(order_id, with_location(location))]))
            if principal.operator:
                who, why = principal.operator, "911 location given"
                await actions.write(unit.connection, who=who, action="edit", why=why, order_id=order_id)
        return views.brief(await found(pool, order_id, principal))

    return router


async def submitted(pool: Pool, runs: Runs, submission: Submission) -> Accepted:
    """Raises Problem 422 with every fault, 409 for an external id with other content. A lost race is run again."""
    try:
        outcome = await _submit(pool, runs, submission)
    except UniqueViolationError:
        outcome = await _submit(pool, runs, submission)
    match outcome:
        case Accepted(repeated=repeated):
            measures.SUBMITTED.labels("http", "repeated" if repeated else "accepted").inc()
            return outcome
        case Refused(faults=faults, conflict=conflict):
            measures.SUBMITTED.labels("http", "refused").inc()
            errors = [fault.model_dump() for fault in faults]
            status, code = (409, "external-id-taken") if conflict else (422, "invalid")
            raise Problem(status, code, "The order is not accepted.", "Nothing was done.", errors=errors)


async def _submit(pool: Pool, runs: Runs, submission: Submission) -> Outcome:
    async with unit_of_work(pool, SOURCE) as unit:
        (outcome,) = await submit(runs, unit, [submission])
    return outcome


def went_on(order_id: str, changed: set[str]) -> None:
    """Raises Problem 409 for an order that has ended."""
    if order_id not in changed:
        raise Problem(409, "ended", "The order has ended.", "Nothing was changed; see GET /orders/{id}.")


async def found(pool: Pool, order_id: str, principal: Principal) -> Any:
    """Another partner's order is as absent as one that never was."""
    row = await pool.fetchrow(ONE, order_id, principal.partner_id)
    if row is None:
        raise Problem(
            404, "no-such-order", "There is no such order.", f"{order_id!r} is none of yours; see GET /orders."
        )
    return row


def with_location(location: Address) -> Any:
    """The location counts from the moment it is accepted; one given before is not restarted by the same text."""

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if progress.phase != "running" or not engine.before_gate(progress):
            raise Problem(409, "too-late", "The location cannot be changed here any more.", "The order is beyond 911.")
        if subject.form.e911.location == location and not lacks_location(subject):
            return Move(subject, progress, changed=False)
        e911 = subject.form.e911.model_copy(update={"location": location, "required": True})
        form = subject.form.model_copy(update={"e911": e911})
        changed = subject.model_copy(update={"form": form, "location_accepted_at": now})
        return engine.changed(changed, progress.noted(now, "911 location accepted"), now)

    return change
