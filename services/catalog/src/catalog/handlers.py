"""Commands in, replies out: price, discard, start billing, bill what came later. All of them take whole batches."""

from collections.abc import Sequence
from functools import partial

from catalog.application import offers
from catalog.application.books import Books
from catalog.application.pricing import Pricing
from catalog.domain import order_billing
from catalog.domain.order_billing import BillingNotStarted, Lines, OrderBilling, replaceable
from catalog.domain.packages import Catalogue
from catalog.measures import count_posted
from catalog.store import order_billing as stored
from chassis.facts import partner_keys
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from contracts import topics
from contracts.catalog import (
    COMMANDS,
    BillDeliveredNumbers,
    BillingActivated,
    BillingStarted,
    ChargesDiscarded,
    ChargesPosted,
    DeliveredNumbersBilled,
    DiscardCharges,
    PackageOffered,
    PriceOrder,
    StartBilling,
)
from contracts.message import Command, Message, Reply
from contracts.partners import PartnerKey


async def lock(messages: Sequence[Message], connection: Connection) -> None:
    """The billing of all orders of a batch, where several handlers would lock their own one after another."""
    if len({type(one) for one in messages}) > 1:
        await stored.lock_rows(connection, {one.order_id for one in messages if isinstance(one, Command)})


async def discard(commands: Sequence[DiscardCharges], unit: Unit) -> Sequence[Reply]:
    known = await stored.lock(unit.connection, [one.order_id for one in commands])
    wishes = [(one.order_id, one.run) for one in commands if replaceable(known.get(one.order_id), one.run)]
    await stored.void(unit.connection, wishes)
    return [ChargesDiscarded(order_id=one.order_id, run=one.run) for one in commands]


async def start(commands: Sequence[StartBilling], unit: Unit) -> Sequence[Reply]:
    known = await stored.lock(unit.connection, [one.order_id for one in commands])
    posted: dict[str, Lines] = {}
    replies = []
    for one, incoming in zip(commands, unit.incoming, strict=True):
        before = known.get(one.order_id)
        billing, lines = order_billing.start(before, one)
        if billing is not before:
            known[one.order_id], posted[one.order_id] = billing, lines
            unit.emit(activated(billing, lines), incoming.envelope)
        begins, count = billing.priced.billing_start, billing.lines_at_start
        replies.append(BillingStarted(order_id=one.order_id, run=one.run, billing_start=begins, lines=count))
    await stored.start(unit.connection, [known[order_id] for order_id in posted], posted, unit.business_now)
    unit.after.append(partial(count_posted, posted))
    return replies


async def bill_delivered(commands: Sequence[BillDeliveredNumbers], unit: Unit) -> Sequence[Reply]:
    known = await stored.lock(unit.connection, [one.order_id for one in commands])
    posted: dict[str, Lines] = {}
    replies = []
    for one, incoming in zip(commands, unit.incoming, strict=True):
        billing = known.get(one.order_id)
        if billing is None or billing.run != one.run:
            raise BillingNotStarted(f"Order {one.order_id}, run {one.run}.")
        billing, lines = order_billing.deliver(billing, one.numbers, one.delivered_on)
        known[one.order_id], posted[one.order_id] = billing, (*posted.get(one.order_id, ()), *lines)
        if lines:
            unit.emit(delivered(billing, lines), incoming.envelope)
        replies.append(DeliveredNumbersBilled(order_id=one.order_id, run=one.run, lines=billing.lines_late))
    await stored.deliver(unit.connection, [known[order_id] for order_id in posted], posted, unit.business_now)
    unit.after.append(partial(count_posted, posted))
    return replies


def activated(billing: OrderBilling, lines: Lines) -> BillingActivated:
    return BillingActivated(
        order_id=billing.order_id,
        partner_id=billing.partner_id,
        customer_id=billing.customer_id,
        price_book=billing.priced.price_book,
        billing_start=billing.priced.billing_start,
        lines=lines,
    )


def delivered(billing: OrderBilling, lines: Lines) -> ChargesPosted:
    return ChargesPosted(
        order_id=billing.order_id,
        partner_id=billing.partner_id,
        customer_id=billing.customer_id,
        reason="delivery",
        lines=lines,
    )


def make(catalogue: Catalogue, books: Books) -> Service:
    """The service with everything it handles."""
    listens_to = [topics.CATALOG_COMMANDS, topics.PARTNERS_KEYS, topics.CATALOG_PACKAGES]
    service = Service("catalog", listens_to, lock=lock)
    service.on_batch(PriceOrder)(Pricing(catalogue, books).price)
    service.on_batch(DiscardCharges)(discard)
    service.on_batch(StartBilling)(start)
    service.on_batch(BillDeliveredNumbers)(bill_delivered)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.on_batch(PackageOffered)(offers.TRUTH.watch)
    service.check(COMMANDS)
    return service
