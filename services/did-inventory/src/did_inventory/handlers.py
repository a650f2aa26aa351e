"""Commands in, replies out: reserve, release, assign, and how a backorder stands. All of them take whole batches.

What they touch is locked before the first of them runs: see `application.locking`.
"""

from collections.abc import Sequence

from chassis.facts import partner_keys
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.message import Reply
from contracts.numbers import (
    COMMANDS,
    AssignNumbers,
    BackorderChecked,
    CheckBackorder,
    NumbersAssigned,
    NumbersReleased,
    ReleaseNumbers,
    ReserveNumbers,
)
from contracts.partners import PartnerKey
from did_inventory.application.delivery import stock_arrived
from did_inventory.application.locking import lock
from did_inventory.domain.allocation import allocate, scopes
from did_inventory.store import backorders, numbers


async def reserve(commands: Sequence[ReserveNumbers], unit: Unit) -> Sequence[Reply]:
    chosen = await numbers.chosen(unit.connection, commands)
    candidates = await numbers.candidates(unit.connection, scopes(commands))
    allocation = allocate(commands, chosen, candidates)
    partners = {one.order_id: one.partner_id for one in commands}
    await numbers.claim(unit.connection, allocation.claims, partners, unit.business_now)
    await backorders.queue(unit.connection, allocation.backorders, unit.business_now)
    return allocation.replies


async def release(commands: Sequence[ReleaseNumbers], unit: Unit) -> Sequence[Reply]:
    undos = [(one.order_id, one.run, one.side) for one in commands]
    await backorders.cancel(unit.connection, undos)
    given, stock = await numbers.release(unit.connection, undos, unit.business_now)
    await stock_arrived(stock, unit)
    return [
        NumbersReleased(order_id=one.order_id, run=one.run, numbers=tuple(given.get(one.order_id, ())))
        for one in commands
    ]


async def assign(commands: Sequence[AssignNumbers], unit: Unit) -> Sequence[Reply]:
    wishes = [(one.order_id, one.customer_id, one.side) for one in commands]
    await backorders.assign(unit.connection, wishes)
    assigned = await numbers.assign(unit.connection, wishes, unit.business_now)
    return [
        NumbersAssigned(order_id=one.order_id, run=one.run, numbers=tuple(assigned.get(one.order_id, ())))
        for one in commands
    ]


async def check_backorder(commands: Sequence[CheckBackorder], unit: Unit) -> Sequence[Reply]:
    standing = await backorders.standing(unit.connection, [one.order_id for one in commands])
    return [
        BackorderChecked(
            order_id=one.order_id,
            run=one.run,
            filled=standing[one.order_id].filled,
            missing=standing[one.order_id].missing,
            filled_at=standing[one.order_id].filled_at,
        )
        for one in commands
    ]


def make() -> Service:
    """The service with everything it handles."""
    service = Service("did-inventory", listens_to=[topics.NUMBERS_COMMANDS, topics.PARTNERS_KEYS], lock=lock)
    service.on_batch(ReserveNumbers)(reserve)
    service.on_batch(ReleaseNumbers)(release)
    service.on_batch(AssignNumbers)(assign)
    service.on_batch(CheckBackorder)(check_backorder)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.check(COMMANDS)
    return service
