"""Whatever meets in one enterprise, nobody waits in a circle: locks are taken in one order."""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest

from chassis.runtime.database import Pool, connect
from contracts.orders import OrderRejected
from order_intake.settings import Settings
from order_intake.store import accounts, orders, packages
from order_intake.store.accounts import Account
from order_intake.store.orders import NewOrder
from testkit.deadlocks import counting, crossing
from testkit.delivery import work_off
from testkit.postgres import Databases
from testkit.records import Letter
from testkit.time import EPOCH

from ..builders import MENU
from .crowd import Client, Process, answer, dealt, found_enterprises, processes
from .desk import new_partner
from .portal import signer

pytestmark = pytest.mark.integration
CLIENTS, PROCESSES, TURNS = 64, 8, 3
BOUND = 120  # seconds, should they wait for ever


@pytest.fixture
async def crowded(databases: Databases, settings: Settings) -> Settings:
    """A database of its own: nobody else's connections stay open in it. Deadlines come soon."""
    url = await databases.migrated("order_intake", "order_intake_crowd")
    changed = {"database_url": url, "waiting_first_delay": 1e-6, "http_requests_per_second": 1e6, "saga_patience": 0.02}
    return settings.model_copy(update=changed)


@pytest.fixture
async def key(crowded: Settings) -> str:
    """Of a partner that may order what is on the menu."""
    pool = await connect(crowded.database_url, connections=1)
    async with pool.acquire() as connection:
        await packages.add(connection, list(MENU.values()))
    _, made = await new_partner(pool, "p-ada", "Ada Telecom")
    await pool.close()
    return made


async def test_a_crowd_in_a_few_enterprises_makes_no_deadlock(crowded: Settings, key: str) -> None:
    """64 clients at eight processes order, take back and repair, while replies and deadlines move the same orders."""
    clients = [Client(f"s-{place}", Random(place), signer(key)) for place in range(CLIENTS)]
    async with (
        counting(crowded.database_url) as counted,
        asyncio.timeout(BOUND),
        processes(crowded, PROCESSES, CLIENTS // PROCESSES, key) as replicas,
    ):
        await found_enterprises(replicas[0])
        participants = Participants(replicas)
        living = [one.live(*participants.two(place), TURNS) for place, one in enumerate(clients)]
        await participants.answer_until(asyncio.gather(*living))
    assert (counted.made, counted.provoked) == (0, 1)
    assert {status for one in clients for status in one.statuses} <= {200, 202, 409, 422}
    async with processes(crowded, 1, 1, key) as (replica,):
        await check_outcomes(replica.desk.pool, clients, participants)


class Participants:
    """They answer all commands, in batches that many processes read; now and then two read the same ones."""

    def __init__(self, replicas: Sequence[Process]) -> None:
        self._replicas, self._chance = replicas, Random(0)
        self.answered: set[str] = set()
        self.seen: list[Letter] = replicas[0].desk.seen

    def two(self, place: int) -> tuple[Process, Process]:
        return self._replicas[place % PROCESSES], self._replicas[(place + 1) % PROCESSES]

    async def answer_until(self, done: "asyncio.Future[list[None]]") -> None:
        """And until all is handled, deadlines apart: what these send again is left unanswered in the end."""
        while not done.done():
            await self._answer()
            await asyncio.sleep(0.01)
        await done
        await self._answer()
        pool, boundary = self._replicas[0].desk.pool, self._replicas[0].desk.boundary
        while await pool.fetchval("SELECT EXISTS (SELECT FROM waiting)"):
            await work_off(boundary)
        await self._replicas[0].desk.published()

    async def _answer(self) -> None:
        records = [answer(one, self._chance) for one in await self._replicas[0].desk.commands()]
        self.answered |= {Letter(one.topic, one.key, one.value, one.headers).id for one in records}
        hands = dealt(records, self._chance, PROCESSES)
        reading = [(process, hand) for process, hand in zip(self._replicas, hands, strict=True) if hand]
        again = [(self.two(place + 1)[0], dealt(hand, self._chance, 1)[0]) for place, (_, hand) in enumerate(reading)]
        await asyncio.gather(*(process.desk.boundary.handle(hand) for process, hand in (*reading, *again)))


async def check_outcomes(pool: Pool, clients: Sequence[Client], participants: Participants) -> None:
    """Each submission made an order or was rejected, each reply is known, and nothing was given up."""
    rejections = [one.message for one in participants.seen if one.topic == "orders.rejections"]
    rejected = {one.submission_id for one in rejections if isinstance(one, OrderRejected)}
    orders = {row["external_id"] for row in await pool.fetch("SELECT external_id FROM orders")}
    for one in clients:
        assert {wish for message_id, wish in one.submitted.items() if message_id not in rejected} <= orders
    handled = {row["message_id"] for row in await pool.fetch("SELECT message_id FROM inbox")}
    assert participants.answered <= handled
    letters = [one for one in participants.seen if one.topic == "dead-letters"]
    assert {one.texts["dl-source-topic"] for one in letters} <= {"saga"}


@pytest.mark.parametrize("kind", ["names", "external ids"])
async def test_who_brings_the_same_in_another_order_starts_over(pool: Pool, kind: str) -> None:
    add, make = {"names": (accounts.add, account), "external ids": (orders.add, new_order)}[kind]
    (a, b, c), (x, y, z) = ([make(name, place) for name in "abc"] for place in (1, 2))
    assert await crossing(pool, add, [make("c", 3)], [a, c, b], [y, z, x]) == ["NoneType", "UniqueViolationError"]


def account(name: str, place: int) -> Account:
    """Each place has an id of its own, of the same name."""
    return Account(f"{name}-{place}", "p-ada", "Enterprise", name, "", name, f"o-{place}")


def new_order(name: str, place: int) -> NewOrder:
    facts = f"{name}-{place}", "p-ada", name, "mark", "new-group", "Harbor", "acknowledged", "{}", "{}", "running"
    return NewOrder(*facts, due=None, held_until=None, submitted_at=EPOCH)
