"""`dialtone tickets`: no proof, no resolution."""

from typing import Any

import pytest

from .conftest import Run
from .fake_services import FakeServices


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), "--trunk-group, --activated-on, --numbers-confirmed"),
        (("--trunk-group", "main", "--numbers-confirmed"), "--activated-on"),
        (("--trunk-group", "main", "--activated-on", "2026-01-05"), "--numbers-confirmed"),
        (("--activated-on", "2026-01-05", "--numbers-confirmed"), "--trunk-group"),
    ],
)
def test_a_trunking_ticket_is_not_done_without_proof(
    run: Run, services: FakeServices, given: tuple[str, ...], missing: str
) -> None:
    services.answer("GET", "/tickets/T-000004", {"ticket_id": "T-000004", "kind": "trunking"})
    result = run("tickets", "resolve", "T-000004", *given)
    assert result.exit_code == 2
    assert result.stderr == f"T-000004 is a trunking ticket; it is done with proof only: give {missing}.\n"
    assert [one.method for one in services.asked] == ["GET"]


def test_a_setup_ticket_is_not_done_without_its_day(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/tickets/T-000004", {"ticket_id": "T-000004", "kind": "setup"})
    result = run("tickets", "resolve", "T-000004", "--trunk-group", "main")
    assert result.exit_code == 2
    assert result.stderr == "T-000004 is a setup ticket; it is done with proof only: give --activated-on.\n"
    assert [one.method for one in services.asked] == ["GET"]


@pytest.mark.parametrize(
    ("kind", "words", "form"),
    [
        (
            "trunking",
            ("--trunk-group", "main", "--activated-on", "2026-01-05", "--numbers-confirmed"),
            {"outcome": "done", "activated_on": "2026-01-05", "trunk_group": "main", "numbers_confirmed": True},
        ),
        ("e911", (), {"outcome": "done"}),
        ("setup", ("--activated-on", "2026-01-05"), {"outcome": "done", "activated_on": "2026-01-05"}),
        (
            "setup",
            ("--outcome", "cannot-do", "--reason", "their platform is gone"),
            {"outcome": "cannot-do", "reason": "their platform is gone"},
        ),
        (
            "trunking",
            ("--outcome", "cannot-do", "--reason", "the PBX is end of life"),
            {"outcome": "cannot-do", "reason": "the PBX is end of life"},
        ),
    ],
)
def test_a_ticket_is_resolved_with_what_was_said_and_nothing_else(
    run: Run, services: FakeServices, kind: str, words: tuple[str, ...], form: dict[str, Any]
) -> None:
    services.answer("GET", "/tickets/T-000004", {"ticket_id": "T-000004", "kind": kind})
    services.answer("POST", "/tickets/T-000004/resolve", {"ticket_id": "T-000004", "state": "resolved"})
    result = run("tickets", "resolve", "T-000004", *words)
    assert (result.exit_code, result.stdout) == (0, "T-000004 resolved\n")
    assert services.asked[-1].body == form
