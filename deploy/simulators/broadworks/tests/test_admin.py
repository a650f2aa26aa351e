"""The admin API, over HTTP."""

from typing import Any

import httpx
import pytest

from .client import Client

NEWARK = {"serviceProviderId": "ACME", "groupId": "NEWARK"}
USER = "ada@acme.example"


def test_it_is_healthy(address: str) -> None:
    assert httpx.get(f"{address}/admin/health").json() == {"status": "ok"}


def test_the_state_shows_everything(customer: Client, address: str) -> None:
    names = {"lastName": "Lovelace", "firstName": "Ada"}
    calling = {"callingLineIdLastName": "Lovelace", "callingLineIdFirstName": "Ada"}
    customer.do(
        "UserAddRequest22V2", **NEWARK, userId=USER, **names, **calling, phoneNumber="9735550142", password="secret"
    )
    customer.do("UserServiceAssignListRequest", userId=USER, servicePackName="Seat")
    customer.do("GroupServiceAssignListRequest", **NEWARK, serviceName="Hunt Group")
    state = httpx.get(f"{address}/admin/state").json()
    assert state["domains"] == ["dialtone.example", "acme.example"]
    assert state["sessions"] == 1
    assert state["commands"]["UserAddRequest22V2"] == 1
    enterprise = state["enterprises"]["ACME"]
    assert enterprise["isEnterprise"] is True
    assert len(enterprise["numbers"]) == 10
    assert enterprise["packs"] == {"Seat": {"quantity": 5, "services": ["Call Waiting"]}}
    assert enterprise["services"]["user"]["Call Waiting"] == "unlimited"
    group = enterprise["groups"]["NEWARK"]
    assert group["numbers"]["+19735550142"] == {"activated": False, "user": USER}
    assert group["services"] == ["Hunt Group"]
    assert group["authorizations"]["packs"] == {"Seat": 2}
    assert group["extensionLength"] == {"min": 4, "max": 4, "default": 4}
    assert group["users"][USER]["packs"] == ["Seat"]
    assert group["users"][USER]["phoneNumber"] == "+19735550142"


def test_a_reset_empties_the_system_and_keeps_the_sessions(customer: Client, address: str) -> None:
    assert httpx.post(f"{address}/admin/reset").status_code == 204
    state = httpx.get(f"{address}/admin/state").json()
    assert (state["enterprises"], state["domains"], state["sessions"]) == ({}, ["dialtone.example"], 1)
    assert customer.do("GroupGetRequest22V5", **NEWARK).summary.startswith("[Error 4152]")


def test_faults_are_injected_listed_and_cleared(client: Client, address: str) -> None:
    wanted = {"command": "GroupAddRequest", "match": {"groupId": "X"}, "kind": "error", "code": "4501", "times": 2}
    response = httpx.post(f"{address}/admin/faults", json=wanted)
    assert response.status_code == 201
    fault_id = response.json()["id"]
    (listed,) = httpx.get(f"{address}/admin/faults").json()["faults"]
    assert listed == {"id": fault_id, "text": "", "seconds": 60.0, **wanted}
    assert httpx.delete(f"{address}/admin/faults/{fault_id}").status_code == 204
    assert httpx.delete(f"{address}/admin/faults/{fault_id}").status_code == 404
    httpx.post(f"{address}/admin/faults", json={"kind": "reset"})
    assert httpx.delete(f"{address}/admin/faults").status_code == 204
    assert client.do("AvailabilityTestRequest").succeeded


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "earthquake"},
        {},
        {"kind": "error", "times": 0},
        {"kind": "error", "when": "now"},
        {"kind": "error", "seconds": "x"},
        [],
    ],
)
def test_a_wrong_fault_is_refused(address: str, wrong: Any) -> None:
    response = httpx.post(f"{address}/admin/faults", json=wrong)
    assert response.status_code == 400
    assert "error" in response.json()


def test_settings_change_while_running(client: Client, address: str) -> None:
    response = httpx.put(f"{address}/admin/settings", json={"max_sessions": 5, "latency_seconds": 0.25})
    assert (response.json()["max_sessions"], response.json()["password"]) == (5, "***")
    assert client.simulator.settings.latency_seconds == 0.25
    assert httpx.get(f"{address}/admin/settings").json()["latency_seconds"] == 0.25


def test_settings_must_be_an_object(address: str) -> None:
    assert httpx.put(f"{address}/admin/settings", json=[]).status_code == 400


@pytest.mark.parametrize("wrong", [{"colour": "red"}, {"response_shape": "round"}, {"max_sessions": "many"}])
def test_wrong_settings_change_nothing(client: Client, address: str, wrong: dict[str, str]) -> None:
    response = httpx.put(f"{address}/admin/settings", json={"latency_seconds": 9, **wrong})
    assert response.status_code == 400
    assert client.simulator.settings.latency_seconds == 0.0
