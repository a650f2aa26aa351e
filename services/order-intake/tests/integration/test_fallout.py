"""An order whose saga failed becomes one dead letter with its whole story, and waits visibly for a person."""

from datetime import UTC, datetime

import httpx
import pytest

from contracts.orders import OrderFallout, OrderStateChanged
from order_intake.api.dead_letters import shown
from order_intake.store import dead_letters
from order_intake.store.dead_letters import DeadLetter

from ..builders import NOW
from .desk import Desk, Letter

pytestmark = pytest.mark.integration


async def letter_of(desk: Desk) -> Letter:
    (letter,) = [one for one in [*desk.seen, *await desk.published()] if one.topic == "dead-letters"]
    return letter


async def test_a_fallen_order_is_held_with_its_reason(desk: Desk, ada: httpx.AsyncClient, fallen: str) -> None:
    found = (await ada.get(f"/orders/{fallen}")).json()
    assert (found["state"], found["final"], found["ended_at"]) == ("held", False, None)
    assert found["reason"] == "price order: Nobody sells that."
    assert found["saga"] == {"name": "provision order", "version": 2, "phase": "compensated", "due": None}
    await desk.published()
    changes = [(one.state, one.reason) for one in desk.sent(OrderStateChanged)]
    assert changes == [("inProgress", ""), ("held", "price order: Nobody sells that.")]


async def test_its_dead_letter_carries_the_whole_story(desk: Desk, fallen: str) -> None:
    letter = await letter_of(desk)
    story = letter.message
    assert isinstance(story, OrderFallout)
    assert (story.order_id, story.partner_id, story.external_id, story.run) == (fallen, "p-ada", "PO-1", 1)
    assert (story.step, story.code, story.reason) == ("price order", "unknown-package", "Nobody sells that.")
    assert story.form.external_id == "PO-1"
    assert [(one.what, one.step) for one in story.story] == [
        ("started", ""),
        ("sent", "price order"),
        ("refused", "price order"),
        ("undoing", ""),
        ("everything undone", ""),
    ]
    assert letter.key == fallen.encode()


async def test_its_headers_say_what_happened(desk: Desk, fallen: str) -> None:
    told = (await letter_of(desk)).texts
    assert {name: told[name] for name in told if name.startswith("dl-") and name != "dl-failed-at"} == {
        "dl-id": f"{fallen}-1",
        "dl-service": "order-intake",
        "dl-source-topic": "saga",
        "dl-error-code": "unknown-package",
        "dl-error-message": "price order: Nobody sells that.",
        "dl-attempts": "1",
        "dl-retriable": "true",
    }
    assert datetime.fromisoformat(told["dl-failed-at"]) <= datetime.now(UTC)
    assert told["ce_type"] == OrderFallout.ce_type


async def test_its_row_and_its_record_are_the_same_letter(desk: Desk, operator: httpx.AsyncClient, fallen: str) -> None:
    letter = await letter_of(desk)
    await desk.deliver(letter.again(), letter.again())
    (row,) = (await operator.get("/dead-letters")).json()
    assert (row["dl_id"], row["kind"], row["order_id"], row["state"]) == (f"{fallen}-1", "order", fallen, "open")
    assert (row["service"], row["source_topic"], row["error_code"]) == ("order-intake", "saga", "unknown-package")
    whole = (await operator.get(f"/dead-letters/{fallen}-1")).json()
    assert OrderFallout.parse(whole["value"]) == letter.message
    assert whole["headers"] == letter.texts
    assert whole["key"] == fallen


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("?state=any", 1),
        ("?state=replayed", 0),
        ("?error_code=unknown-package", 1),
        ("?error_code=no-answer", 0),
        ("?service=order-intake", 1),
        ("?service=catalog", 0),
        ("?offset=1", 0),
    ],
)
async def test_dead_letters_are_listed_by_what_they_are(
    operator: httpx.AsyncClient, fallen: str, query: str, found: int
) -> None:
    listed = (await operator.get(f"/dead-letters{query}")).json()
    assert len(listed) == found


async def test_a_letter_is_found_by_its_order(operator: httpx.AsyncClient, fallen: str) -> None:
    assert len((await operator.get(f"/dead-letters?order_id={fallen}")).json()) == 1
    assert (await operator.get("/dead-letters?order_id=another")).json() == []


async def test_a_letter_that_does_not_exist_is_not_found(operator: httpx.AsyncClient) -> None:
    for call in ("", "/replay", "/discard"):
        method = "POST" if call else "GET"
        answer = await operator.request(method, f"/dead-letters/nothing{call}", json={"why": "Why not."})
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-dead-letter")


async def test_the_name_of_a_fallen_order_is_kept_for_its_replay(
    desk: Desk, ada: httpx.AsyncClient, fallen: str
) -> None:
    assert (await desk.account(fallen))["status"] == "ordered"
    assert (await desk.account(fallen, "Enterprise"))["status"] == "ordered"


async def test_bytes_that_nobody_could_read_are_shown_as_well_as_can_be() -> None:
    letter = DeadLetter(
        dl_id="d",
        kind="message",
        order_id=None,
        service="catalog",
        source_topic="catalog.commands",
        error_code="message-not-readable",
        error_message="",
        retriable=False,
        attempts=1,
        failed_at=NOW,
        record_key=None,
        value=b"\xff{",
        headers=[("x", b"\xfe"), ("nothing", None)],
        state="open",
        closed_at=None,
        closed_by=None,
    )
    found = shown(letter)
    assert (found["key"], found["value"], found["headers"]) == ("", "\ufffd{", {"x": "\ufffd"})
    assert "record_key" not in found


async def test_closing_a_closed_letter_changes_nothing(desk: Desk, fallen: str) -> None:
    async with desk.pool.acquire() as connection:
        assert await dead_letters.close(connection, f"{fallen}-1", "discarded", "m.alvarez")
        assert not await dead_letters.close(connection, f"{fallen}-1", "replayed", "r.chen")
    row = await desk.pool.fetchrow("SELECT state, closed_by FROM dead_letters")
    assert tuple(row) == ("discarded", "m.alvarez")
