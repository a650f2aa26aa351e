"""What commands ask of the services, what they print, and how they end. The services are fakes."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dialtone.cli import app as cli
from dialtone.cli.output import clock, shortened
from dialtone.stack.errors import StackError

from .fake_services import FakeServices

Run = Callable[..., Result]
RUN_OF_ID = "01a203d0-563e-7003-9dba-0b88d7ff2f17"
AT = "2026-01-05T10:00:00+00:00"


@pytest.fixture
def services() -> Iterator[FakeServices]:
    fake = FakeServices()
    server = fake.serve()
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command in a folder where no stack runs."""
    for name in ("DIALTONE_KEY", "DIALTONE_URL", "DIALTONE_TICKETING_URL", "DIALTONE_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIALTONE_FOLDER", str(tmp_path))

    def run(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(cli.app, words, **options)

    return run


@pytest.fixture
def run(bare: Run, services: FakeServices, tmp_path: Path) -> Run:
    """The command in a folder with a stack."""
    services.write_down(tmp_path)
    return bare


def an_order(**more: Any) -> dict[str, Any]:
    return {
        "id": RUN_OF_ID,
        "external_id": "PO-1",
        "account_name": "Lakeside",
        "state": "completed",
        "reason": "",
        "run": 1,
        "final": True,
        "submitted_at": AT,
        "saga": {"phase": "completed"},
        "items": [{"package": "Enterprise Standard", "quantity": 2, "state": "completed"}],
        "numbers": {"reserved": [], "backordered": [], "delivered": []},
        "charges": None,
        "timeline": [{"at": AT, "step": "price order", "what": "done", "seconds": 0.1, "detail": ""}],
        **more,
    }


def flat(text: str) -> str:
    return " ".join(text.split())


# ── how commands end ─────────────────────────────────────────────────────────────────────────────────────────────────

NEED_A_STACK = (
    ("orders", "list"),
    ("orders", "show", "x"),
    ("dead-letters", "list"),
    ("dead-letters", "show", "x"),
    ("dead-letters", "replay", "x", "--why", "y"),
    ("dead-letters", "discard", "x", "--why", "y"),
    ("tickets", "list"),
    ("tickets", "show", "x"),
    ("tickets", "resolve", "x"),
    ("invariants",),
)


@pytest.mark.parametrize("words", NEED_A_STACK, ids=" ".join)
def test_without_a_stack_the_next_step_is_named(bare: Run, words: tuple[str, ...]) -> None:
    result = bare(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(r"No stack runs in \S+\. Start one with: dialtone up( \(or give --url .*\))?\n", result.stderr)


@pytest.mark.parametrize("words", NEED_A_STACK, ids=" ".join)
def test_a_stack_that_does_not_answer_is_one_sentence(bare: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    fake = FakeServices()
    server = fake.serve()
    fake.write_down(tmp_path)
    server.shutdown()
    server.server_close()
    result = bare(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("Start it with: dialtone up\n")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("orders", "lst"),
        ("orders", "show"),
        ("orders", "list", "--limit", "many"),
        ("orders", "list", "--limit", "0"),
        ("orders", "submit", "no-such-file.json"),
        ("dead-letters", "replay", "x"),
        ("dead-letters", "replay", "x", "--why", "y", "--form", "no-such-file.json"),
        ("dead-letters", "discard", "x"),
        ("tickets", "resolve", "x", "--outcome", "perhaps"),
        ("orders", "list", "--url", "http://127.0.0.1:1"),  # and no DIALTONE_KEY
        ("up", "--broker", "rabbit"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_asks_nobody(run: Run, services: FakeServices, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert services.asked == []


@pytest.mark.parametrize(
    ("words", "path", "code", "sentence"),
    [
        (("orders", "show", "o-9"), "/orders/o-9", "no-such-order", "List them with: dialtone orders list"),
        (
            ("dead-letters", "show", "dl-17"),
            "/dead-letters/dl-17",
            "no-such-dead-letter",
            "List them with: dialtone dead-letters list",
        ),
        (("tickets", "show", "T-9"), "/tickets/T-9", "unknown-ticket", "List them with: dialtone tickets list"),
        (("orders", "show", "o-9"), "/orders/o-9", "unknown-key", "It is revoked."),
    ],
)
def test_a_refusal_is_one_sentence_with_the_next_step(
    run: Run, services: FakeServices, words: tuple[str, ...], path: str, code: str, sentence: str
) -> None:
    services.refuse("GET", path, 404, code=code, title="There is none.", detail="It is revoked.")
    result = run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"There is none. {sentence}\n"


def test_every_fault_of_a_form_has_its_line(run: Run, services: FakeServices) -> None:
    faults = [
        {"pointer": "/enterprise", "code": "a", "detail": "it exists"},
        {"pointer": "", "code": "b", "detail": "it is empty"},
    ]
    services.refuse("POST", "/orders", 422, title="Not accepted.", detail="Nothing was done.", errors=faults)
    result = run("orders", "submit", "-", input="{}")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Not accepted. Nothing was done.\n  /enterprise: it exists\n  /: it is empty\n"


def test_an_answer_that_is_no_problem_document_is_a_sentence_too(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/orders", "<html>bad gateway</html>", 502)
    result = run("orders", "list")
    assert (result.exit_code, result.stderr) == (1, f"{services.url}/orders?limit=50 answered 502.\n")


# ── who asks, and where ──────────────────────────────────────────────────────────────────────────────────────────────


def test_orders_are_asked_for_as_the_partner_and_the_rest_as_an_operator(run: Run, services: FakeServices) -> None:
    for path in ("/orders", "/dead-letters", "/tickets"):
        services.answer("GET", path, [])
    for noun in ("orders", "dead-letters", "tickets"):
        assert run(noun, "list").exit_code == 0
    assert [one.key for one in services.asked] == ["the-partners-key", "the-operators-key", "the-operators-key"]


def test_a_key_and_a_url_of_the_environment_win(bare: Run, services: FakeServices) -> None:
    services.answer("GET", "/orders", [])
    services.answer("GET", "/tickets", [])
    environment = {"DIALTONE_KEY": "dt_1_mine", "DIALTONE_URL": services.url, "DIALTONE_TICKETING_URL": services.url}
    assert bare("orders", "list", env=environment).exit_code == 0
    assert bare("tickets", "list", env=environment).exit_code == 0
    assert [one.key for one in services.asked] == ["dt_1_mine", "dt_1_mine"]


def test_filters_are_passed_on(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/orders", [])
    services.answer("GET", "/dead-letters", [])
    services.answer("GET", "/tickets", [])
    run("orders", "list", "--state", "held", "--state", "pending", "--limit", "7")
    run("dead-letters", "list", "--state", "any", "--error-code", "unreachable")
    run("tickets", "list", "--kind", "trunking", "--order-id", "o-1")
    assert [one.query for one in services.asked] == [
        {"state": ["held", "pending"], "limit": ["7"]},
        {"state": ["any"], "limit": ["100"], "error_code": ["unreachable"]},
        {"kind": ["trunking"], "order_id": ["o-1"]},
    ]


# ── what they do ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_submitted_from_a_file_or_from_standard_input(
    run: Run, services: FakeServices, tmp_path: Path
) -> None:
    services.answer("POST", "/orders", {"id": RUN_OF_ID, "external_id": "PO-1", "state": "acknowledged"}, 202)
    form = tmp_path / "order.json"
    form.write_text('{"external_id": "PO-1"}')
    assert run("orders", "submit", str(form)).stdout == f"{RUN_OF_ID}  acknowledged\n"
    assert json.loads(run("orders", "submit", "-", "--json", input='{"external_id": "PO-2"}').stdout)["id"] == RUN_OF_ID
    assert [one.body for one in services.asked] == [{"external_id": "PO-1"}, {"external_id": "PO-2"}]


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


def test_a_replay_may_carry_an_edited_form(run: Run, services: FakeServices, tmp_path: Path) -> None:
    dl_id = f"{RUN_OF_ID}-1"
    answer = {"dl_id": dl_id, "state": "replayed", "order_id": RUN_OF_ID}
    services.answer("POST", f"/dead-letters/{dl_id}/replay", answer, 202)
    form = tmp_path / "form.json"
    form.write_text('{"external_id": "PO-1"}')
    plain = run("dead-letters", "replay", dl_id, "--why", "mended")
    edited = run("dead-letters", "replay", dl_id, "--why", "mended", "--form", str(form), "--json")
    assert plain.stdout == (f"{dl_id} replayed\nFollow the order with: dialtone orders show {RUN_OF_ID} --watch\n")
    assert json.loads(edited.stdout) == answer
    assert [one.body for one in services.asked] == [
        {"why": "mended"},
        {"why": "mended", "form": {"external_id": "PO-1"}},
    ]


def test_the_replay_of_a_message_names_no_order_to_follow(run: Run, services: FakeServices) -> None:
    answer = {"dl_id": "4f7a", "state": "replayed", "order_id": "some-key"}
    services.answer("POST", "/dead-letters/4f7a/replay", answer, 202)
    assert run("dead-letters", "replay", "4f7a", "--why", "mended").stdout == "4f7a replayed\n"


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


@pytest.mark.parametrize(
    ("kind", "words", "form"),
    [
        (
            "trunking",
            ("--trunk-group", "main", "--activated-on", "2026-01-05", "--numbers-confirmed"),
            {"outcome": "done", "activated_on": "2026-01-05", "trunk_group": "main", "numbers_confirmed": True},
        ),
        ("e911", (), {"outcome": "done"}),
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


# ── the demonstration ────────────────────────────────────────────────────────────────────────────────────────────────


class NothingRuns:
    """In the place of a stack; its parts live for ever, or `lost` says how one ended."""

    def __init__(self, lost: StackError | None = None) -> None:
        self._lost = lost

    async def watch(self) -> StackError:
        if self._lost is None:
            await asyncio.Event().wait()
        assert self._lost is not None
        return self._lost


def demonstration(
    monkeypatch: pytest.MonkeyPatch, playing: Callable[[], Any], lost: StackError | None = None
) -> list[str]:
    """Replaces the stack and the play; answers what happened to the stack."""
    happened: list[str] = []

    @asynccontextmanager
    async def running(_: Any) -> AsyncIterator[NothingRuns]:
        happened.append("started")
        try:
            yield NothingRuns(lost)
        finally:
            happened.append("stopped")

    async def play(*_: Any, **__: Any) -> bool:
        await asyncio.sleep(0.01)
        return bool(playing())

    monkeypatch.setattr(cli, "running", running)
    monkeypatch.setattr(cli, "play", play)
    return happened


def raised(error: BaseException) -> Callable[[], bool]:
    def playing() -> bool:
        raise error

    return playing


def test_a_demonstration_that_went_well_exits_0(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = demonstration(monkeypatch, lambda: True)
    result = bare("demo")
    assert (result.exit_code, result.stderr) == (0, "")
    assert happened == ["started", "stopped"]


def test_a_demonstration_whose_orders_end_otherwise_exits_1(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    demonstration(monkeypatch, lambda: False)
    result = bare("demo")
    assert (result.exit_code, result.stderr) == (1, "The demonstration did not go as it should.\n")


def test_an_error_in_the_demonstration_is_one_sentence_and_the_traceback_is_in_a_file(
    bare: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    happened = demonstration(monkeypatch, raised(TimeoutError("order PO-1001 is inProgress:")))
    result = bare("demo")
    log = tmp_path / "demo" / "logs" / "demo.log"
    assert result.exit_code == 1
    assert result.stderr == f"The demonstration stopped: order PO-1001 is inProgress: (see {log})\n"
    assert "Traceback" in log.read_text()
    assert happened == ["started", "stopped"]


def test_ctrl_c_ends_the_demonstration_in_one_line(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = demonstration(monkeypatch, lambda: signal.raise_signal(signal.SIGINT))
    result = bare("demo")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted; everything that was started has been stopped.\n"
    assert happened == ["started", "stopped"]


def test_a_part_that_is_lost_ends_the_demonstration(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = demonstration(monkeypatch, lambda: True, StackError("catalog was ended by signal 9."))
    result = bare("demo")
    assert result.exit_code == 1
    assert result.stderr.startswith("The demonstration stopped: catalog was ended by signal 9. (see ")
    assert happened == ["started", "stopped"]


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_list_is_shortened() -> None:
    numbers = [f"+1212555{n:04}" for n in range(100, 162)]
    assert shortened(numbers, "numbers") == "62 numbers: +12125550100 to +12125550161"
    assert shortened(numbers[:2], "numbers") == "+12125550100, +12125550101"


def test_an_instant_of_another_day_carries_its_date() -> None:
    now = datetime.now(UTC)
    assert clock(now.isoformat()) == now.astimezone().strftime("%H:%M:%S.%f")[:-3]
    assert re.fullmatch(r"2026-01-0[456] \d\d:\d\d:00", clock(AT))
    assert clock(None) == ""
