"""The service before a BroadWorks that speaks TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsoft_provisioner.settings import Settings
from broadsoft_provisioner.soap.faults import NotTrusted
from broadworks_simulator.app import application
from broadworks_simulator.server import Identity, served_from_a_thread
from broadworks_simulator.settings import Settings as SimulatorSettings
from broadworks_simulator.simulator import Simulator
from contracts.broadsoft import GroupProvisioned
from testkit.certificates import Authority

from .bench import Bench, Order, do
from .conftest import PATH

pytestmark = pytest.mark.integration
WAITING = "SELECT error_code FROM waiting"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(authority: Authority) -> Iterator[str]:
    """The address of a BroadWorks behind TLS. It ends after its clients, who must say good-bye."""
    identity = Identity(*authority.issue("127.0.0.1"))
    with served_from_a_thread(application(Simulator(SimulatorSettings())), identity) as address:
        yield address


def told(bench: Bench, address: str, ca: Path | None) -> Bench:
    """Its settings, validated as at a start."""
    given = bench.settings.model_dump() | {"broadworks_url": f"{address}{PATH}", "broadworks_ca_file": ca}
    bench.settings = Settings.model_validate({**given, "broadworks_allow_http": False})
    return bench


async def test_an_order_is_built_behind_a_certificate_that_is_trusted(
    bench: Bench, order: Order, secured: str, authority: Authority
) -> None:
    (sent,) = await told(bench, secured, authority.file).deliver(do(order()))
    assert isinstance(sent.message, GroupProvisioned)


@pytest.mark.parametrize("wrong", ["authority", "no authority", "host name"])
async def test_nothing_is_said_to_who_cannot_prove_to_be_broadworks(
    bench: Bench, order: Order, secured: str, authority: Authority, tmp_path: Path, wrong: str
) -> None:
    ca = {"authority": Authority(tmp_path).file, "no authority": None, "host name": authority.file}[wrong]
    address = secured.replace("127.0.0.1", "localhost") if wrong == "host name" else secured
    assert await told(bench, address, ca).deliver(do(order())) == []
    rows = await bench.pool.fetch(WAITING)
    assert [row["error_code"] for row in rows] == [NotTrusted.code] == ["broadworks-not-trusted"]
