"""`dialtone orders`: what is asked of the service, and how long a watch lasts."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run
from .fake_services import FakeServices
from .orders import RUN_OF_ID, an_order, flat


def test_an_order_is_submitted_from_a_file_or_from_standard_input(
    run: Run, services: FakeServices, tmp_path: Path
) -> None:
    services.answer("POST", "/orders", {"id": RUN_OF_ID, "external_id": "PO-1", "state": "acknowledged"}, 202)
    form = tmp_path / "order.json"
    form.write_text('{"external_id": "PO-1"}')
    assert run("orders", "submit", str(form)).stdout == f"{RUN_OF_ID}  acknowledged\n"
    assert json.loads(run("orders", "submit", "-", "--json", input='{"external_id": "PO-2"}').stdout)["id"] == RUN_OF_ID
    assert [one.body for one in services.asked] == [{"external_id": "PO-1"}, {"external_id": "PO-2"}]


def test_an_order_is_taken_back_with_a_reason_by_its_partner(run: Run, services: FakeServices) -> None:
    services.answer("POST", f"/orders/{RUN_OF_ID}/cancel", {"id": RUN_OF_ID, "state": "cancelling"}, 202)
    result = run("orders", "cancel", RUN_OF_ID, "--reason", "not wanted any more")
    assert (result.exit_code, result.stdout) == (0, f"{RUN_OF_ID}  cancelling\n")
    (asked,) = services.asked
    assert (asked.body, asked.key) == ({"reason": "not wanted any more"}, "the-partners-key")


def test_an_order_that_cannot_be_taken_back_says_why(run: Run, services: FakeServices) -> None:
    said = {"title": "The order has ended.", "detail": "It is completed.", "code": "ended"}
    services.refuse("POST", f"/orders/{RUN_OF_ID}/cancel", 409, **said)
    result = run("orders", "cancel", RUN_OF_ID, "--reason", "not wanted any more")
    assert (result.exit_code, "It is completed." in result.stderr) == (1, True)


@pytest.mark.parametrize("words", [("cancel",), ("resume",)])
def test_nothing_is_done_to_an_order_without_a_reason(run: Run, services: FakeServices, words: tuple[str]) -> None:
    assert run("orders", *words, RUN_OF_ID).exit_code == 2
    assert services.asked == []


def test_a_stuck_order_is_resumed_by_an_operator(run: Run, services: FakeServices) -> None:
    services.answer("POST", f"/orders/{RUN_OF_ID}/resume", {"id": RUN_OF_ID}, 202)
    result = run("orders", "resume", RUN_OF_ID, "--why", "the pack is free")
    assert (result.exit_code, result.stdout) == (0, f"{RUN_OF_ID}  goes on\n")
    (asked,) = services.asked
    assert (asked.body, asked.key) == ({"why": "the pack is free"}, "the-operators-key")


def test_a_watch_goes_on_while_an_order_runs_or_is_undone_and_ends_when_it_waits(
    run: Run, services: FakeServices
) -> None:
    path = f"/orders/{RUN_OF_ID}"
    running = {"state": "inProgress", "final": False, "saga": {"phase": "running"}}
    undoing = {**running, "reason": "provision group: refused", "saga": {"phase": "undoing"}}
    for order in (running, undoing, {**running, "state": "held", "saga": {"phase": "compensated"}}):
        services.answer("GET", path, an_order(**order))
    result = run("orders", "show", RUN_OF_ID, "--watch")
    assert result.exit_code == 0
    assert "run 1 held" in flat(result.stdout)
    assert len(services.asked) == 3


@pytest.mark.parametrize(
    "order",
    [
        {"state": "completed", "final": True},
        {"state": "pending", "final": False, "saga": {"phase": "running"}},
        {
            "state": "inProgress",
            "reason": "waiting for trunking tickets",
            "final": False,
            "saga": {"phase": "running"},
        },
        {"state": "pendingCancellation", "final": False, "saga": {"phase": "stuck"}},
    ],
    ids=lambda order: order["state"],
)
def test_a_watch_ends_at_once_where_nothing_moves(run: Run, services: FakeServices, order: dict[str, Any]) -> None:
    services.answer("GET", f"/orders/{RUN_OF_ID}", an_order(**order))
    assert run("orders", "show", RUN_OF_ID, "--watch").exit_code == 0
    assert len(services.asked) == 1
