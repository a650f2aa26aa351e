"""Commands in, replies out: reserve, release, assign, and how a backorder stands. All of them take whole batches."""

from collections.abc import Sequence

from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.message import Reply
from contracts.numbers import (
    COMMANDS,
    AssignNumbers,
    BackorderChecked,
    BackorderFilled,
    CheckBackorder,
    NumbersAssigned,
    NumbersReleased,
    ReleaseNumbers,
    ReserveNumbers,
)
from did_inventory import store
from did_inventory.domain.allocation import Free, allocate, scopes
from did_inventory.domain.backorders import fill

did_inventory = Service("did-inventory", listens_to=[topics.NUMBERS_COMMANDS])


@did_inventory.on_batch(ReserveNumbers)
async def reserve(commands: Sequence[ReserveNumbers], unit: Unit) -> Sequence[Reply]:
    chosen = await store.chosen(unit.connection, commands)
    candidates = await store.candidates(unit.connection, scopes(commands))
    allocation = allocate(commands, chosen, candidates)
    await store.claim(unit.connection, allocation.claims)
    await store.queue(unit.connection, allocation.backorders)
    return allocation.replies


@did_inventory.on_batch(ReleaseNumbers)
async def release(commands: Sequence[ReleaseNumbers], unit: Unit) -> Sequence[Reply]:
    given, stock = await store.release(unit.connection, [(one.order_id, one.run) for one in commands])
    await stock_arrived(stock, unit)
    return [
        NumbersReleased(order_id=one.order_id, run=one.run, numbers=tuple(given.get(one.order_id, ())))
        for one in commands
    ]


@did_inventory.on_batch(AssignNumbers)
async def assign(commands: Sequence[AssignNumbers], unit: Unit) -> Sequence[Reply]:
    assigned = await store.assign(unit.connection, [(one.order_id, one.customer_id) for one in commands])
    return [
        NumbersAssigned(order_id=one.order_id, run=one.run, numbers=tuple(assigned.get(one.order_id, ())))
        for one in commands
    ]


@did_inventory.on_batch(CheckBackorder)
async def check_backorder(commands: Sequence[CheckBackorder], unit: Unit) -> Sequence[Reply]:
    standing = await store.standing(unit.connection, [one.order_id for one in commands])
    return [_checked(one, standing[one.order_id]) for one in commands]


async def stock_arrived(stock: Sequence[Free], unit: Unit) -> dict[str, int]:
    """Free numbers go to the backorders that wait for them, in the transaction that freed them.

    Answers how many numbers went to each order; an order whose backorder is complete is told so.
    """
    backorders = await store.open_backorders(unit.connection, {free.npa for free in stock}) if stock else []
    filled = fill(backorders, stock)
    if not filled:
        return {}
    await store.deliver(unit.connection, filled)
    went: dict[str, int] = {}
    for backorder in backorders:
        if backorder.backorder_id in filled:
            went[backorder.order_id] = went.get(backorder.order_id, 0) + len(filled[backorder.backorder_id])
    for order_id, stands in (await store.standing(unit.connection, sorted(went))).items():
        if stands.missing == 0:
            filled_at = stands.filled_at or unit.now
            unit.emit(
                BackorderFilled(
                    order_id=order_id,
                    partner_id=stands.partner_id,
                    run=stands.run,
                    numbers=stands.filled,
                    filled_at=filled_at,
                )
            )
    return went


def _checked(command: CheckBackorder, stands: store.Standing) -> BackorderChecked:
    return BackorderChecked(
        order_id=command.order_id,
        run=command.run,
        filled=stands.filled,
        missing=stands.missing,
        filled_at=stands.filled_at,
    )


did_inventory.check(COMMANDS)
