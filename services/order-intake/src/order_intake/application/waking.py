"""Deadlines and gates whose time has come."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from chassis.messaging.outbox import shard
from chassis.messaging.relay import stalled_shards
from chassis.messaging.unit import Unit, Units
from chassis.saga.heard import Heard
from order_intake.application.runs import Run, Runs
from order_intake.store import orders
from order_intake.store.orders import OrderRow

STALLED_PAUSE = timedelta(seconds=5)
AT_ONCE = 200
Hears = Callable[[], Heard | None]
log = structlog.get_logger()


async def wake_due(units: Units, runs: Runs, hears: Hears) -> None:
    """Runs until nothing is due: after an outage there may be thousands.

    While an outbox shard does not drain nobody can have answered what is in it, so the deadlines of its orders stand
    still: a broker that is away for an hour costs the orders an hour and nothing else. `hears` answers until when all
    replies and commands were read, by whichever replica: a deadline after that has not come yet, for its answer may lie
    unread, or its command.
    """
    heard = hears()
    if heard is None:
        return
    if units.clock.ahead:
        await orders.open_gates(units.pool, units.clock.now(), heard.replies)
    while True:
        async with units.begin() as unit:
            woken = await wake(unit, runs, heard)
        if woken == 0:
            return


async def wake(unit: Unit, runs: Runs, heard: Heard, *, limit: int = AT_ONCE) -> int:
    """Answers how many orders were looked at, at most `limit`.

    Orders whose outbox shard is stalled wait: what they sent has not gone out, so nobody can have answered.
    """
    due = await orders.lock_due(unit.connection, limit, min(heard.replies, unit.now))
    if not due:
        return 0
    stalled = await stalled_shards(unit.connection)
    waiting = [row for row in due if shard(row.order_id.encode()) in stalled]
    later = unit.now + STALLED_PAUSE
    await orders.set_due(unit.connection, [(row.order_id, later) for row in waiting])
    rows = [row for row in due if row not in waiting]
    try:
        async with unit.connection.transaction():
            await _wake(unit, runs, rows, heard)
    except Exception as error:
        log.exception("orders are woken one by one", exc_info=error)
        unit.outgoing.clear()
        unit.after.clear()
        for row in rows:
            await _wake_alone(unit, runs, row, heard)
    return len(due)


async def _wake(unit: Unit, runs: Runs, rows: Sequence[OrderRow], heard: Heard) -> None:
    woken = [Run.of(row) for row in rows]
    for run in woken:
        run.take(runs.engine(run.progress).timed_out(run.subject, run.progress, unit.now, heard))
    await runs.store(unit, woken)
    later = unit.now + STALLED_PAUSE
    dues = {run.row.order_id: runs.engine(run.progress).due(run.progress) for run in woken}
    for order_id, due in dues.items():
        if due is not None and due <= unit.now:  # its participant has not read yet what it should answer
            dues[order_id] = later
    await orders.set_due(unit.connection, list(dues.items()))


async def _wake_alone(unit: Unit, runs: Runs, row: OrderRow, heard: Heard) -> None:
    """An order that cannot be woken is looked at again later and keeps nobody else waiting."""
    sent, after = len(unit.outgoing), len(unit.after)
    try:
        async with unit.connection.transaction():
            await _wake(unit, runs, [row], heard)
    except Exception as error:
        log.exception("order cannot be woken", order_id=row.order_id, exc_info=error)
        del unit.outgoing[sent:], unit.after[after:]
        await orders.postpone(unit.connection, row.order_id)
