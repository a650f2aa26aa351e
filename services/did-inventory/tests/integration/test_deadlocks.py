"""Whatever meets in one area code, nobody waits in a circle: locks are taken in one order."""

import asyncio
from random import Random

from chassis.runtime.database import Pool
from contracts.errors import CommandFailed
from contracts.numbers import NumbersReserved
from did_inventory.settings import Settings
from testkit.deadlocks import counting
from testkit.delivery import in_another_order, work_off
from testkit.records import Letter

from .crowd import Process, Saga, bring_stock, processes

CLIENTS, PROCESSES, TURNS, ORDERS = 64, 8, 3, 4
BOUND = 120  # seconds, should they wait for ever
# What the backorders of living orders have brought is what they do not miss.
MISCOUNTED = """
SELECT backorder_id FROM backorders LEFT JOIN numbers USING (backorder_id) WHERE NOT cancelled
GROUP BY backorder_id, quantity, missing HAVING count(number) <> quantity - missing
"""
# A free number that somebody waits for.
MISSED = """
SELECT number, backorders.backorder_id FROM numbers JOIN backorders ON numbers.npa = backorders.npa
    AND coalesce(backorders.nxx, numbers.nxx) = numbers.nxx
WHERE status = 'available' AND missing > 0 AND NOT cancelled
"""


async def test_a_crowd_in_one_area_code_makes_no_deadlock(pool: Pool, settings: Settings) -> None:
    """64 clients at eight processes: orders are reserved, undone and assigned, and operators bring stock."""
    await pool.close()
    quick = settings.model_copy(update={"waiting_first_delay": 1e-6, "http_requests_per_second": 1e6})
    sagas = [Saga(f"o-{client}", Random(client)) for client in range(CLIENTS)]
    async with (
        counting(settings.database_url) as counted,
        asyncio.timeout(BOUND),
        processes(quick, PROCESSES, CLIENTS // PROCESSES) as replicas,
    ):
        answers = await asyncio.gather(*(live(saga, place, replicas) for place, saga in enumerate(sagas)))
        await all_handled(replicas[0])
    assert (counted.made, counted.provoked) == (0, 1)
    assert {status for statuses in answers for status in statuses} == {201}
    async with processes(quick, 1, 1) as (replica,):
        await check_outcomes(replica.pool, sagas)
        await check_numbers(replica.pool, sagas)


async def live(saga: Saga, place: int, replicas: list[Process]) -> list[int]:
    """One client; now and then two processes get its batch. Answers the statuses of its imports."""
    mine, other = replicas[place % len(replicas)], replicas[(place + 1) % len(replicas)]
    statuses = []
    for turn in range(TURNS):
        statuses.append(await bring_stock(mine.operator, saga.chance))
        records = saga.batch(turn, ORDERS)
        reading = [mine.boundary.handle(records)]
        if saga.chance.random() < 0.25:
            reading.append(other.boundary.handle(in_another_order(records)))
        await asyncio.gather(*reading)
    return statuses


async def all_handled(process: Process) -> None:
    while await process.pool.fetchval("SELECT EXISTS (SELECT FROM waiting)"):
        await work_off(process.boundary)


async def check_outcomes(pool: Pool, sagas: list[Saga]) -> None:
    """Every message is known and was answered, and none was given up."""
    sent = {message_id for saga in sagas for message_id in saga.sent}
    letters = [Letter.of(row) for row in await pool.fetch("SELECT * FROM outbox WHERE topic <> 'numbers.events'")]
    assert {row["message_id"] for row in await pool.fetch("SELECT message_id FROM inbox")} == sent
    assert {one.topic for one in letters} == {"orders.replies"}
    assert not [one.message for one in letters if isinstance(one.message, CommandFailed)]
    assert {one.envelope.causation for one in letters} == sent


async def check_numbers(pool: Pool, sagas: list[Saga]) -> None:
    """What an order was told is its own, and nobody waits for what is there."""
    undone = {order_id for saga in sagas for order_id in saga.undone}
    rows = await pool.fetch("SELECT * FROM outbox WHERE topic = 'orders.replies'")
    replies = [Letter.of(row).message for row in rows]
    told = {
        (one.number, reply.order_id)
        for reply in replies
        if isinstance(reply, NumbersReserved) and reply.order_id not in undone
        for one in reply.numbers
    }
    owned = {(row["number"], row["order_id"]) for row in await pool.fetch("SELECT number, order_id FROM numbers")}
    assert told
    assert told <= owned
    assert await pool.fetch(MISCOUNTED) == []
    assert await pool.fetch(MISSED) == []
