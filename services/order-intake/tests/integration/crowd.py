"""Several processes of order-intake over one database, and what a crowd wants of a few enterprises at once."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from chassis.messaging.outgoing import pack, reply_envelope
from chassis.runtime.database import connect
from contracts.catalog import OrderNotPriceable, PriceOrder
from contracts.message import Command, Reply
from order_intake.settings import Settings
from testkit.records import FakeRecord, Letter
from testkit.time import EPOCH

from ..builders import customer, good_answer
from .desk import OPERATORS, Desk, body
from .portal import Submission

ENTERPRISES, CUSTOMERS, EXTERNAL_IDS = 5, 10, 600


@dataclass(frozen=True, slots=True)
class Process:
    """One replica, with a pool of its own."""

    desk: Desk
    portal: httpx.AsyncClient
    operator: httpx.AsyncClient


@asynccontextmanager
async def processes(settings: Settings, count: int, connections: int, key: str) -> AsyncIterator[list[Process]]:
    """All their connections are closed at the end."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(count):
            pool = await connect(settings.database_url, connections=connections)
            stack.push_async_callback(pool.close)
            desk = await Desk.of(settings, pool)
            portal = await stack.enter_async_context(desk.client(key))
            operator = await stack.enter_async_context(desk.client(OPERATORS["m.alvarez"]))
            found.append(Process(desk, portal, operator))
        yield found


async def found_enterprises(process: Process) -> None:
    """Each with its first customer, of orders that are done."""
    for enterprise in range(ENTERPRISES):
        await process.desk.submit(process.portal, **order("new-enterprise", enterprise, 0, f"first-{enterprise}"))
    await process.desk.carry_on()


def wish(chance: Random) -> dict[str, Any]:
    """For one of a few enterprises that are there, or a new one, under one of not so many external ids."""
    kind = chance.choice(("new-enterprise", "new-group", "new-group", "add-services", "add-services"))
    enterprise = chance.randrange(ENTERPRISES) + (ENTERPRISES if kind == "new-enterprise" else 0)
    return order(kind, enterprise, chance.randrange(CUSTOMERS), f"PO-{chance.randrange(EXTERNAL_IDS)}")


def order(kind: str, enterprise: int, place: int, external_id: str) -> dict[str, Any]:
    name = f"Harbor {enterprise} {place}"
    return {
        "external_id": external_id,
        "kind": kind,
        "enterprise": f"Harbor {enterprise}",
        "customer": customer(account_name=name, domain=f"h{enterprise}.example"),
    }


@dataclass
class Client:
    """A portal that orders by HTTP and by Kafka and takes orders back, with an operator beside it."""

    name: str
    chance: Random
    sign: Submission
    statuses: Counter[int] = field(default_factory=Counter)
    submitted: dict[str, str] = field(default_factory=dict)  # what was sent by Kafka: message id -> external id

    async def live(self, process: Process, other: Process, turns: int) -> None:
        for turn in range(turns):
            await self._order(process)
            await self._submit(process, turn)
            await self._take_back(other)
            await self._repair(process)
            await process.desk.wake()

    async def _order(self, process: Process) -> None:
        self._note(await process.portal.post("/orders", content=body(**wish(self.chance))))

    async def _submit(self, process: Process, turn: int) -> None:
        wishes = {f"{self.name}-{turn}-{place}": wish(self.chance) for place in range(4)}
        self.submitted |= {message_id: facts["external_id"] for message_id, facts in wishes.items()}
        await process.desk.boundary.handle([self.sign(message_id, **facts) for message_id, facts in wishes.items()])

    async def _take_back(self, process: Process) -> None:
        found = (await process.portal.get("/orders", params={"limit": 200})).json()
        for one in self.chance.sample(found, min(1, len(found))):
            reason = {"reason": "They changed their mind."}
            self._note(await process.portal.post(f"/orders/{one['id']}/cancel", json=reason))

    async def _repair(self, process: Process) -> None:
        letters = (await process.operator.get("/dead-letters")).json()
        for letter in self.chance.sample(letters, min(2, len(letters))):
            act = self.chance.choice(("replay", "discard"))
            self._note(await process.operator.post(f"/dead-letters/{letter['dl_id']}/{act}", json={"why": "Test."}))

    def _note(self, answer: httpx.Response) -> None:
        self.statuses[answer.status_code] += 1


def answer(command: Letter, chance: Random) -> FakeRecord:
    """As a participant says it; now and then an order cannot be priced, and falls out."""
    asked = command.message
    assert isinstance(asked, Command)
    reply: Reply = good_answer(asked)
    if isinstance(asked, PriceOrder) and chance.random() < 0.25:
        reply = OrderNotPriceable(order_id=asked.order_id, run=asked.run, code="unknown-package", reason="Nobody.")
    packed = pack(reply, reply_envelope(command.envelope, reply.ce_type, "test", EPOCH))
    return FakeRecord(packed.topic, packed.key, packed.value, packed.headers)


def dealt(records: Sequence[FakeRecord], chance: Random, hands: int) -> list[list[FakeRecord]]:
    """As partitions deal them out: what has one key comes to one process, and keys come in any order."""
    keys = sorted({one.key or b"" for one in records})
    chance.shuffle(keys)
    places = {key: place for place, key in enumerate(keys)}
    ordered = sorted(records, key=lambda one: places[one.key or b""])
    return [[one for one in ordered if places[one.key or b""] % hands == hand] for hand in range(hands)]
