"""What a report says of rules that hold, that are broken, and that the product does not hold yet."""

import json

from typer.testing import CliRunner

from dialtone.cli.invariants import print_report
from dialtone.invariants.checker import Report, check
from dialtone.invariants.rules import RULES

from .made import a_number
from .world import a_world, edit, group


def a_report(*, hold: bool = True) -> Report:
    at = a_world()
    group(at).instances.clear()
    edit(at.tickets, {"ticket_id": 3}, run=1)
    if not hold:
        at.numbers.append(a_number("+6", "gone"))
    return check(at)


def test_an_orderly_world_is_reported_as_one() -> None:
    report = check(a_world()).as_dict()
    assert (report["hold"], report["orders"], len(report["rules"])) == (True, 5, len(RULES))
    assert {rule["number"] for rule in report["rules"]} == set(range(1, 9))


def test_what_is_not_held_yet_is_counted_and_breaks_nothing() -> None:
    report = a_report()
    assert report.broken() == []
    assert report.not_yet_held() == ["8b. hosted promised 1 Auto Attendant, and its group has 0"]
    assert report.as_dict()["hold"] is True


def test_the_json_form_of_a_rule() -> None:
    rules = json.loads(json.dumps(a_report(hold=False).as_dict()))["rules"]
    assert rules[0] == {
        "number": 1,
        "title": "a number is never assigned, reserved or held twice",
        "broken": ["+6 is assigned for gone, which is no order"],
    }
    assert rules[-1] == {
        "number": 8,
        "part": "b",
        "title": "every completed item has its add-ons, instances, voice mail and devices as well",
        "awaits": "BroadWorks: a seat rings",
        "broken": ["hosted promised 1 Auto Attendant, and its group has 0"],
    }
