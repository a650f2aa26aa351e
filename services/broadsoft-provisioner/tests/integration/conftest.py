"""A PostgreSQL of our own, a BroadWorks simulator in a thread, and the service between them."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog

from broadsoft_provisioner.settings import Settings
from broadworks_simulator.app import application
from broadworks_simulator.server import served_from_a_thread
from broadworks_simulator.settings import Settings as SimulatorSettings
from broadworks_simulator.simulator import Simulator
from chassis.http.access import sha256
from chassis.runtime.database import Pool, connect
from contracts.broadsoft import Enterprise, Group, ProvisionGroup, Seats
from testkit.http import client
from testkit.postgres import Databases

from .bench import Bench, Order

PATH = "/webservice/services/ProvisioningService"
OPERATOR_KEY = "key-of-alvarez"


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    """Migrated; whatever earlier tests left in it goes when `pool` opens."""
    return await databases.migrated("broadsoft_provisioner")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=8)
    await pool.execute(
        "TRUNCATE ledger, uses, workplaces, turns, removals, partner_keys, inbox, outbox, unsendable, waiting"
        " RESTART IDENTITY"
    )
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
def simulator() -> Simulator:
    return Simulator(SimulatorSettings())


@pytest.fixture(scope="session")
def address(simulator: Simulator) -> Iterator[str]:
    with served_from_a_thread(application(simulator)) as address:
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
def settings(database_url: str, address: str) -> Settings:
    """As in production, but nothing waits long."""
    return Settings(
        database_url=database_url,
        operator_keys={"m.alvarez": sha256(OPERATOR_KEY)},
        in_place_seconds=0.0,
        waiting_first_delay=1e-6,
        broadworks_url=f"{address}{PATH}",
        broadworks_allow_http=True,
        broadworks_user="admin",
        broadworks_password="admin",
        broadworks_timeout_seconds=5,
        broadworks_tries=2,
        broadworks_first_pause_seconds=0.001,
    )


@pytest.fixture
async def bench(pool: Pool, settings: Settings, admin: httpx.AsyncClient) -> AsyncIterator[Bench]:
    bench = Bench(pool, settings, admin)
    yield bench
    await bench.close()


@pytest.fixture
async def http(bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    """As operator m.alvarez."""
    parts = await bench.compose()
    async with client(parts.api, OPERATOR_KEY) as asking:
        yield asking


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
