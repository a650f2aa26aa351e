"""How orders and dead letters are printed."""

import re
from datetime import UTC, datetime

import pytest

from dialtone.cli.output import clock, counted, shortened, visible

from .conftest import Run
from .fake_services import FakeServices
from .orders import AT, RUN_OF_ID, an_order, flat


def test_what_others_wrote_is_printed_as_it_is(run: Run, services: FakeServices) -> None:
    """BroadWorks puts its errors in square brackets, which look like markup."""
    nasty = "refused: [error 4410] [/bold] [red]"
    line = {"at": AT, "step": "provision group", "what": "refused", "seconds": 0.1, "detail": nasty}
    items = [{"package": "[b]Fax[/b]", "quantity": 1, "state": "held"}]
    order = an_order(state="held", reason=nasty, timeline=[line], items=items, external_id="[i]1[/i]")
    services.answer("GET", f"/orders/{RUN_OF_ID}", order)
    services.refuse("GET", "/dead-letters/x", 404, title=nasty)
    shown = flat(run("orders", "show", RUN_OF_ID, env={"COLUMNS": "200"}).stdout)
    assert shown.count(nasty) == 2
    assert "[i]1[/i]" in shown
    assert "[b]Fax[/b]" in shown
    assert flat(run("dead-letters", "show", "x").stderr) == nasty


@pytest.mark.parametrize("columns", ["60", "200"])
def test_no_text_of_a_stranger_directs_the_terminal(run: Run, services: FakeServices, columns: str) -> None:
    nasty = "\x1b[31mEVIL\x1b[2J \u202egnp.exe \x9b2J\x07"
    line = {"at": AT, "step": "price order", "what": "refused", "seconds": 0.1, "detail": nasty}
    order = an_order(state="held", reason=nasty, timeline=[line], external_id=nasty)
    services.answer("GET", f"/orders/{RUN_OF_ID}", order)
    services.answer("GET", "/orders", [order])
    services.refuse("GET", "/dead-letters/x", 404, title=nasty)
    for words in (("orders", "show", RUN_OF_ID), ("orders", "list"), ("dead-letters", "show", "x")):
        result = run(*words, env={"COLUMNS": columns})
        printed = result.stdout + result.stderr
        assert {one for one in printed if not one.isprintable()} == {"\n"}
        assert "EVIL" in printed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zürich 😀 \n\t", "Zürich 😀 \n\t"),
        ("\x1b[31m", "\\u001b[31m"),
        ("a\u202eb\x9bc", "a\\u202eb\\u009bc"),
        ("\r", "\\r"),
    ],
)
def test_what_shows_nothing_is_written_as_json_writes_it(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_ids_are_never_folded(run: Run, services: FakeServices) -> None:
    letter = {
        "dl_id": f"{RUN_OF_ID}-1",
        "source_topic": "saga",
        "error_code": "order-not-priceable",
        "failed_at": AT,
        "state": "open",
        "error_message": "The order cannot be priced. " * 5,
    }
    services.answer("GET", "/dead-letters", [letter])
    services.answer("GET", "/orders", [an_order(reason="waiting for trunking tickets and for many other things")])
    assert f"{RUN_OF_ID}-1 " in run("dead-letters", "list", env={"COLUMNS": "100"}).stdout
    assert f"{RUN_OF_ID} " in run("orders", "list", env={"COLUMNS": "100"}).stdout


def test_a_long_list_is_shortened() -> None:
    numbers = [f"+1212555{n:04}" for n in range(100, 162)]
    assert shortened(numbers, "numbers") == "62 numbers: +12125550100 to +12125550161"
    assert shortened(numbers[:2], "numbers") == "+12125550100, +12125550101"


def test_an_instant_of_another_day_carries_its_date() -> None:
    now = datetime.now(UTC)
    assert clock(now.isoformat()) == now.astimezone().strftime("%H:%M:%S.%f")[:-3]
    assert re.fullmatch(r"2026-01-0[456] \d\d:\d\d:00", clock(AT))
    assert clock(None) == ""


def test_a_traceback_is_shown_to_who_asks_for_it(run: Run, services: FakeServices) -> None:
    trace = "Traceback (most recent call last):\n  File x\nValueError: seven"
    letter = {
        "dl_id": "dl-1",
        "kind": "message",
        "state": "open",
        "error_code": "bug-ValueError",
        "error_message": "Something of ours broke.",
        "headers": {"ce_id": "m-1", "dl-traceback": trace},
        "value": "{}",
    }
    services.answer("GET", "/dead-letters/dl-1", letter)
    folded, whole = (run("dead-letters", "show", "dl-1", *option).stdout for option in ((), ("--traceback",)))
    assert "ValueError: seven" not in folded
    assert "Its traceback has 3 lines: add --traceback." in folded
    assert trace in whole


@pytest.mark.parametrize(("count", "title"), [(0, "0 dead letters"), (1, "1 dead letter"), (2, "2 dead letters")])
def test_one_is_no_plural(count: int, title: str) -> None:
    assert counted(count, "dead letter") == title
