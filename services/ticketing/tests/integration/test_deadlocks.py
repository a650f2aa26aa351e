"""Two processes that read the same orders do not wait for each other in a circle, whatever is in their batches."""

from random import Random

from chassis.runtime.database import Pool
from contracts.message import Command
from contracts.tickets import CancelSetupTicket, CancelTickets, CloseTickets
from testkit.deadlocks import counting
from testkit.records import FakeRecord, record_of
from testkit.replicas import generations, read_twice
from ticketing.__main__ import compose
from ticketing.settings import Settings

from .tickets import SETUP, TWO_TRUNKS


async def test_two_processes_that_read_the_same_batches_make_no_deadlock(pool: Pool, settings: Settings) -> None:
    await pool.close()
    quick = settings.model_copy(update={"waiting_first_delay": 1e-6})
    async with counting(settings.database_url) as counted:
        await read_twice(compose, quick, generations(opened, later))
    assert (counted.made, counted.provoked) == (0, 1)


def opened(order_id: str) -> FakeRecord:
    """Every other order begins with its setup ticket: what two commands open new has no rows yet to be locked."""
    if order_id[-1] in "02468":
        return command(SETUP.model_copy(update={"order_id": order_id}), "set up")
    return command(TWO_TRUNKS.model_copy(update={"order_id": order_id}), "open tickets")


def later(order_id: str, chance: Random) -> FakeRecord:
    """Those of before are cancelled, closed, opened again by a new run, or set up."""
    match chance.randrange(5):
        case 0:
            return command(CancelTickets(order_id=order_id, run=1), "open tickets", "undo")
        case 1:
            return command(CloseTickets(order_id=order_id, run=1), "close tickets")
        case 2:
            return command(SETUP.model_copy(update={"order_id": order_id}), "set up")
        case 3:
            return command(CancelSetupTicket(order_id=order_id, run=1), "set up", "undo")
        case _:
            return command(TWO_TRUNKS.model_copy(update={"order_id": order_id, "run": 2}), "open tickets")


def command(message: Command, step: str, direction: str = "do") -> FakeRecord:
    message_id = f"{message.order_id}:{message.run}:{step}:{direction}"
    return record_of(message, message_id, step=step, direction=direction)
