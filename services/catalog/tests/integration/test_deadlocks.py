"""Two processes that read the same orders do not wait for each other in a circle, whatever is in their batches."""

from random import Random

from catalog.__main__ import compose
from catalog.settings import Settings
from chassis.runtime.database import Pool
from contracts.catalog import DiscardCharges, StartBilling
from testkit.deadlocks import counting, crossing
from testkit.records import FakeRecord, record_of
from testkit.replicas import generations, read_twice

from .orders import Catalog, order


async def test_two_processes_that_read_the_same_batches_make_no_deadlock(pool: Pool, settings: Settings) -> None:
    await pool.close()
    quick = settings.model_copy(update={"waiting_first_delay": 1e-6})
    async with counting(settings.database_url) as counted:
        await read_twice(compose, quick, generations(priced, later))
    assert (counted.made, counted.provoked) == (0, 1)


async def test_who_plans_the_same_orders_in_another_order_starts_over(catalog: Catalog) -> None:
    a, b, c = (order(order_id) for order_id in "abc")
    ended = await crossing(catalog.pool, catalog.handled, [c], [a, c, b], [b, c, a])
    assert ended == ["NoneType", "PlannedMeanwhile"]


def priced(order_id: str) -> FakeRecord:
    return record_of(order(order_id), f"{order_id}:price", step="price", direction="do")


def later(order_id: str, chance: Random) -> FakeRecord:
    """Orders of before start, are discarded, or are priced again."""
    match chance.randrange(3):
        case 0:
            start = StartBilling(order_id=order_id, run=1)
            return record_of(start, f"{order_id}:start", step="start billing", direction="do")
        case 1:
            discard = DiscardCharges(order_id=order_id, run=1)
            return record_of(discard, f"{order_id}:discard", step="price", direction="undo")
        case _:
            return record_of(order(order_id, run=2), f"{order_id}:again", step="price", direction="do")
