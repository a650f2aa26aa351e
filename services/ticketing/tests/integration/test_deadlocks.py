"""Two processes that read the same orders do not wait for each other in a circle, whatever is in their batches."""

from random import Random

from chassis.runtime.database import Pool
from contracts.message import Command
from contracts.tickets import CancelTickets, CloseTickets
from testkit.deadlocks import counting
from testkit.records import FakeRecord, record_of
from testkit.replicas import generations, read_twice
from ticketing.__main__ import compose
from ticketing.settings import Settings

from .tickets import TWO_TRUNKS


async def test_two_processes_that_read_the_same_batches_make_no_deadlock(pool: Pool, settings: Settings) -> None:
    await pool.close()
    quick = settings.model_copy(update={"waiting_first_delay": 1e-6})
    async with counting(settings.database_url) as counted:
        await read_twice(compose, quick, generations(opened, later))
    assert (counted.made, counted.provoked) == (0, 1)


def opened(order_id: str) -> FakeRecord:
    return command(TWO_TRUNKS.model_copy(update={"order_id": order_id}), "open tickets")


def later(order_id: str, chance: Random) -> FakeRecord:
    """Those of before are cancelled, closed, or opened again by a new run."""
    match chance.randrange(3):
        case 0:
            return command(CancelTickets(order_id=order_id, run=1), "open tickets", "undo")
        case 1:
            return command(CloseTickets(order_id=order_id, run=1), "close tickets")
        case _:
            return command(TWO_TRUNKS.model_copy(update={"order_id": order_id, "run": 2}), "open tickets")


def command(message: Command, step: str, direction: str = "do") -> FakeRecord:
    message_id = f"{message.order_id}:{message.run}:{step}:{direction}"
    return record_of(message, message_id, step=step, direction=direction)
