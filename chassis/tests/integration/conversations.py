"""Messages of a toy whose handlers work outside, as records, and waiting until they got somewhere."""

from typing import Any

from chassis.errors import Transient
from chassis.messaging.boundary import Boundary
from contracts.numbers import AssignNumbers, CheckBackorder
from testkit.delivery import work_off
from testkit.records import FakeRecord, record_of
from testkit.time import eventually


class Down(Transient):
    """The switch does not answer."""

    code = "toy-down"


def do(order_id: str, attempt: int = 1) -> FakeRecord:
    command = AssignNumbers(order_id=order_id, run=1, customer_id="c-1")
    return record_of(command, f"{order_id}:do:{attempt}", step="build", direction="do")


def undo(order_id: str) -> FakeRecord:
    return record_of(CheckBackorder(order_id=order_id, run=1), f"{order_id}:undo", step="build", direction="undo")


async def until_called(toy: Any, count: int) -> None:
    async def called() -> bool:
        return len(toy.calls) >= count

    await eventually(called)


async def everything_done(toy: Any, boundary: Boundary) -> bool:
    await work_off(boundary)
    return not await toy.waiting()
