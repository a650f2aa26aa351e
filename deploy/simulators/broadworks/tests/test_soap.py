"""The simulator through zeep and through bare HTTP, over a real connection."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from zeep import Client
from zeep.exceptions import Fault
from zeep.transports import Transport

from broadworks_simulator import soap
from broadworks_simulator.commands.logins import signed
from broadworks_simulator.endpoint import PATHS
from broadworks_simulator.simulator import Simulator
from broadworks_simulator.xmltree import escape

from .oci import Answer, answers, command, document

logging.getLogger("zeep.transports").setLevel(logging.INFO)

BINDING = "{urn:com:broadsoft:webservice}ProvisioningServiceSoapBinding"
LOGIN = command("LoginRequest22V5", userId="admin", password="admin")
PING = command("AvailabilityTestRequest", "ping")


class Caller:
    """A zeep client with its own cookies."""

    def __init__(self, base: str, path: str = PATHS[0]) -> None:
        self.transport = Transport(timeout=10, operation_timeout=10)  # type: ignore[no-untyped-call,unused-ignore]
        client = Client(f"{base}{path}?wsdl", transport=self.transport)  # type: ignore[no-untyped-call,unused-ignore]
        self.service = client.create_service(BINDING, f"{base}{path}")  # type: ignore[no-untyped-call,unused-ignore]

    def send(self, *commands: str, session_id: str = "zeep") -> list[Answer]:
        return answers(self.service.processOCIMessage(document(session_id, *commands)))


@pytest.fixture
def caller(address: str) -> Iterator[Caller]:
    caller = Caller(address)
    yield caller
    caller.transport.session.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("shape", ["old", "new"])
def test_zeep_reads_both_shapes_on_both_paths(simulator: Simulator, address: str, path: str, shape: str) -> None:
    simulator.settings.update({"response_shape": shape})
    caller = Caller(address, path)
    assert caller.send(LOGIN)[0].type_name == "LoginResponse22V5"
    assert caller.send(PING)[0].echo == "ping"
    assert [cookie.path for cookie in caller.transport.session.cookies] == ["/" + path.split("/")[1]]
    caller.transport.session.close()


def test_the_classic_login_works_over_the_wire(caller: Caller) -> None:
    nonce = caller.send(command("AuthenticationRequest", userId="admin"))[0].text("nonce") or ""
    login = command("LoginRequest14sp4", userId="admin", signedPassword=signed(nonce, "admin"))
    assert caller.send(login)[0].type_name == "LoginResponse14sp4"
    assert caller.send(PING)[0].succeeded


def test_a_request_without_a_login_is_a_fault(caller: Caller) -> None:
    with pytest.raises(Fault) as raised:
        caller.send(PING)
    assert raised.value.message == "INVALID_REQUEST"
    assert raised.value.code == "soapenv:Server.generalException"
    assert raised.value.detail.findtext("string") == "Cannot process any request before user is logged in."


def test_names_beyond_latin_1_survive_the_way_there_and_back(caller: Caller) -> None:
    caller.send(LOGIN)
    caller.send(command("SystemDomainAddRequest", domain="zażółć & co"))
    (reply,) = caller.send(command("SystemDomainGetListRequest22V2"))
    assert "zażółć & co" in [row["Domain Name"] for row in reply.table("domainTable")]


def test_axis_clients_call_with_arg0(address: str) -> None:
    body = (
        f'<soapenv:Envelope xmlns:soapenv="{soap.ENVELOPE}"><soapenv:Body><processOCIMessage>'
        f"<arg0>{escape(document('axis', LOGIN))}</arg0></processOCIMessage></soapenv:Body></soapenv:Envelope>"
    )
    response = httpx.post(f"{address}{PATHS[0]}", content=body, headers={"SOAPAction": '""'})
    assert "LoginResponse22V5" in response.text
    assert "JSESSIONID" in response.cookies


@pytest.mark.parametrize("body", ["", "<x/>", f'<e:Envelope xmlns:e="{soap.ENVELOPE}"><e:Body/></e:Envelope>'])
def test_what_is_no_call_is_a_fault(address: str, body: str) -> None:
    response = httpx.post(f"{address}{PATHS[0]}", content=body)
    assert response.status_code == 500
    assert "<soapenv:Fault>" in response.text


def test_the_description_gives_the_address_it_was_asked_at(address: str) -> None:
    response = httpx.get(f"{address}{PATHS[1]}?wsdl")
    assert f'<soap:address location="{address}{PATHS[1]}"/>' in response.text
    assert "?wsdl" in httpx.get(f"{address}{PATHS[1]}").text
