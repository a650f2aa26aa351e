"""What is delivered is billed: its subscriptions are kept, what is due of them is posted, and the world is told."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from catalog.application.posting import post
from catalog.domain.order_billing import Billed, OrderBilling
from catalog.store import allowances, ledger
from catalog.store import order_billing as stored
from catalog.store.ledger import Account, Posting
from chassis.messaging.unit import Unit
from contracts.catalog import BillingActivated, ChargeLine, ChargesPosted
from contracts.message import Command, Event

C = TypeVar("C", bound=Command)


async def bill_each(
    commands: Sequence[C], unit: Unit, decide: Callable[[OrderBilling | None, C], Billed]
) -> list[Billed]:
    """What each command makes of the billing of its order, as those before it in the batch have left it."""
    known = await stored.lock(unit.connection, [one.order_id for one in commands])
    billed: list[Billed] = []
    changed: dict[str, OrderBilling] = {}
    for command in commands:
        before = known.get(command.order_id)
        billed.append(decide(before, command))
        if billed[-1].billing is not before:
            known[command.order_id] = changed[command.order_id] = billed[-1].billing
    posted = await _post(billed, unit)
    await stored.bill(unit.connection, list(changed.values()), unit.business_now)
    left = Counter[str]()
    for one in billed:
        left[one.billing.customer_id] += one.billing.free_numbers_left if one.starts else 0
    await allowances.change(unit.connection, left)
    for one, incoming, lines in zip(billed, unit.incoming, posted, strict=True):
        for event in _told(one, lines):
            unit.emit(event, incoming.envelope)
    return billed


async def _post(billed: Sequence[Billed], unit: Unit) -> list[tuple[ChargeLine, ...]]:
    """Answers the posted lines of each, with their numbers."""
    charges = [(_account(one.billing), charge, one.starts) for one in billed for charge in one.charges]
    ids = await ledger.subscribe(unit.connection, [(account, charge[0]) for account, charge, _ in charges])
    postings = [
        Posting(account, line, "start" if starts else "delivery", subscription_id)
        for subscription_id, (account, (_, lines), starts) in zip(ids, charges, strict=True)
        for line in lines
    ]
    lines = iter(await post(unit, postings))
    return [tuple(islice(lines, len(one.lines))) for one in billed]


def _account(billing: OrderBilling) -> Account:
    return Account(billing.partner_id, billing.customer_id, billing.time_zone, billing.order_id, billing.run)


def _told(billed: Billed, lines: tuple[ChargeLine, ...]) -> Iterator[Event]:
    it = billed.billing
    whose = {"order_id": it.order_id, "partner_id": it.partner_id, "customer_id": it.customer_id}
    if billed.starts:
        price_book, start = it.priced.price_book, it.priced.billing_start
        yield BillingActivated(**whose, price_book=price_book, billing_start=start, lines=lines)
    elif lines:
        yield ChargesPosted(**whose, reason="delivery", lines=lines)
