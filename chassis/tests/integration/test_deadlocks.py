"""Processes that read the same messages in different order do not wait for each other in a circle."""

import asyncio
from collections.abc import Sequence

import pytest
from fastapi import FastAPI

from chassis.messaging import inbox, waiting
from chassis.messaging.boundary import Boundary
from chassis.messaging.inbox import Handled
from chassis.messaging.incoming import step_message_id
from chassis.messaging.reading import read
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from contracts import topics
from contracts.message import Command, Reply
from contracts.numbers import AssignNumbers, NumbersAssigned, NumbersReleased, ReleaseNumbers
from testkit.deadlocks import counting, crossing
from testkit.delivery import in_another_order
from testkit.records import FakeRecord, record_of
from testkit.replicas import BOUND, boundaries

PAIRS, MESSAGES = 8, 300
SERVICE = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])


@SERVICE.on_batch(ReleaseNumbers)
async def release(commands: Sequence[ReleaseNumbers], unit: Unit) -> Sequence[Reply]:
    return [NumbersReleased(order_id=one.order_id, run=1, numbers=()) for one in commands]


@SERVICE.outside(AssignNumbers)
async def assign(command: AssignNumbers) -> Reply:
    return NumbersAssigned(order_id=command.order_id, run=1, numbers=())


async def compose(settings: ServiceSettings, pool: Pool) -> Parts:
    return Parts(SERVICE, FastAPI())


def do(order_id: str) -> FakeRecord:
    """Its handler works outside: it waits."""
    return _record(AssignNumbers(order_id=order_id, run=1, customer_id="c-1"), "do")


def undo(order_id: str) -> FakeRecord:
    return _record(ReleaseNumbers(order_id=order_id, run=1), "undo")


def _record(command: Command, direction: str) -> FakeRecord:
    return record_of(command, f"{command.order_id}:{direction}", step="a step", direction=direction)


async def read_by_pairs(replicas: Sequence[Boundary], *kinds: str) -> None:
    """All that `kinds` name, one kind after the other; of each pair both read the same, in another order of keys."""
    for kind in kinds:
        make = {"do": do, "undo": undo}[kind]
        batches = [[make(f"{pair}-{place}") for place in range(MESSAGES)] for pair in range(PAIRS)]
        pairs = zip(batches, replicas[::2], replicas[1::2], strict=True)
        await asyncio.gather(
            *(
                one.handle(read)
                for batch, *two in pairs
                for one, read in zip(two, (batch, in_another_order(batch)), strict=True)
            )
        )


async def test_who_remembers_the_same_messages_in_another_order_starts_over(pool: Pool) -> None:
    a, b, c = (Handled(message_id, None) for message_id in "abc")
    assert await crossing(pool, inbox.remember, [c], [a, c, b], [b, c, a]) == ["NoneType", "UniqueViolationError"]


async def test_undos_end_the_same_waits_in_any_order(pool: Pool) -> None:
    await waiting.add(pool, read([do(order_id) for order_id in "abc"], SERVICE).readable)
    a, b, c = ((order_id, step_message_id(f"{order_id}:1", "a step", "do")) for order_id in "abc")
    assert await crossing(pool, waiting.end_dos, [c], [a, c, b], [b, c, a]) == ["NoneType", "NoneType"]
    assert not await pool.fetchval("SELECT count(*) FROM waiting")


@pytest.mark.parametrize("kinds", [("do",), ("do", "undo")], ids=["waiting", "ended"])
async def test_messages_read_twice_make_no_deadlock(pool: Pool, database_url: str, kinds: tuple[str, ...]) -> None:
    await pool.close()
    settings = ServiceSettings(database_url=database_url, in_place_seconds=1)
    async with (
        counting(database_url) as counted,
        asyncio.timeout(BOUND),
        boundaries(compose, settings, 2 * PAIRS, 1) as replicas,
    ):
        await read_by_pairs(replicas, *kinds)
    assert (counted.made, counted.provoked) == (0, 1)
