"""Commands in, replies out: price, discard, bill what is delivered. All of them take whole batches."""

from collections import Counter
from collections.abc import Sequence

from catalog.application import offers
from catalog.application.books import Books
from catalog.application.delivering import bill_each
from catalog.application.pricing import Pricing
from catalog.domain import order_billing
from catalog.domain.order_billing import Billed, BillingNotStarted, OrderBilling, replaceable
from catalog.domain.packages import Catalogue
from catalog.store import allowances, ledger
from catalog.store import order_billing as stored
from chassis.facts import partner_keys
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from contracts import topics
from contracts.catalog import (
    COMMANDS,
    BillDelivered,
    BillDeliveredNumbers,
    BillingStarted,
    ChargesDiscarded,
    DeliveredNumbersBilled,
    DeliveryBilled,
    DiscardCharges,
    PackageOffered,
    PriceOrder,
    StartBilling,
)
from contracts.message import Command, Message, Reply
from contracts.partners import PartnerKey

POSTING = StartBilling, BillDeliveredNumbers, BillDelivered


async def lock(messages: Sequence[Message], connection: Connection) -> None:
    """The ledger, and the billing of all orders of a batch where several handlers would lock their own one by one."""
    if any(isinstance(one, POSTING) for one in messages):
        await ledger.lock(connection)
    if len({type(one) for one in messages}) > 1:
        orders = {one.order_id for one in messages if isinstance(one, Command)}
        await stored.lock_rows(connection, orders)
        await allowances.left(connection, {one.customer_id for one in messages if isinstance(one, PriceOrder)}, orders)


async def discard(commands: Sequence[DiscardCharges], unit: Unit) -> Sequence[Reply]:
    known = await stored.lock(unit.connection, [one.order_id for one in commands])
    wishes = [(one.order_id, one.run) for one in commands if replaceable(known.get(one.order_id), one.run)]
    await stored.void(unit.connection, wishes)
    back = Counter[str]()
    for billing in {order_id: known[order_id] for order_id, _ in wishes if order_id in known}.values():
        back[billing.customer_id] += billing.free_numbers_taken
    await allowances.change(unit.connection, back)
    return [ChargesDiscarded(order_id=one.order_id, run=one.run) for one in commands]


async def start(commands: Sequence[StartBilling], unit: Unit) -> Sequence[Reply]:
    def reply(billing: OrderBilling) -> Reply:
        begins, lines = billing.priced.billing_start, billing.lines_at_start
        return BillingStarted(order_id=billing.order_id, run=billing.run, billing_start=begins, lines=lines)

    billed = await bill_each(commands, unit, lambda known, one: order_billing.start(known, one, unit.business_now))
    return [reply(one.billing) for one in billed]


async def bill_numbers(commands: Sequence[BillDeliveredNumbers], unit: Unit) -> Sequence[Reply]:
    def deliver(known: OrderBilling | None, one: BillDeliveredNumbers) -> Billed:
        if known is None or known.run != one.run:
            raise BillingNotStarted(f"Order {one.order_id}, run {one.run}.")
        return order_billing.deliver_numbers(known, one.numbers, one.delivered_on, unit.business_now)

    billed = await bill_each(commands, unit, deliver)
    runs = [(one.billing.order_id, one.billing.run, one.billing.lines_late) for one in billed]
    return [DeliveredNumbersBilled(order_id=order_id, run=run, lines=lines) for order_id, run, lines in runs]


async def bill(commands: Sequence[BillDelivered], unit: Unit) -> Sequence[Reply]:
    def reply(billing: OrderBilling) -> Reply:
        return DeliveryBilled(
            order_id=billing.order_id,
            run=billing.run,
            billing_start=billing.priced.billing_start,
            deliveries=billing.deliveries,
            lines=billing.lines_at_start + billing.lines_late,
            posted=billing.posted,
        )

    billed = await bill_each(commands, unit, lambda known, one: order_billing.bill(known, one, unit.business_now))
    return [reply(one.billing) for one in billed]


def make(catalogue: Catalogue, books: Books) -> Service:
    """The service with everything it handles."""
    listens_to = [topics.CATALOG_COMMANDS, topics.PARTNERS_KEYS, topics.CATALOG_PACKAGES]
    service = Service("catalog", listens_to, lock=lock)
    service.on_batch(PriceOrder)(Pricing(catalogue, books).price)
    service.on_batch(DiscardCharges)(discard)
    service.on_batch(StartBilling)(start)
    service.on_batch(BillDeliveredNumbers)(bill_numbers)
    service.on_batch(BillDelivered)(bill)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.on_batch(PackageOffered)(offers.TRUTH.watch)
    service.check(COMMANDS)
    return service
