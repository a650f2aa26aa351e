"""From a form to an order: checks, accounts, the first commands; whole batches, one transaction, by HTTP and Kafka."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from chassis.messaging.unit import Unit
from chassis.saga import progress as progresses
from contracts.orders import Fault, OrderForm, OrderState, OrderSubmitted
from order_intake.application import measures
from order_intake.application.placement import Directory, Placement
from order_intake.application.runs import Runs, command
from order_intake.domain.edge import order_state
from order_intake.domain.form_checks import faults
from order_intake.domain.subject import Subject
from order_intake.store import accounts, orders
from order_intake.store.orders import NewOrder


@dataclass(frozen=True, slots=True)
class Submission:
    partner_id: str
    form: OrderForm


@dataclass(frozen=True, slots=True)
class Accepted:
    """`repeated` tells that this very order was accepted before."""

    order_id: str
    state: OrderState
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """`conflict` tells that the external id belongs to another order already."""

    faults: tuple[Fault, ...]
    conflict: bool = False


Outcome = Accepted | Refused


def fingerprint(form: OrderForm) -> str:
    return hashlib.sha256(form.model_dump_json().encode()).hexdigest()


async def submit(runs: Runs, unit: Unit, submissions: Sequence[Submission]) -> list[Outcome]:
    """Accept what can be accepted. A repeated external id answers the order of the first time."""
    found_in = [faults(one.form, unit.now) for one in submissions]
    wishes = [(one.partner_id, one.form.external_id) for one in submissions]
    # What no database could keep is not looked up either.
    sound = [(one, wish) for one, wish, found in zip(submissions, wishes, found_in, strict=True) if storable(found)]
    earlier = await orders.known(unit.connection, [wish for _, wish in sound])
    seen = {wish: (row["order_id"], row["fingerprint"], row["state"]) for wish, row in earlier.items()}
    names = [
        (one.partner_id, name) for one, _ in sound for name in (one.form.enterprise, one.form.customer.account_name)
    ]
    directory = Directory(await accounts.find(unit.connection, names))
    outcomes: list[Outcome] = []
    new: list[NewOrder] = []
    for wish, one, found in zip(wishes, submissions, found_in, strict=True):
        mark = fingerprint(one.form)
        known = seen.get(wish)
        if known is not None:
            outcomes.append(_again(one.form, known, mark))
            continue
        all_faults = [*found, *directory.faults(one.partner_id, one.form)]
        if all_faults:
            outcomes.append(Refused(tuple(all_faults)))
            continue
        order_id = str(uuid7())
        placement = directory.place(one.partner_id, one.form, order_id)
        order = _start(runs, unit, one, order_id, placement, mark)
        new.append(order)
        seen[wish] = (order_id, mark, order.state)
        outcomes.append(Accepted(order_id, order.state))
    await accounts.add(unit.connection, directory.added)
    await orders.add(unit.connection, new)
    return outcomes


def storable(found: Sequence[Fault]) -> bool:
    return all(fault.code != "control-character" for fault in found)


def _again(form: OrderForm, known: tuple[str, str, OrderState], mark: str) -> Outcome:
    order_id, before, state = known
    if before == mark:
        return Accepted(order_id, state, repeated=True)
    detail = f"{form.external_id!r} is the external id of order {order_id}, which has other content"
    return Refused((Fault(pointer="/external_id", code="external-id-taken", detail=detail),), conflict=True)


def new_subject(
    form: OrderForm,
    partner_id: str,
    order_id: str,
    run: int,
    placement: Placement,
    submitted_at: datetime,
    now: datetime,
) -> Subject:
    return Subject(
        order_id=order_id,
        partner_id=partner_id,
        run=run,
        submitted_at=submitted_at,
        submitted_on=submitted_at.astimezone(ZoneInfo(form.customer.time_zone)).date(),
        form=form,
        location_accepted_at=now if form.e911.location is not None else None,
        **placement.ids(),
    )


def _start(runs: Runs, unit: Unit, one: Submission, order_id: str, placement: Placement, mark: str) -> NewOrder:
    form = one.form
    subject = new_subject(form, one.partner_id, order_id, 1, placement, unit.now, unit.now)
    move = runs.newest.start(subject, 1, unit.now)
    for sending in move.sending:
        unit.send(command(order_id, 1, sending, unit.now))
    unit.emit(
        OrderSubmitted(
            order_id=order_id,
            partner_id=one.partner_id,
            external_id=form.external_id,
            kind=form.kind,
            enterprise=form.enterprise,
            account_name=form.customer.account_name,
            submitted_at=unit.now,
            form=form,
        )
    )
    unit.after.append(measures.STARTED.labels(measures.SAGA).inc)
    return NewOrder(
        order_id=order_id,
        partner_id=one.partner_id,
        external_id=form.external_id,
        fingerprint=mark,
        kind=form.kind,
        account_name=form.customer.account_name,
        state=order_state(move.subject, move.progress),
        subject=move.subject.model_dump_json(),
        progress=progresses.encode(move.progress),
        phase=move.progress.phase,
        due=move.progress.due,
        submitted_at=unit.now,
    )
