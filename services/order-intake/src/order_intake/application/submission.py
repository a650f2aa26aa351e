"""From a form to an order: checks, accounts, the first commands; whole batches, one transaction, by HTTP and Kafka."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from chassis.messaging.unit import Unit
from contracts.echo import quoted
from contracts.orders import Fault, OrderForm, OrderState
from order_intake.application.placement import Directory
from order_intake.application.runs import Runs
from order_intake.domain.door.judging import Judged
from order_intake.domain.subject import Subject
from order_intake.store import accounts, known, orders
from order_intake.store.known import KnownOrder
from order_intake.store.orders import NewOrder

# What an order belongs to follows from these fields.
NAMED = frozenset({"/kind", "/enterprise", "/customer", "/customer/account_name"})


@dataclass(frozen=True, slots=True)
class Submission:
    """A form as the door keeps it, what the door says of it, and the partner whose key or signature came with it.

    In a form that is not `sound` something stands in for what was ill-shaped: it is refused, and no order of before.
    """

    partner_id: str
    form: OrderForm
    sound: bool = True
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, partner_id: str, judged: Judged) -> "Submission":
        """There must be a form."""
        assert judged.form is not None
        return cls(partner_id, judged.form, judged.sound, judged.faults, judged.warnings)

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
    """`repeated` tells that this very order was accepted before; `warnings` are what its partner should look at."""

    order_id: str
    state: OrderState
    repeated: bool = False
    warnings: tuple[Fault, ...] = ()


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
    names = [name for one in submissions for name in one.names]
    wishes = [one.wish for one in submissions if one.sound]
    earlier, standing = await known.under(unit.connection, wishes, names)
    batch = _Batch(runs, unit, Directory(standing), earlier)
    outcomes = [batch.decide(one) for one in submissions]
    await accounts.add(unit.connection, batch.directory.added)
    await orders.add(unit.connection, batch.new)
    return outcomes


class _Batch:
    """What a batch has decided so far: a later submission meets the orders of the earlier ones."""

    def __init__(
        self, runs: Runs, unit: Unit, directory: Directory, earlier: dict[tuple[str, str], KnownOrder]
    ) -> None:
        self._runs, self._unit, self.directory, self._known = runs, unit, directory, earlier
        self.new: list[NewOrder] = []

    def decide(self, one: Submission) -> Outcome:
        """An order that was accepted before is answered whatever the door says now: its dates may have passed."""
        mark, form, now = one.fingerprint(), one.form, self._unit.business_now
        if one.sound and (earlier := self._known.get(one.wish)) is not None:
            return _again(one, earlier, mark)
        site = self.directory.site(one.partner_id, form.enterprise, form.customer.account_name)
        names_are_there = not any(fault.pointer in NAMED for fault in one.faults)
        all_faults = (*one.faults, *(site.faults(form.kind) if names_are_there else ()))
        if all_faults:
            return Refused(all_faults)
        order_id = str(uuid7())
        subject = Subject(
            order_id=order_id,
            partner_id=one.partner_id,
            submitted_at=now,
            submitted_on=now.astimezone(ZoneInfo(form.customer.time_zone)).date(),
            form=form,
            location_accepted_at=now if form.e911.location is not None else None,
            **asdict(self.directory.settle(site, order_id)),
        )
        order = self._runs.begin(self._unit, subject, mark, one.warnings)
        self.new.append(order)
        self._known[one.wish] = KnownOrder(order_id, mark, order.state)
        return Accepted(order_id, order.state, warnings=one.warnings)


def _again(one: Submission, earlier: KnownOrder, mark: str) -> Outcome:
    if earlier.fingerprint == mark:
        return Accepted(earlier.order_id, earlier.state, repeated=True)
    external_id = one.form.external_id
    detail = f"{quoted(external_id)} is the external id of order {earlier.order_id}, which has other content"
    return Refused((Fault(pointer="/external_id", code="external-id-taken", detail=detail),), conflict=True)
