"""`dialtone keys`: what is asked of order-intake, and what is shown once."""

import json
from typing import Any

import pytest

from .conftest import Run
from .fake_services import FakeServices

KEYS = "/partners/p-1/keys"
SHOWN: dict[str, Any] = {
    "key_id": "0a1b2c3d4e5f",
    "kind": "partner",
    "name": "portal",
    "scopes": ["orders:read", "orders:write"],
    "state": "active",
    "can_sign": False,
    "created_at": "2026-11-16T15:04:14Z",
    "expires_at": None,
    "revoked_at": None,
}
ISSUED = {**SHOWN, "api_key": "dt_0a1b2c3d4e5f_secret"}


def test_the_keys_of_the_stacks_partner_are_listed(run: Run, services: FakeServices) -> None:
    services.answer("GET", KEYS, [SHOWN])
    result = run("keys", "list")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].strip() == "1 key"
    assert "0a1b2c3d4e5f" in result.stdout
    assert services.asked[-1].key == "the-operators-key"


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ((), {"kind": "partner"}),
        (
            ("--scope", "orders:read", "--scope", "tickets:read", "--kind", "application", "--name", "helpdesk"),
            {"kind": "application", "name": "helpdesk", "scopes": ["orders:read", "tickets:read"]},
        ),
        (("--expires", "2027-01-31T00:00:00Z"), {"kind": "partner", "expires_at": "2027-01-31T00:00:00Z"}),
    ],
)
def test_a_key_is_added_with_what_was_said_and_nothing_else(
    run: Run, services: FakeServices, words: tuple[str, ...], body: dict[str, Any]
) -> None:
    services.answer("POST", KEYS, ISSUED, 201)
    result = run("keys", "add", "--why", "They asked.", *words)
    assert (result.exit_code, services.asked[-1].body) == (0, {"why": "They asked.", **body})
    assert "dt_0a1b2c3d4e5f_secret\nKeep it now: it is shown this once.\n" in result.stdout


def test_a_key_is_revoked_and_rotated_for_a_reason(run: Run, services: FakeServices) -> None:
    services.answer("POST", f"{KEYS}/0a1b2c3d4e5f/revoke", {**SHOWN, "state": "revoked"})
    services.answer("POST", f"{KEYS}/0a1b2c3d4e5f/rotate", ISSUED, 201)
    assert run("keys", "revoke", "0a1b2c3d4e5f", "--why", "Lost.").stdout == "0a1b2c3d4e5f revoked\n"
    assert services.asked[-1].body == {"why": "Lost."}
    rotated = run("keys", "rotate", "0a1b2c3d4e5f", "--why", "Yearly.", "--overlap", "P7D")
    assert rotated.stdout.endswith("0a1b2c3d4e5f stays good for P7D.\n")
    assert services.asked[-1].body == {"why": "Yearly.", "overlap": "P7D"}
    assert run("keys", "revoke", "0a1b2c3d4e5f").exit_code == 2


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        ((), {}),
        (("--expires", "2027-01-31T00:00:00Z"), {"expires_at": "2027-01-31T00:00:00Z"}),
        (("--expires", "never"), {"expires_at": None}),
    ],
)
def test_a_rotated_key_ends_as_was_said_and_else_as_the_service_decides(
    run: Run, services: FakeServices, words: tuple[str, ...], ending: dict[str, Any]
) -> None:
    services.answer("POST", f"{KEYS}/0a1b2c3d4e5f/rotate", ISSUED, 201)
    assert run("keys", "rotate", "0a1b2c3d4e5f", "--why", "Yearly.", *words).exit_code == 0
    assert services.asked[-1].body == {"why": "Yearly.", "overlap": "P1D", **ending}


def test_elsewhere_a_partner_must_be_named(bare: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALTONE_KEY", "my-key")
    services.answer("GET", "/partners/p-9/keys", [])
    unnamed = bare("keys", "list", "--url", services.url)
    assert (unnamed.exit_code, unnamed.stderr) == (
        2,
        "Say whose keys: give --partner with an id of: dialtone partners list\n",
    )
    assert bare("keys", "list", "--url", services.url, "--partner", "p-9").exit_code == 0


def test_a_key_that_is_not_there_says_where_to_look(run: Run, services: FakeServices) -> None:
    services.refuse("POST", f"{KEYS}/none/revoke", 404, code="no-such-key", title="There is no such key.")
    result = run("keys", "revoke", "none", "--why", "Lost.")
    assert (result.exit_code, result.stderr) == (1, "There is no such key. List them with: dialtone keys list\n")


def test_the_partners_are_listed_with_their_ids(run: Run, services: FakeServices) -> None:
    one = {
        "partner_id": "p-1",
        "name": "Lakeside Telecom",
        "rejections_topic": None,
        "created_at": "2026-11-16T15:04:14Z",
        "living_keys": 3,
    }
    services.answer("GET", "/partners", [one])
    result = run("partners", "list")
    assert result.exit_code == 0
    title, _, line = result.stdout.splitlines()
    assert title.strip() == "1 partner"
    assert line.split()[:4] == ["p-1", "Lakeside", "Telecom", "3"]
    assert "shared topic" in line
    assert services.asked[-1].key == "the-operators-key"
    assert json.loads(run("partners", "list", "--json").stdout) == [one]
