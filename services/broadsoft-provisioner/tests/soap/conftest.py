"""A BroadWorks simulator in a process of its own, and everything of ours that speaks to it."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from broadsoft_provisioner.application.provisioner import Provisioner
from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain.packages import parse
from broadsoft_provisioner.soap.client import Endpoint, Timeouts
from broadsoft_provisioner.soap.login import Credentials
from broadsoft_provisioner.soap.platform import BroadWorks
from broadsoft_provisioner.soap.pool import SessionPool
from broadsoft_provisioner.soap.rate import Rate
from chassis.runtime.patience import Patience
from contracts.broadsoft import Enterprise, Group, ProvisionGroup, Seats

from ..fakes import Ledgers

PATH = "/webservice/services/ProvisioningService"
SECRET = "s3cret-of-the-simulator"


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port_file = tmp_path_factory.mktemp("simulator") / "port"
    login = {"BROADWORKS_SIMULATOR_USER": "dialtone", "BROADWORKS_SIMULATOR_PASSWORD": SECRET}
    command = [sys.executable, "-m", "broadworks_simulator", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        [*command, "--port-file", str(port_file)], env={**os.environ, **login}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield f"http://127.0.0.1:{_port(port_file, process)}"
        finally:
            process.terminate()


def _port(file: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the simulator did not start")
        time.sleep(0.02)
    return file.read_text()


@dataclass
class Admin:
    """The simulator's back door."""

    http: httpx.AsyncClient

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get("/admin/state")).json()
        return state

    async def enterprise(self, name: str = "ACME") -> dict[str, Any]:
        enterprise: dict[str, Any] = (await self.state())["enterprises"][name]
        return enterprise

    async def fault(self, command: str, kind: str, times: int | None = 1, **more: Any) -> None:
        body = {"command": command, "kind": kind, "times": times, **more}
        (await self.http.post("/admin/faults", json=body)).raise_for_status()

    async def settings(self, **changes: Any) -> None:
        (await self.http.put("/admin/settings", json=changes)).raise_for_status()


PLAIN = {
    "response_shape": "new",
    "invented_code_offset": 0,
    "shuffle_columns": False,
    "validation": "command",
    "account_disabled": False,
    "error_code_element": False,
    "fault_status": 500,
}


@pytest.fixture
async def admin(simulator: str) -> AsyncIterator[Admin]:
    async with httpx.AsyncClient(base_url=simulator) as http:
        await http.delete("/admin/faults")
        await http.post("/admin/reset")
        admin = Admin(http)
        await admin.settings(**PLAIN)
        yield admin


@pytest.fixture
async def pool(simulator: str, admin: Admin) -> AsyncIterator[SessionPool]:
    endpoint = Endpoint(simulator + PATH, Timeouts(connect=2, read=1))
    pool = SessionPool(endpoint.connect, Credentials("dialtone", SECRET))
    yield pool
    await pool.close()


class CountingRate(Rate):
    """Every document waits for its turn, so the turns are the round trips."""

    turns = 0

    async def turn(self) -> None:
        self.turns += 1


@pytest.fixture
def rate() -> CountingRate:
    return CountingRate()


@pytest.fixture
def broadworks(pool: SessionPool, rate: CountingRate) -> BroadWorks:
    return BroadWorks(pool, lambda: "Pass-1234", Patience(tries=4, first=0.01), rate)


@pytest.fixture
def provisioner(broadworks: BroadWorks) -> Provisioner:
    return Provisioner(broadworks, parse(services_csv()), Patience(tries=4, first=0.01))


@pytest.fixture
def ledgers() -> Ledgers:
    return Ledgers()


@pytest.fixture(scope="session")
def order() -> Callable[..., ProvisionGroup]:
    """Five seats and five numbers for a new group of a new enterprise; its parts can be changed."""

    def build(
        order_id: str = "o-1", group_id: str = "HQ", *, enterprise: bool = True, group: bool = True, first: int = 100
    ) -> ProvisionGroup:
        return ProvisionGroup(
            order_id=order_id,
            run=1,
            enterprise=Enterprise(service_provider_id="ACME", name="Acme & Söhne", new=enterprise),
            group=Group(
                group_id=group_id,
                name=f"Acme {group_id} Żagań",
                domain="Acme.example",
                time_zone="America/New_York",
                contact_name="Ada Lovelace",
                new=group,
            ),
            items=(
                Seats(package="Enterprise Premium", quantity=3, seats=3),
                Seats(package="Enterprise Basic", quantity=2, seats=2),
                Seats(package="Voice Mail Add On", quantity=1),
                Seats(package="Hunt Group", quantity=1),
                Seats(package="Unity Client", quantity=1),
            ),
            numbers=tuple(f"+1202555{number:04}" for number in range(first, first + 5)),
        )

    return build
