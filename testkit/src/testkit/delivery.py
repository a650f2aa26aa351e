"""What a process does with records that come, until nothing of them is in hand."""

from collections.abc import Sequence
from typing import Any

from chassis.messaging.boundary import Boundary


async def deliver(boundary: Boundary, records: Sequence[Any]) -> None:
    """Handled, and what waits and is due worked off."""
    await boundary.handle(records)
    await work_off(boundary)


def in_another_order(records: Sequence[Any]) -> list[Any]:
    """As another process gets them that reads its partitions in another order: of each key in theirs."""
    return sorted(records, key=lambda one: one.key or b"", reverse=True)


async def work_off(boundary: Boundary) -> None:
    """What is due, of whichever process it was."""
    await boundary.workers.round()
    await boundary.workers.idle()
