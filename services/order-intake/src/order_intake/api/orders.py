"""The orders of a partner: submit and look."""

from typing import Annotated, Any

from fastapi import Query, Response

from chassis.http.access import Principal, Work
from chassis.http.bodies import body_of
from chassis.http.parameters import IN_DIGITS, Sought
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.messaging.unit import Units
from contracts import names
from contracts.echo import quoted
from contracts.orders import OrderState
from order_intake import measures
from order_intake.api import views
from order_intake.api.answers import Order, OrderBrief, Submitted
from order_intake.api.dependencies import Body, RunsOfOrders, TheDoor, judged_by, listed
from order_intake.api.examples import ORDER, SentForm
from order_intake.api.principals import Reader, Submitter
from order_intake.application.runs import Runs
from order_intake.application.submission import Accepted, Refused, Submission, submit
from order_intake.store import actions, listing
from order_intake.store.listing import WholeOrder

router = make_router("orders")

AGAIN: dict[str, Any] = {
    "model": Submitted,
    "description": "The same order came before; this is what became of it",
    "headers": {"idempotent-replayed": {"schema": {"type": "string", "const": "true"}}},
}


@router.post(
    "/orders",
    status_code=202,
    response_model=Submitted,
    responses={200: AGAIN},
    openapi_extra=body_of(SentForm, ORDER),
)
async def create(
    submitter: Submitter, body: Body, response: Response, work: Work, runs: RunsOfOrders, door: TheDoor
) -> dict[str, Any]:
    assert submitter.partner_id is not None
    judged = await judged_by(door, body)
    if judged.form is None:
        raise refused(Refused(judged.faults))
    outcome = await accepted(work, runs, Submission.of(submitter.partner_id, judged), submitter)
    response.headers["location"] = f"/orders/{outcome.order_id}"
    if outcome.repeated:
        response.status_code = 200
        response.headers["idempotent-replayed"] = "true"
    warnings = [warning.model_dump() for warning in outcome.warnings]
    return {
        "id": outcome.order_id,
        "external_id": judged.form.external_id,
        "state": outcome.state,
        "warnings": warnings,
    }


@router.get("/orders", response_model=list[OrderBrief])
async def list_orders(
    work: Work,
    principal: Reader,
    state: Annotated[list[OrderState] | None, Query()] = None,
    external_id: Sought = None,
    limit: Annotated[int, Query(ge=1, le=200), IN_DIGITS] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000), IN_DIGITS] = 0,
) -> list[dict[str, Any]]:
    found = await listing.order_lines(
        work.pool,
        partner_id=principal.partner_id,
        states=state,
        external_id=None if external_id is None else names.composed(external_id),
        limit=limit,
        offset=offset,
    )
    return [views.brief(line) for line in found]


@router.get("/orders/{order_id}", response_model=Order, response_model_exclude_unset=True)
async def show(order_id: str, response: Response, work: Work, principal: Reader) -> dict[str, Any]:
    order = await existing(work, order_id, principal)
    response.headers["etag"] = f'"{order.version}"'
    return views.whole(order, await actions.of_order(work.pool, order_id))


async def existing(work: Units, order_id: str, principal: Principal) -> WholeOrder:
    """Another partner's order is as absent as one that never was: Problem 404."""
    order = await listing.order(work.pool, order_id, principal.partner_id)
    if order is None:
        raise Problem(
            404, "no-such-order", "There is no such order.", f"{quoted(order_id)} is none of yours; see GET /orders."
        )
    return order


async def accepted(work: Units, runs: Runs, submission: Submission, submitter: Principal) -> Accepted:
    """Raises Problem 422 with every fault, 409 for an external id with other content."""
    async with work.begin() as unit:
        (outcome,) = await submit(runs, unit, [submission])
        if submitter.written_down and isinstance(outcome, Accepted) and not outcome.repeated:
            order_id, who = outcome.order_id, submitter.who
            await actions.write(unit.connection, who=who, action="submit", why="", order_id=order_id)
    match outcome:
        case Accepted(repeated=repeated):
            measures.SUBMITTED.labels("http", "repeated" if repeated else "accepted").inc()
            return outcome
        case Refused():
            raise refused(outcome)


def refused(outcome: Refused) -> Problem:
    measures.SUBMITTED.labels("http", "refused").inc()
    status, code = (409, "external-id-taken") if outcome.conflict else (422, "invalid")
    return Problem(status, code, "The order is not accepted.", "Nothing was done.", errors=listed(outcome.faults))
