"""How orders and dead letters are printed."""

import re
from datetime import UTC, datetime

from dialtone.cli.output import clock, shortened

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
