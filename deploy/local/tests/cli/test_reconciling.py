"""`dialtone billing reconcile`: what is delivered beside what is charged."""

import json
from typing import Any

import pytest

from dialtone.cli import reconciling

from .conftest import Run
from .fake_services import FakeServices
from .orders import flat

WELL = {"findings": [], "more": False, "next": None}
MRC, NRC = ("1", "Power User", "MRC"), ("2", "Shipping", "NRC")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """That were made, and took no time."""
    found: list[float] = []
    monkeypatch.setattr(reconciling.time, "sleep", found.append)
    return found


def order(order_id: str = "o-1", version: int = 2, states: tuple[str, ...] = ("completed", "completed")) -> Any:
    lines = [_line(*one, first=first) for one in (MRC, NRC, ("numbers", "Number", "MRC")) for first in (True, False)]
    return {
        "id": order_id,
        "saga": {"version": version},
        "items": [{"id": str(number), "state": state} for number, state in enumerate(states, 1)],
        "charges": {"lines": lines},
    }


def _line(item_id: str, package: str, kind: str, *, first: bool) -> dict[str, Any]:
    return {"item_id": item_id, "package": package, "kind": kind, "first_period": first}


def subscription(item: tuple[str, str, str], order_id: str = "o-1") -> dict[str, Any]:
    return {"order_id": order_id, "item_id": item[0], "package": item[1], "kind": item[2]}


def page(*charged: dict[str, Any], following: int | None = None) -> dict[str, Any]:
    return {"subscriptions": list(charged), "next": following}


def brief(order_id: str = "o-1", state: str = "completed", partner_id: str = "p-1") -> dict[str, str]:
    return {"id": order_id, "state": state, "partner_id": partner_id}


def found(run: Run, *words: str) -> list[tuple[str, str, str]]:
    result = run("billing", "reconcile", "--json", *words)
    findings = json.loads(result.stdout)["findings"]
    assert result.exit_code == bool(findings), result.stderr
    return [(one["what"], one["order_id"], one["item_id"]) for one in findings]


def test_what_fits_together_is_said_so(run: Run, services: FakeServices, pauses: list[float]) -> None:
    services.answer("GET", "/billing/reconciliation", WELL)
    services.answer("GET", "/billing/subscriptions", page(subscription(MRC), following=4))
    services.answer("GET", "/billing/subscriptions", page(subscription(NRC), subscription(("numbers", "N", "MRC"))))
    services.answer("GET", "/orders", [brief(), brief("o-2", "acknowledged")])
    services.answer("GET", "/orders/o-1", order())
    result = run("billing", "reconcile", "--partner", "p-1")
    assert (result.exit_code, result.stdout) == (0, "2 orders and 3 subscriptions fit together.\n")
    assert [one.query.get("after") for one in services.asked if one.path == "/billing/subscriptions"] == [["0"], ["4"]]
    assert [one.query["partner"] for one in services.asked if one.path.startswith("/billing")] == [["p-1"]] * 3
    assert pauses == []


def test_what_is_delivered_and_not_charged_and_the_reverse_are_told(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/billing/reconciliation", WELL)
    services.answer("GET", "/billing/subscriptions", page(subscription(NRC), subscription(MRC, "o-9")))
    services.answer("GET", "/billing/subscriptions", page(subscription(NRC)))
    services.answer("GET", "/orders", [brief(state="inProgress")])
    services.answer("GET", "/orders/o-1", order(states=("completed", "inProgress")))
    result = run("billing", "reconcile")
    assert result.exit_code == 1
    said = flat(result.stdout)
    assert "3 findings, of 1 order and 2 subscriptions" in said
    assert "not-charged o-1 1 Power User MRC It is delivered, and it is not charged." in said
    assert "not-delivered o-1 2 Shipping NRC It is charged, and it is inProgress." in said
    assert "no-such-order o-9 1 Power User MRC It is charged." in said


def test_what_was_only_under_way_is_not_told(run: Run, services: FakeServices, pauses: list[float]) -> None:
    services.answer("GET", "/billing/reconciliation", WELL)
    services.answer("GET", "/billing/subscriptions", page(subscription(NRC)))
    services.answer("GET", "/billing/subscriptions", page(subscription(NRC), subscription(MRC)))
    services.answer("GET", "/orders", [brief()])
    services.answer("GET", "/orders/o-1", order())
    assert found(run) == []
    assert pauses == [reconciling.AGAIN]
    assert services.asked[-2].query["order"] == ["o-1"]


def test_orders_of_version_1_are_catalogs_alone(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/billing/reconciliation", WELL)
    services.answer("GET", "/billing/subscriptions", page(subscription(NRC)))
    services.answer("GET", "/orders", [brief()])
    services.answer("GET", "/orders/o-1", order(version=1, states=("completed", "failed")))
    assert found(run) == []


def test_all_that_catalog_finds_is_told(run: Run, services: FakeServices) -> None:
    gap = {**subscription(MRC), "what": "days-missing", "detail": "Nothing stands for the days."}
    services.answer("GET", "/billing/reconciliation", {"findings": [gap], "more": False, "next": 7})
    services.answer("GET", "/billing/reconciliation", {"findings": [], "more": True, "next": None})
    services.answer("GET", "/billing/subscriptions", page())
    services.answer("GET", "/orders", [])
    result = run("billing", "reconcile")
    assert (result.exit_code, "days-missing" in result.stdout) == (1, True)
    assert "There are more of a kind" in result.stdout


def test_every_page_of_the_orders_is_read_and_those_of_others_are_not(
    run: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(reconciling.PAGES, "orders", 2)
    services.answer("GET", "/billing/reconciliation", WELL)
    services.answer("GET", "/billing/subscriptions", page())
    services.answer("GET", "/orders", [brief("o-1"), brief("o-2", partner_id="p-2")])
    services.answer("GET", "/orders", [brief("o-1")])
    services.answer("GET", "/orders/o-1", order())
    assert found(run, "--partner", "p-1") == [("not-charged", "o-1", "1"), ("not-charged", "o-1", "2")]
    assert [one.query["offset"] for one in services.asked if one.path == "/orders"] == [["0"], ["2"]]


@pytest.mark.parametrize("option", ["--url", "--intake-url"])
def test_two_deployments_are_not_mixed(option: str, run: Run, services: FakeServices) -> None:
    result = run("billing", "reconcile", option, services.url, env={"DIALTONE_KEY": "k"})
    assert (result.exit_code, services.asked) == (2, [])
    assert "give --url (catalog) and --intake-url (order-intake), or neither" in result.stderr
