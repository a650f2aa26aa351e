"""From a form to an order: checks, accounts, the first commands; whole batches, one transaction, by HTTP and Kafka."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from chassis.messaging.unit import Unit
from contracts.orders import Fault, OrderForm, OrderState, OrderSubmitted
from order_intake.application.placement import Directory
from order_intake.application.runs import Runs
from order_intake.domain.form_checks import faults, storable
from order_intake.domain.subject import Subject
from order_intake.store import accounts, orders
from order_intake.store.orders import KnownOrder, NewOrder


@dataclass(frozen=True, slots=True)
class Submission:
    """A form, and the partner whose key or signature came with it."""

    partner_id: str
    form: OrderForm

    @property
    def wish(self) -> tuple[str, str]:
        """What makes it one order for ever: the partner and its external id."""
        return self.partner_id, self.form.external_id

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The account names that it may touch."""
        return (self.partner_id, self.form.enterprise), (self.partner_id, self.form.customer.account_name)

    def fingerprint(self) -> str:
        """Equal for equal content."""
        return hashlib.sha256(self.form.model_dump_json().encode()).hexdigest()


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


async def submit(runs: Runs, unit: Unit, submissions: Sequence[Submission]) -> list[Outcome]:
    """Accept what can be accepted, in order. A repeated external id answers the order of the first time.

    Raises asyncpg.UniqueViolationError when another transaction took a name or an external id meanwhile: start over.
    """
    found = [faults(one.form, unit.business_now) for one in submissions]
    # What no database could keep is not looked up either.
    sound = [one for one, its_faults in zip(submissions, found, strict=True) if storable(its_faults)]
    earlier = await orders.known(unit.connection, [one.wish for one in sound])
    directory = Directory(await accounts.find(unit.connection, [name for one in sound for name in one.names]))
    batch = _Batch(runs, unit, directory, earlier)
    outcomes = [batch.decide(one, its_faults) for one, its_faults in zip(submissions, found, strict=True)]
    await accounts.add(unit.connection, directory.added)
    await orders.add(unit.connection, batch.new)
    return outcomes


class _Batch:
    """What a batch has decided so far: a later submission meets the orders of the earlier ones."""

    def __init__(
        self, runs: Runs, unit: Unit, directory: Directory, earlier: dict[tuple[str, str], KnownOrder]
    ) -> None:
        self._runs, self._unit, self._directory, self._known = runs, unit, directory, earlier
        self.new: list[NewOrder] = []

    def decide(self, one: Submission, its_faults: Sequence[Fault]) -> Outcome:
        mark = one.fingerprint()
        if (known := self._known.get(one.wish)) is not None:
            return _again(one, known, mark)
        site = self._directory.site(one.partner_id, one.form.enterprise, one.form.customer.account_name)
        all_faults = (*its_faults, *site.faults(one.form.kind))
        if all_faults:
            return Refused(all_faults)
        order_id = str(uuid7())
        subject = self._subject(one, order_id, asdict(self._directory.settle(site, order_id)))
        order = self._runs.begin(self._unit, subject, mark)
        self._unit.emit(_submitted(subject))
        self.new.append(order)
        self._known[one.wish] = KnownOrder(order_id, mark, order.state)
        return Accepted(order_id, order.state)

    def _subject(self, one: Submission, order_id: str, placement: dict[str, Any]) -> Subject:
        now, form = self._unit.business_now, one.form
        return Subject(
            order_id=order_id,
            partner_id=one.partner_id,
            submitted_at=now,
            submitted_on=now.astimezone(ZoneInfo(form.customer.time_zone)).date(),
            form=form,
            location_accepted_at=now if form.e911.location is not None else None,
            **placement,
        )


def _again(one: Submission, known: KnownOrder, mark: str) -> Outcome:
    if known.fingerprint == mark:
        return Accepted(known.order_id, known.state, repeated=True)
    external_id = one.form.external_id
    detail = f"{external_id!r} is the external id of order {known.order_id}, which has other content"
    return Refused((Fault(pointer="/external_id", code="external-id-taken", detail=detail),), conflict=True)


def _submitted(order: Subject) -> OrderSubmitted:
    form = order.form
    return OrderSubmitted(
        order_id=order.order_id,
        partner_id=order.partner_id,
        external_id=form.external_id,
        kind=form.kind,
        enterprise=form.enterprise,
        account_name=form.customer.account_name,
        submitted_at=order.submitted_at,
        form=form,
    )
