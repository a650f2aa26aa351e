"""The state file: what is written is found again, whatever happened in between."""

from pathlib import Path

import pytest

from broadworks_simulator import snapshot
from broadworks_simulator.app import save
from broadworks_simulator.journal import Journal
from broadworks_simulator.settings import Settings
from broadworks_simulator.simulator import Simulator

from .client import Client

ACME = {"serviceProviderId": "ACME"}
NEWARK = {**ACME, "groupId": "NEWARK"}
USER = {"userId": "ada@acme.example", "lastName": "L", "firstName": "F"}
CALLING = {"callingLineIdLastName": "L", "callingLineIdFirstName": "F"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "broadworks.jsonl"


@pytest.fixture
def journal(simulator: Simulator, path: Path) -> Journal:
    journal = Journal(path)
    journal.open(simulator.system)
    return journal


def reopened(path: Path) -> Simulator:
    simulator = Simulator(Settings())
    journal = Journal(path)
    journal.open(simulator.system)
    journal.close()
    return simulator


def contents(simulator: Simulator) -> object:
    state = snapshot.of_simulator(simulator)
    return state["domains"], state["enterprises"]


def test_everything_survives(journal: Journal, path: Path, customer: Client) -> None:
    customer.do("UserAddRequest22V2", **NEWARK, **USER, **CALLING, extension="0142", password="secret")
    customer.do("GroupServiceAssignListRequest", **NEWARK, serviceName="Voice Messaging Group")
    save(customer.simulator, journal)
    journal.close()
    again = reopened(path)
    assert contents(again) == contents(customer.simulator)
    assert again.system.homes == customer.simulator.system.homes
    assert again.system.numbers == customer.simulator.system.numbers
    assert Client(again).do("UserDeleteRequest", userId="ada@acme.example").succeeded


def test_what_was_deleted_stays_deleted(journal: Journal, path: Path, customer: Client) -> None:
    save(customer.simulator, journal)
    customer.do("GroupDeleteRequest", **NEWARK)
    customer.do("ServiceProviderDeleteRequest", **ACME)
    customer.do("SystemDomainDeleteRequest", domain="acme.example")
    save(customer.simulator, journal)
    journal.close()
    assert contents(reopened(path)) == (["dialtone.example"], {})


def test_a_reset_does_not_come_back_with_the_next_customer_of_the_name(
    journal: Journal, path: Path, customer: Client
) -> None:
    save(customer.simulator, journal)
    customer.simulator.reset()
    customer.do("ServiceProviderAddRequest13mp2", isEnterprise=True, **ACME, defaultDomain="dialtone.example")
    save(customer.simulator, journal)
    journal.close()
    assert reopened(path).system.enterprises["ACME"].groups == {}


def test_a_torn_last_line_is_ignored(journal: Journal, path: Path, customer: Client) -> None:
    save(customer.simulator, journal)
    journal.close()
    with path.open("a") as file:
        file.write('["ACME", "NEWARK", {"enterprise_id": "AC')
    assert contents(reopened(path)) == contents(customer.simulator)


def test_reading_writes_nothing(journal: Journal, customer: Client) -> None:
    save(customer.simulator, journal)
    customer.do("GroupGetRequest22V5", **NEWARK)
    assert customer.simulator.changed == set()
    journal.close()
