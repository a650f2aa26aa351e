"""Several processes of the inventory over one database, and what a crowd wants of them at once in one area code."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import httpx

from chassis.messaging.boundary import Boundary
from chassis.runtime.database import Pool, connect
from contracts.message import Command
from contracts.numbers import AssignNumbers, CheckBackorder, ChosenNumber, ReleaseNumbers, ReserveNumbers, WantedNumbers
from did_inventory.__main__ import compose
from did_inventory.settings import Settings
from testkit.http import client
from testkit.records import FakeRecord, record_of

EXCHANGES = ("201", "826")
LINES = 150  # of each exchange may ever come into stock


@dataclass(frozen=True, slots=True)
class Process:
    """One replica, with a pool of its own."""

    pool: Pool
    boundary: Boundary
    operator: httpx.AsyncClient


@asynccontextmanager
async def processes(settings: Settings, count: int, connections: int) -> AsyncIterator[list[Process]]:
    """All their connections are closed at the end."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(count):
            pool = await connect(settings.database_url, connections=connections)
            stack.push_async_callback(pool.close)
            parts = await compose(settings, pool)
            operator = await stack.enter_async_context(client(parts.api, "key"))
            found.append(Process(pool, Boundary(parts.service, pool, settings), operator))
        yield found


def record(command: Command, step: str, direction: str = "do") -> FakeRecord:
    message_id = f"{command.order_id}:{command.run}:{step}:{direction}:1"
    return record_of(command, message_id, step=step, direction=direction)


def number(chance: Random) -> str:
    """One of those that may come into stock; the lower, the likelier."""
    return f"+1973{chance.choice(EXCHANGES)}{min(chance.randrange(LINES), chance.randrange(LINES)):04}"


def wish(order_id: str, chance: Random) -> ReserveNumbers:
    """A search, of the area or of an exchange, with a backorder or without; or a choice; or all of these."""
    searches = tuple(
        WantedNumbers(
            npa=chance.choice(("973", "973", "973", "201")),
            nxx=chance.choice((None, *EXCHANGES)),
            quantity=chance.randint(1, 3),
            backorder=chance.random() < 0.8,
        )
        for _ in range(chance.choice((0, 1, 1, 2)))
    )
    choices = {number(chance) for _ in range(2)} if not searches or chance.random() < 0.2 else ()
    chosen = tuple(ChosenNumber(number=one) for one in choices)
    return ReserveNumbers(order_id=order_id, run=1, partner_id="p-1", chosen=chosen, wanted=searches)


@dataclass
class Saga:
    """The orders of one client: each is reserved, and later undone or assigned."""

    name: str
    chance: Random
    reserved: list[str] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)

    def batch(self, turn: int, size: int) -> list[FakeRecord]:
        """New orders, and what becomes of those of before, in any order; some are undone as soon as they are wanted."""
        records = [self._later(order_id) for order_id in self.reserved]
        self.reserved = [f"{self.name}-{turn}-{place}" for place in range(size)]
        records += [record(wish(order_id, self.chance), "reserve") for order_id in self.reserved]
        self.chance.shuffle(records)
        at_once, self.reserved = self.reserved[:1], self.reserved[1:]
        records += [self._undo(order_id) for order_id in at_once]
        self.sent |= {(dict(one.headers)["ce_id"] or b"").decode() for one in records}
        return records

    def _later(self, order_id: str) -> FakeRecord:
        if self.chance.random() < 0.6:
            return self._undo(order_id)
        if self.chance.random() < 0.2:
            return record(CheckBackorder(order_id=order_id, run=1), "check", "ask")
        return record(AssignNumbers(order_id=order_id, run=1, customer_id=f"c-{order_id}"), "assign")

    def _undo(self, order_id: str) -> FakeRecord:
        self.undone.add(order_id)
        return record(ReleaseNumbers(order_id=order_id, run=1), "reserve", "undo")


async def bring_stock(operator: httpx.AsyncClient, chance: Random) -> int:
    """A few numbers by a list, or as lines; answers the status."""
    numbers = [number(chance) for _ in range(6)]
    if chance.random() < 0.5:
        return (await operator.post("/numbers", json={"numbers": numbers})).status_code
    lines = "\n".join(numbers)
    return (await operator.post("/numbers/import", content=lines, headers={"content-type": "text/csv"})).status_code
