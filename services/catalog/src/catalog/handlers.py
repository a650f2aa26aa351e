"""Commands in, replies out: price, discard, start billing, bill what came later. All of them take whole batches."""

from collections.abc import Sequence

from prometheus_client import Counter

from catalog import store
from catalog.books import Books
from catalog.domain import order_billing
from catalog.domain.order_billing import BillingNotStarted, Lines, OrderBilling, planned, replaceable
from catalog.domain.pricing import price_order
from catalog.sample import catalogue
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.catalog import (
    COMMANDS,
    BillDeliveredNumbers,
    BillingActivated,
    BillingStarted,
    ChargesDiscarded,
    DeliveredNumbersBilled,
    DiscardCharges,
    OrderPriced,
    PriceOrder,
    StartBilling,
)
from contracts.message import Reply

POSTED = Counter("charges_posted_total", "Charge lines posted, by kind.", ["kind"])

service = Service("catalog", listens_to=[topics.CATALOG_COMMANDS])
books = Books()


@service.on_batch(PriceOrder)
async def price(commands: Sequence[PriceOrder], unit: Unit) -> Sequence[Reply]:
    """A run that is priced again gets its frozen answer; a newer run replaces the plan of the one before.

    Free numbers left over from a customer's earlier orders do not count yet: two orders of one customer may be priced
    at the same time, and both would use them. So add-services has the allowance of its own seats only.
    """
    known = await store.lock(unit.connection, [one.order_id for one in commands])
    before = {order_id: billing.run for order_id, billing in known.items()}
    fresh: dict[str, OrderBilling] = {}
    replies: list[Reply] = []
    for one in commands:
        billing = known.get(one.order_id)
        if billing is not None and billing.run == one.run:
            replies.append(billing.priced)
            continue
        replace = replaceable(billing, one.run)
        answer = price_order(one, catalogue(), books.of(one.partner_id), unused_free_numbers=0)
        if replace and isinstance(answer, OrderPriced):
            known[one.order_id] = fresh[one.order_id] = planned(one, answer)
        replies.append(answer)
    replaced = [(order_id, before[order_id]) for order_id in fresh if order_id in before]
    await store.plan(unit.connection, list(fresh.values()), replaced)
    return replies


@service.on_batch(DiscardCharges)
async def discard(commands: Sequence[DiscardCharges], unit: Unit) -> Sequence[Reply]:
    known = await store.lock(unit.connection, [one.order_id for one in commands])
    wishes = [(one.order_id, one.run) for one in commands if replaceable(known.get(one.order_id), one.run)]
    await store.void(unit.connection, wishes)
    return [ChargesDiscarded(order_id=one.order_id, run=one.run) for one in commands]


@service.on_batch(StartBilling)
async def start(commands: Sequence[StartBilling], unit: Unit) -> Sequence[Reply]:
    known = await store.lock(unit.connection, [one.order_id for one in commands])
    posted: dict[str, Lines] = {}
    replies = []
    for one, incoming in zip(commands, unit.incoming, strict=True):
        before = known.get(one.order_id)
        billing, lines = order_billing.start(before, one)
        if billing is not before:
            known[one.order_id], posted[one.order_id] = billing, lines
            unit.emit(activated(billing, lines), incoming.envelope)
        start, count = billing.priced.billing_start, billing.lines_at_start
        replies.append(BillingStarted(order_id=one.order_id, run=one.run, billing_start=start, lines=count))
    await store.start(unit.connection, [known[order_id] for order_id in posted], posted, unit.now)
    count_posted(posted)
    return replies


@service.on_batch(BillDeliveredNumbers)
async def bill_delivered(commands: Sequence[BillDeliveredNumbers], unit: Unit) -> Sequence[Reply]:
    known = await store.lock(unit.connection, [one.order_id for one in commands])
    posted: dict[str, Lines] = {}
    replies = []
    for one in commands:
        billing = known.get(one.order_id)
        if billing is None or billing.run != one.run:
            raise BillingNotStarted(f"Order {one.order_id}, run {one.run}.")
        billing, lines = order_billing.deliver(billing, one.numbers, one.delivered_on)
        known[one.order_id], posted[one.order_id] = billing, (*posted.get(one.order_id, ()), *lines)
        replies.append(DeliveredNumbersBilled(order_id=one.order_id, run=one.run, lines=billing.lines_late))
    await store.deliver(unit.connection, [known[order_id] for order_id in posted], posted, unit.now)
    count_posted(posted)
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


def count_posted(posted: dict[str, Lines]) -> None:
    """Counted before the commit: a batch that is taken apart afterwards counts twice."""
    for lines in posted.values():
        for line in lines:
            POSTED.labels(line.kind).inc()


service.check(COMMANDS)
