"""The command line as a person at a terminal uses it: processes of their own, against the running stack."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import fell_out, waits
from dialtone.stack.stack import Stack
from tests.pipeline import forms

DIALTONE = Path(sys.executable).with_name("dialtone")
ORDER = "account_name ended_at external_id id kind partner_id reason run state submitted_at"
WHOLE_ORDER = (
    f"{ORDER} charges customer enterprise final form items numbers operator_actions saga timeline users version"
)
LETTER = (
    "attempts closed_at closed_by dl_id error_code error_message failed_at kind order_id retriable service "
    "source_topic state"
)
TICKET = "changed_at due item_id kind opened_at order_id outcome partner_id state summary ticket_id"
WHOLE_TICKET = (
    "changed_at details due item_id kind opened_at order_id partner_id resolution run state summary ticket_id"
)


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert (self.code, self.err) == (0, "")
        return json.loads(self.out)


async def dialtone(stack: Stack | None, *words: str, told: str = "", **environment: str) -> Ended:
    """Runs one command to its end; `told` is its standard input."""
    folder = {"DIALTONE_FOLDER": str(stack.folder)} if stack else {}
    process = await asyncio.create_subprocess_exec(
        DIALTONE,
        *words,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "140", **folder, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(told.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())


def keys(found: dict[str, Any]) -> list[str]:
    return sorted(found)


async def test_an_order_is_submitted_watched_and_resolved_from_a_terminal(stack: Stack, enterprise: str) -> None:
    form = json.dumps(forms.trunking(enterprise, number_searches=[forms.search("201", 9, trunking=True)]))
    order_id = (await dialtone(stack, "orders", "submit", "-", "--json", told=form)).json()["id"]
    repeated = await dialtone(stack, "orders", "submit", "-", told=form)
    assert repeated.out.startswith(f"{order_id}  ")
    watched = await dialtone(stack, "orders", "show", order_id, "--watch")
    assert f"{order_id}  run 1  inProgress: waiting for trunking tickets" in watched.out
    assert "numbers reserved: 9 numbers: +1201200" in watched.out
    (ticket,) = (
        await dialtone(stack, "tickets", "list", "--kind", "trunking", "--order-id", order_id, "--json")
    ).json()
    assert keys(ticket) == sorted(TICKET.split())
    name = ticket["ticket_id"]
    assert (await dialtone(stack, "tickets", "show", name)).out.startswith(f"{name}  trunking  acknowledged\n")
    unproven = await dialtone(stack, "tickets", "resolve", name, "--trunk-group", "main")
    assert (unproven.code, unproven.out) == (2, "")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    proof = ("--trunk-group", "main", "--activated-on", yesterday, "--numbers-confirmed", "--json")
    resolved = (await dialtone(stack, "tickets", "resolve", name, *proof)).json()
    assert keys(resolved) == sorted(WHOLE_TICKET.split())
    assert resolved["resolution"]["trunk_group"] == "main"
    order = (await dialtone(stack, "orders", "show", order_id, "--watch", "--json")).json()
    assert keys(order) == sorted(WHOLE_ORDER.split())
    assert order["state"] in ("completed", "inProgress")
    listed = (await dialtone(stack, "orders", "list", "--limit", "1", "--json")).json()
    assert [keys(one) for one in listed] == [sorted(ORDER.split())]


async def test_a_dead_letter_is_found_replayed_with_another_form_and_discarded_from_a_terminal(
    stack: Stack, actors: Actors, enterprise: str, tmp_path: Path
) -> None:
    form = forms.trunking(enterprise, number_searches=[forms.search("907", 1, backorder=False)])
    order = await actors.until(await actors.submit(form), fell_out)
    letters = (await dialtone(stack, "dead-letters", "list", "--json")).json()
    (letter,) = [one for one in letters if one["order_id"] == order["id"]]
    assert keys(letter) == sorted(LETTER.split())
    name = letter["dl_id"]
    whole = (await dialtone(stack, "dead-letters", "show", name, "--json")).json()
    assert keys(whole) == sorted(f"{LETTER} headers key value".split())
    edited = tmp_path / "form.json"
    edited.write_text(json.dumps({**order["form"], "number_searches": []}))
    replayed = await dialtone(stack, "dead-letters", "replay", name, "--why", "no numbers", "--form", str(edited))
    assert (replayed.code, replayed.out.splitlines()[0]) == (0, f"{name} replayed")
    assert (await actors.until(order["id"], waits))["run"] == 2
    again = await dialtone(stack, "dead-letters", "discard", name, "--why", "twice")
    assert (again.code, again.out) == (1, "")
    assert again.err == "The dead letter was replayed already. By operator.\n"


async def test_the_invariants_of_a_running_stack_hold(stack: Stack, enterprise: str) -> None:
    report = (await dialtone(stack, "invariants", "--json")).json()
    assert (keys(report), report["hold"]) == (["hold", "orders", "rules"], True)
    assert keys(report["rules"][0]) == ["broken", "number", "title"]
    said = await dialtone(stack, "invariants")
    assert said.code == 0
    awaited = [rule for rule in report["rules"] if "awaits" in rule]
    lines = said.out.splitlines()
    assert sum(line.rstrip().endswith(" holds") for line in lines) == len(report["rules"]) - len(awaited)
    assert sum("not yet held: " in line for line in lines) == len(awaited)
    assert {rule["number"] for rule in report["rules"]} == set(range(1, 9))


async def test_another_machine_talks_by_url_and_key(stack: Stack, enterprise: str) -> None:
    where = {"DIALTONE_URL": stack.url("order-intake"), "DIALTONE_KEY": "dt_0_wrong"}
    refused = await dialtone(None, "orders", "list", **where)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "This key is not known. It is mistyped, or of another system.\n"


async def test_the_demonstration_ends_as_it_should_and_leaves_nothing_running(tmp_path: Path) -> None:
    """Once for all brokers: it brings its own stack."""
    ended = await dialtone(None, "demo", "--json", "--folder", str(tmp_path))
    assert ended.code == 0, ended.err
    shown = json.loads(ended.out)
    assert [(one["order"], one["state"], one["runs"]) for one in shown["orders"]] == [
        ("PO-1001", "completed", 1),
        ("PO-1002", "completed", 1),
        ("PO-1003", "completed", 1),
        ("PO-1004", "completed", 2),
    ]
    assert shown["invariants"]["hold"]
    assert ended.err.splitlines()[-1].split()[-1] == "stopping"
    assert not (tmp_path / "demo" / "stack.json").exists()
