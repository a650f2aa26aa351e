"""A simulator, somebody logged in to it, and a customer built in it."""

from collections.abc import Iterator

import pytest

from broadworks_simulator.app import application
from broadworks_simulator.server import served_from_a_thread
from broadworks_simulator.settings import Settings
from broadworks_simulator.simulator import Simulator

from .client import Client
from .oci import command

ACME = {"serviceProviderId": "ACME"}
NEWARK = {**ACME, "groupId": "NEWARK"}
UNLIMITED = {"unlimited": True}


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings())


@pytest.fixture
def client(simulator: Simulator) -> Client:
    return Client(simulator)


@pytest.fixture
def enterprise(client: Client) -> Client:
    """ACME with ten numbers, four services and a pack."""
    replies = client.send(
        command("SystemDomainAddRequest", domain="acme.example"),
        command("ServiceProviderAddRequest13mp2", isEnterprise=True, **ACME, defaultDomain="acme.example"),
        command(
            "ServiceProviderDnAddListRequest",
            **ACME,
            dnRange={"minPhoneNumber": "+19735550140", "maxPhoneNumber": "+19735550149"},
        ),
        command(
            "ServiceProviderServiceModifyAuthorizationListRequest",
            **ACME,
            groupServiceAuthorization=[
                {"serviceName": name, "authorizedQuantity": UNLIMITED}
                for name in ("Auto Attendant", "Hunt Group", "Voice Messaging Group")
            ],
            userServiceAuthorization=[
                {"serviceName": name, "authorizedQuantity": UNLIMITED}
                for name in ("Call Waiting", "Call Center - Basic", "Voice Messaging User")
            ],
        ),
        command(
            "ServiceProviderServicePackAddRequest",
            **ACME,
            servicePackName="Seat",
            isAvailableForUse=True,
            servicePackQuantity={"quantity": 5},
            serviceName=["Call Waiting"],
        ),
    )
    assert [reply.summary for reply in replies if not reply.succeeded] == []
    return client


@pytest.fixture
def customer(enterprise: Client) -> Client:
    """NEWARK of ACME with four of the numbers and everything authorised."""
    replies = enterprise.send(
        command("GroupAddRequest", **NEWARK, defaultDomain="acme.example", userLimit=3, groupName="Newark"),
        command(
            "GroupDnAssignListRequest",
            **NEWARK,
            dnRange={"minPhoneNumber": "+19735550140", "maxPhoneNumber": "+19735550143"},
        ),
        command(
            "GroupServiceModifyAuthorizationListRequest",
            **NEWARK,
            servicePackAuthorization={"servicePackName": "Seat", "authorizedQuantity": {"quantity": 2}},
            groupServiceAuthorization=[
                {"serviceName": name, "authorizedQuantity": UNLIMITED}
                for name in ("Auto Attendant", "Hunt Group", "Voice Messaging Group")
            ],
            userServiceAuthorization=[
                {"serviceName": name, "authorizedQuantity": UNLIMITED}
                for name in ("Call Waiting", "Call Center - Basic", "Voice Messaging User")
            ],
        ),
    )
    assert [reply.summary for reply in replies if not reply.succeeded] == []
    return enterprise


@pytest.fixture
def address(simulator: Simulator) -> Iterator[str]:
    """Where the simulator is served."""
    with served_from_a_thread(application(simulator)) as base:
        yield base
