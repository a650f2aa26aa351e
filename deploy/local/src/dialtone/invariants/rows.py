"""What the services show of themselves, row by row, in the words of their audit views (catalog: catalog_rows)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

FINAL = ("completed", "partial", "failed", "cancelled", "rejected")
SUCCEEDED = ("completed", "partial")
TAKEN_BACK = ("cancelled", "failed")
TICKET_ENDED = ("resolved", "closed", "cancelled", "rejected")
LIVE = ("intended", "done")


class Order(NamedTuple):
    """`past_pivot` and `billing_started` are of the present run; `asked` names what it waits for.

    By version 1 of the saga all was billed at the pivot, by later ones everything when it is delivered.
    """

    order_id: str
    partner_id: str
    external_id: str
    kind: str
    state: str
    reason: str
    run: int
    phase: str
    due: datetime | None
    held_until: datetime | None
    version: int
    ended_at: datetime | None
    service_provider_id: str
    group_id: str
    customer_id: str
    past_pivot: bool
    billing_started: bool
    saga_version: int
    asked: Sequence[str]

    @property
    def undone(self) -> bool:
        """Nothing of it may be left anywhere: it ended without success, or waits undone for an operator."""
        return self.state in TAKEN_BACK or (self.state == "held" and self.phase == "compensated")

    @property
    def ended(self) -> bool:
        return self.state in FINAL

    @property
    def succeeded(self) -> bool:
        return self.state in SUCCEEDED

    @property
    def standing(self) -> bool:
        """Past the pivot, so that what it built stays."""
        return self.past_pivot and self.phase in ("running", "stuck", "completed") and not self.undone

    @property
    def billed_by_delivery(self) -> bool:
        return self.saga_version > 1

    @property
    def place(self) -> tuple[str, str]:
        """The enterprise and the group that it is for."""
        return self.service_provider_id, self.group_id


class OrderNumber(NamedTuple):
    """By the order's own account. `delivered` came to its backorder; the others were reserved at once."""

    order_id: str
    number: str
    trunking: bool
    delivered: bool


class OrderDelivery(NamedTuple):
    """Since the pivot, by the order's own account; `numbers` is a count."""

    order_id: str
    numbers: int
    delivered_on: date


class OrderUser(NamedTuple):
    """By the order's own account."""

    order_id: str
    service_provider_id: str
    group_id: str
    user_id: str
    package: str
    number: str | None


class OrderItem(NamedTuple):
    """`fulfilment` is hosted, trunking or billing, None before the order is priced; `state` is TMF622's.

    People set up `elsewhere` what is on another platform. `parent` is the item that a fee is delivered with, if any.
    """

    order_id: str
    item_id: str
    package: str
    quantity: int
    trunking: bool
    fulfilment: str | None
    seats: int
    elsewhere: bool
    parent: str
    state: str


class Account(NamedTuple):
    """Without an order it was there before us and has been adopted."""

    account_id: str
    partner_id: str
    role: str
    name: str
    parent_id: str
    broadworks_id: str
    order_id: str | None
    status: str
    built: bool


class DeadLetter(NamedTuple):
    """Of a message, `order_id` is the key, whatever that is."""

    dl_id: str
    kind: str
    order_id: str | None
    service: str
    error_code: str
    state: str


class Act(NamedTuple):
    order_id: str | None
    dl_id: str | None
    who: str
    action: str
    why: str
    at: datetime | None


class Number(NamedTuple):
    """By the inventory. A number that ages or is blocked has no order, one of before partners were kept no partner."""

    number: str
    status: str
    order_id: str | None
    run: int | None
    customer_id: str | None
    from_backorder: bool
    trunking: bool
    partner_id: str | None


class Backorder(NamedTuple):
    backorder_id: int
    order_id: str
    run: int
    partner_id: str
    quantity: int
    missing: int
    cancelled: bool


class Ticket(NamedTuple):
    ticket_id: int
    order_id: str
    item_id: str
    kind: str
    state: str
    partner_id: str
    run: int
    outcome: str | None
    activated_on: date | None
    trunk_group: str
    numbers_confirmed: bool

    @property
    def proven(self) -> bool:
        """People say that it is done, and when; of a trunk also as what, and that the numbers ring."""
        built = self.kind == "setup" or (self.kind == "trunking" and self.trunk_group and self.numbers_confirmed)
        return bool(self.outcome == "done" and self.activated_on and built)


class TicketAct(NamedTuple):
    ticket_id: int
    who: str
    what: str
    why: str
    at: datetime | None


class Effect(NamedTuple):
    """An entry of the ledger; the last five say what it concerns, as far as it concerns one."""

    order_id: str
    run: int
    seq: int
    key: str
    state: str
    command: str
    service_provider_id: str | None
    group_id: str | None
    user_id: str | None
    package: str | None
    number: str | None
    extension: str | None


class Use(NamedTuple):
    """A shared thing that an order relies on."""

    order_id: str
    resource: str


class Workplace(NamedTuple):
    order_id: str
    service_provider_id: str
    group_id: str


class Message(NamedTuple):
    """`place` is outbox or waiting; `key` is the order id where the message is of an order.

    `cause` is None for one that waits and neither failed nor queues behind another of its key.
    """

    place: str
    key: str | None
    topic: str
    since: datetime
    cause: str | None
