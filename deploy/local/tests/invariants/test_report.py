"""What a report says of rules that hold, that are broken, and that the product does not hold yet."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dialtone.cli import app as cli
from dialtone.invariants.checker import Report, check
from dialtone.invariants.rules import RULES

from .changes import group
from .made import a_number
from .world import a_world

NOT_HELD = "hosted promised 1 Auto Attendant, and its group has 0"
BROKEN = "+6 is assigned for gone, which is no order"
Said = Callable[..., Result]


def a_report(*, hold: bool) -> Report:
    at = a_world()
    group(at).instances.clear()
    if not hold:
        at.numbers.append(a_number("+6", "gone"))
    return check(at)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What `dialtone invariants` says of a report."""

    def run(report: Report, *options: str) -> Result:
        async def found(_: Any) -> Report:
            return report

        monkeypatch.setattr(cli, "stack_in", lambda _: "a stack")
        monkeypatch.setattr(cli, "check_stack", found)
        return CliRunner().invoke(cli.app, ["invariants", *options])

    return run


def test_an_orderly_world_is_reported_as_one() -> None:
    report = check(a_world()).as_dict()
    assert (report["hold"], report["orders"], len(report["rules"])) == (True, 7, len(RULES))
    assert {rule["number"] for rule in report["rules"]} == set(range(1, 9))


def test_what_is_not_held_yet_is_counted_and_breaks_nothing() -> None:
    report = a_report(hold=True)
    assert report.broken() == []
    assert report.not_yet_held() == [f"8b. {NOT_HELD}"]
    assert report.as_dict()["hold"] is True


def test_what_is_broken_carries_the_number_of_its_rule() -> None:
    assert a_report(hold=False).broken() == [f"1. {BROKEN}"]


def test_rules_of_one_number_have_names_of_their_own() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert [rule.name for rule in RULES if rule.awaits] == ["8b"]


def test_the_json_form_of_a_rule(said: Said) -> None:
    result = said(a_report(hold=False), "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["hold"], report["orders"]) == (1, False, 7)
    assert report["rules"][0] == {
        "number": 1,
        "title": "a number is never assigned, reserved or held twice",
        "broken": [BROKEN],
    }
    assert report["rules"][-1] == {
        "number": 8,
        "part": "b",
        "title": "every completed item has its add-ons, instances, voice mail and devices as well",
        "awaits": "BroadWorks: a seat rings",
        "broken": [NOT_HELD],
    }


def test_the_table_marks_what_is_not_held_yet(said: Said) -> None:
    result = said(a_report(hold=True))
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert lines[1] == "invariants, over 7 orders in five databases and BroadWorks"
    rows = [line for line in lines[3:] if line[:1].isdigit()]
    assert [row.split()[0] for row in rows] == [rule.name for rule in RULES]
    assert [row.split()[-1] for row in rows if row[1] == " "] == ["holds"] * 8
    marks = [row.partition("not yet held: ")[2] for row in rows if row[1] != " "]
    assert marks == ["", "", "", "", "", "BroadWorks: a seat rings (1)"]  # 3b to 3e and 5b hold


def test_what_is_broken_follows_the_table(said: Said) -> None:
    result = said(a_report(hold=False))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == f"1. {BROKEN}"
