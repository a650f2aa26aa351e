"""A simulator, somebody logged in to it, and a customer built in it."""

from collections.abc import Iterator

import pytest

from broadworks_simulator.settings import Settings
from broadworks_simulator.simulator import Simulator
from broadworks_simulator.testing import Bench, command, serving

ACME = {"serviceProviderId": "ACME"}
NEWARK = {**ACME, "groupId": "NEWARK"}
UNLIMITED = {"unlimited": True}


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings())


@pytest.fixture
def bench(simulator: Simulator) -> Bench:
    return Bench(simulator)


@pytest.fixture
def enterprise(bench: Bench) -> Bench:
    """ACME with ten numbers, four services and a pack."""
    replies = bench.send(
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
    return bench


@pytest.fixture
def customer(enterprise: Bench) -> Bench:
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
    with serving(simulator) as base:
        yield base
