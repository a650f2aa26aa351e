"""What may happen to an order after it was accepted: cancel it, give its 911 location, let a stuck undo try again."""

from typing import Any

from pydantic import Field

from chassis.http.access import Operator, Work
from chassis.http.bodies import RequestBody, body_of
from chassis.http.problems import Problem, malformed
from chassis.http.routes import make_router
from chassis.saga.moves import PastThePivot
from contracts import documents
from contracts.names import SeenText
from contracts.orders import Address
from order_intake.api import views
from order_intake.api.answers import OrderBrief, Resumed
from order_intake.api.dead_letters import Why
from order_intake.api.dependencies import Body, RunsOfOrders, listed
from order_intake.api.examples import LOCATION
from order_intake.api.orders import existing
from order_intake.api.principals import Writer
from order_intake.application import repairs
from order_intake.application.changes import AlreadyTakenBack, BeyondTheGate, cancellation, with_location
from order_intake.application.replaying import Act, NotPossible
from order_intake.domain.door.judging import judge_location
from order_intake.domain.order_states import FINAL
from order_intake.store import actions

router = make_router("orders")


class Cancellation(RequestBody):
    """Why the order is taken back; it stands in its time line."""

    reason: SeenText = Field(min_length=1, max_length=500, examples=["The customer has changed its mind."])


@router.post("/orders/{order_id}/cancel", status_code=202, response_model=OrderBrief)
async def cancel(
    order_id: str, cancelled: Cancellation, work: Work, runs: RunsOfOrders, principal: Writer
) -> dict[str, Any]:
    order = await existing(work, order_id, principal)
    if order.state in FINAL:
        raise Problem(409, "ended", "The order has ended.", f"It is {order.state}.")
    async with work.begin() as unit:
        try:
            going_on = await runs.change(unit, [(order_id, cancellation(cancelled.reason))])
        except AlreadyTakenBack:
            detail = "It was taken back already and waits for an operator, who replays or discards it."
            raise Problem(409, "taken-back", "There is nothing left to cancel.", detail) from None
        except PastThePivot:
            detail = "Its group is built and its billing starts; order a disconnect instead."
            raise Problem(409, "past-the-pivot", "The order cannot be taken back any more.", detail) from None
        require_unended(order_id, going_on)
        if principal.written_down:
            who, why = principal.who, cancelled.reason
            await actions.write(unit.connection, who=who, action="cancel", why=why, order_id=order_id)
    return views.brief(await existing(work, order_id, principal))


@router.put("/orders/{order_id}/e911-location", response_model=OrderBrief, openapi_extra=body_of(Address, LOCATION))
async def give_location(principal: Writer, order_id: str, body: Body, work: Work, runs: RunsOfOrders) -> dict[str, Any]:
    location = dispatchable(body)
    await existing(work, order_id, principal)
    async with work.begin() as unit:
        try:
            change = with_location(location, unit.business_now)
            require_unended(order_id, await runs.change(unit, [(order_id, change)]))
        except BeyondTheGate:
            detail = "The order is beyond 911."
            raise Problem(409, "too-late", "The location cannot be changed here any more.", detail) from None
        if principal.written_down:
            who, why = principal.who, "911 location given"
            await actions.write(unit.connection, who=who, action="edit", why=why, order_id=order_id)
    return views.brief(await existing(work, order_id, principal))


@router.post("/orders/{order_id}/resume", status_code=202, response_model=Resumed, tags=["operations"])
async def resume(order_id: str, reason: Why, work: Work, runs: RunsOfOrders, operator: Operator) -> dict[str, Any]:
    """A stuck undo tries again."""
    async with work.begin() as unit:
        try:
            await repairs.resume(unit, runs, order_id, Act(operator.who, reason.why))
        except NotPossible as error:
            raise Problem(error.status, "not-possible", "This order is not stuck.", str(error)) from None
    return {"id": order_id}


def dispatchable(body: bytes) -> Address:
    """The 911 location. Raises Problem 400 for what is no JSON, 422 for a place that nobody finds."""
    try:
        location, faults = judge_location(documents.read(body))
    except documents.Malformed as error:
        raise malformed(str(error)) from None
    if location is None:
        raise Problem(
            422, "invalid", "This is no dispatchable location.", "Nothing was changed.", errors=listed(faults)
        )
    return location


def require_unended(order_id: str, going_on: set[str]) -> None:
    """Raises Problem 409 for an order that is not among those that could go on."""
    if order_id not in going_on:
        raise Problem(409, "ended", "The order has ended.", "Nothing was changed; see GET /orders/{id}.")
