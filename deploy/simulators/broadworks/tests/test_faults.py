"""Faults on demand: what the client sees, and whether the change was applied."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from broadworks_simulator import soap
from broadworks_simulator.endpoint import PATHS
from broadworks_simulator.simulator import Simulator
from broadworks_simulator.xmltree import escape

from .client import Client
from .oci import command, document
from .waiting import wait_for

ADD = "SystemDomainAddRequest"


def inject(client: Client, kind: str, **more: Any) -> str:
    return client.simulator.faults.inject({"command": ADD, "kind": kind, **more}).id


def test_an_error_strikes_one_command_and_leaves_it_undone(client: Client) -> None:
    inject(client, "error", match={"domain": "b.example"}, code="4501", text="Device Type not found", times=1)
    replies = client.send(*[command(ADD, domain=f"{name}.example") for name in "abc"])
    assert [reply.summary for reply in replies] == ["", "[Error 4501] Device Type not found", ""]
    assert "b.example" not in client.simulator.system.domains
    assert client.do(ADD, domain="b.example").succeeded


def test_a_fault_without_a_number_of_times_stays_until_it_is_cleared(client: Client) -> None:
    fault_id = inject(client, "error")
    assert [client.do(ADD, domain="a.example").succeeded for _ in range(3)] == [False] * 3
    assert client.simulator.faults.clear(fault_id)
    assert client.do(ADD, domain="a.example").succeeded


def test_a_star_strikes_any_command(client: Client) -> None:
    client.simulator.faults.inject({"command": "*", "kind": "empty-503", "times": 1})
    assert client.post(command("AvailabilityTestRequest")).kind == "empty-503"
    assert client.do("AvailabilityTestRequest").succeeded


@pytest.mark.parametrize("kind", ["soap-fault", "html-503", "empty-503", "reset", "session-expiry"])
def test_faults_before_the_change_leave_nothing_behind(client: Client, kind: str) -> None:
    inject(client, kind, times=1)
    assert client.post(command(ADD, domain="a.example")).kind != "reply"
    assert "a.example" not in client.simulator.system.domains


@pytest.mark.parametrize(("kind", "outcome"), [("timeout-after", "hang"), ("reset-after", "reset")])
def test_faults_after_the_change_keep_it(client: Client, kind: str, outcome: str) -> None:
    inject(client, kind, times=1)
    assert client.post(command(ADD, domain="a.example")).kind == outcome
    assert "a.example" in client.simulator.system.domains


def test_a_soap_fault_is_named_by_its_text(client: Client) -> None:
    inject(client, "soap-fault", times=1)
    inject(client, "soap-fault", text="SOMETHING_ELSE", times=1)
    texts = [client.post(command(ADD, domain="a.example")).text for _ in range(2)]
    assert "<faultstring>NO_OCS_CONNECTION</faultstring>" in texts[0]
    assert "<faultstring>SOMETHING_ELSE</faultstring>" in texts[1]


def test_an_expired_session_must_log_in_again(client: Client) -> None:
    inject(client, "session-expiry", times=1)
    client.post(command(ADD, domain="a.example"))
    assert "INVALID_REQUEST" in client.post(command("AvailabilityTestRequest")).text
    assert client.do("LoginRequest22V5", userId="admin", password="admin").succeeded


def test_latency_delays_the_answer(client: Client) -> None:
    inject(client, "latency", seconds=1.5, times=1)
    client.simulator.settings.update({"latency_seconds": 0.5})
    outcome = client.post(command(ADD, domain="a.example"))
    assert (outcome.kind, outcome.delay) == ("reply", 2.0)


def call(address: str, cookie: str | None, timeout: float) -> httpx.Response:
    message = document("client", command(ADD, domain="a.example"))
    body = (
        f'<e:Envelope xmlns:e="{soap.ENVELOPE}"><e:Body><processOCIMessage xmlns="{soap.TARGET}">'
        f"<in0>{escape(message)}</in0></processOCIMessage></e:Body></e:Envelope>"
    )
    headers = {"Cookie": f"JSESSIONID={cookie}"}
    return httpx.post(f"{address}{PATHS[0]}", content=body, headers=headers, timeout=httpx.Timeout(10, read=timeout))


@pytest.mark.parametrize("path", ["/admin/faults", "/admin/faults/{id}"])
def test_an_answer_is_held_until_the_fault_is_cleared(
    simulator: Simulator, client: Client, address: str, path: str
) -> None:
    fault_id = inject(client, "hold", times=1)
    with ThreadPoolExecutor() as threads:
        calling = threads.submit(call, address, client.cookie, 30.0)
        wait_for(lambda: "a.example" in simulator.system.domains)
        assert call(address, client.cookie, 30.0).status_code == 200  # it was spent: the next one is not held
        assert not calling.done()
        assert httpx.delete(f"{address}{path.format(id=fault_id)}").status_code == 204
        assert calling.result().status_code == 200


def test_a_held_answer_goes_by_itself_in_the_end(client: Client, address: str) -> None:
    inject(client, "hold", times=1, seconds=0.01)
    assert call(address, client.cookie, 30.0).status_code == 200


def test_the_wire_hangs_after_the_change_was_made(simulator: Simulator, client: Client, address: str) -> None:
    inject(client, "timeout-after", times=1)
    with pytest.raises(httpx.ReadTimeout):
        call(address, client.cookie, 0.2)
    wait_for(lambda: "a.example" in simulator.system.domains)


@pytest.mark.parametrize(("kind", "applied"), [("reset", False), ("reset-after", True)])
def test_the_wire_breaks(simulator: Simulator, client: Client, address: str, kind: str, *, applied: bool) -> None:
    inject(client, kind, times=1)
    with pytest.raises(httpx.TransportError):
        call(address, client.cookie, 10)
    assert ("a.example" in simulator.system.domains) is applied


@pytest.mark.parametrize(("kind", "body"), [("html-503", True), ("empty-503", False)])
def test_the_wire_answers_503(client: Client, address: str, kind: str, *, body: bool) -> None:
    inject(client, kind, times=1)
    response = call(address, client.cookie, 10)
    assert response.status_code == 503
    assert ("<html>" in response.text) is body
