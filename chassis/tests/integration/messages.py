"""Messages of a toy saga as records, and the failures of its handlers."""

from typing import Any

from chassis.errors import Permanent, Transient
from contracts.numbers import (
    BackorderFilled,
    ReleaseNumbers,
    ReserveNumbers,
)
from testkit.records import FakeRecord, record_of
from testkit.time import EPOCH


class Busy(Transient):
    """Somebody is in the way."""

    code = "toy-busy"


class Wrong(Permanent):
    """It will never work."""

    code = "toy-wrong"


def do(order_id: str, attempt: int = 1, partner: str = "p-1") -> FakeRecord:
    command = ReserveNumbers(order_id=order_id, run=1, partner_id=partner)
    return record_of(command, f"{order_id}:do:{attempt}", step="reserve numbers", direction="do")


def undo(order_id: str, attempt: int = 1) -> FakeRecord:
    command = ReleaseNumbers(order_id=order_id, run=1)
    return record_of(command, f"{order_id}:undo:{attempt}", step="reserve numbers", direction="undo")


def filled(order_id: str) -> FakeRecord:
    event = BackorderFilled(order_id=order_id, partner_id="p-1", run=1, numbers=(), filled_at=EPOCH)
    return record_of(event, f"{order_id}:event")


def last(letters: Any) -> Any:
    return letters[-1].message
