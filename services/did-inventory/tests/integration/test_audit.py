"""What did-inventory shows to whoever checks the invariants."""

from typing import Any

import pytest

from chassis.errors import Transient
from chassis.messaging.boundary import Boundary
from chassis.runtime.database import Pool
from contracts.numbers import AssignNumbers, ReleaseNumbers
from did_inventory.settings import Settings

from .inventory import FIRST, SECOND, THIRD, choose, deliver, stock, want

NUMBERS = "SELECT * FROM audit_numbers ORDER BY number"
BACKORDERS = "SELECT * FROM audit_backorders ORDER BY backorder_id"
MESSAGES = "SELECT place, key, topic, cause FROM audit_messages ORDER BY place, key, topic, since"
WAITING = "SELECT key, topic, cause FROM audit_messages WHERE place = 'waiting' ORDER BY key, since"


class StockBusy(Transient):
    """The stock is busy."""

    code = "stock-busy"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"in_place_seconds": 0})


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Whoever reserves fails, until `undo` is called."""

    async def fails(*_: Any) -> None:
        raise StockBusy

    monkeypatch.setattr("did_inventory.store.numbers.chosen", fails)
    return monkeypatch


async def shown(pool: Pool, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(query)]


async def test_numbers_are_shown_with_who_has_them_and_free_ones_are_not(pool: Pool, boundary: Boundary) -> None:
    await stock(pool, FIRST, SECOND, THIRD)
    await deliver(boundary, choose("o-1", FIRST), choose("o-2", SECOND))
    await deliver(boundary, AssignNumbers(order_id="o-2", run=1, customer_id="c-2"), step="assign")
    assert await shown(pool, NUMBERS) == [
        (FIRST, "reserved", "o-1", 1, None, False, False, "p-1"),
        (SECOND, "assigned", "o-2", 1, "c-2", False, False, "p-1"),
    ]
    await deliver(boundary, ReleaseNumbers(order_id="o-1", run=1), direction="undo")
    assert await shown(pool, NUMBERS) == [(SECOND, "assigned", "o-2", 1, "c-2", False, False, "p-1")]


async def test_backorders_are_shown_with_what_they_miss_and_those_taken_back_too(
    pool: Pool, boundary: Boundary
) -> None:
    await stock(pool, FIRST)
    await deliver(boundary, choose("owner", FIRST), want("gone", 1), want("o-1", 2))
    await deliver(boundary, ReleaseNumbers(order_id="gone", run=1), direction="undo")
    assert await shown(pool, BACKORDERS) == [
        (1, "gone", 1, "p-1", 1, 1, True),
        (2, "o-1", 1, "p-1", 2, 2, False),
    ]
    await deliver(boundary, ReleaseNumbers(order_id="owner", run=1), direction="undo")
    assert await shown(pool, BACKORDERS) == [
        (1, "gone", 1, "p-1", 1, 1, True),
        (2, "o-1", 1, "p-1", 2, 1, False),
    ]
    assert await shown(pool, NUMBERS) == [(FIRST, "reserved", "o-1", 1, None, True, False, "p-1")]


async def test_messages_are_shown_until_they_are_sent(pool: Pool, boundary: Boundary) -> None:
    await stock(pool, FIRST)
    await deliver(boundary, choose("o-1", FIRST))
    assert await shown(pool, MESSAGES) == [("outbox", "o-1", "orders.replies", "not sent")]
    await deliver(boundary, want("o-2", 1))
    await deliver(boundary, ReleaseNumbers(order_id="o-1", run=1), direction="undo")
    assert await shown(pool, MESSAGES) == [
        ("outbox", "o-1", "orders.replies", "not sent"),
        ("outbox", "o-1", "orders.replies", "not sent"),
        ("outbox", "o-2", "numbers.events", "not sent"),
        ("outbox", "o-2", "numbers.events", "not sent"),
        ("outbox", "o-2", "orders.replies", "not sent"),
    ]
    await pool.execute("DELETE FROM outbox")
    assert await shown(pool, MESSAGES) == []


@pytest.mark.usefixtures("busy")
async def test_a_message_that_waits_is_shown_with_its_error_and_those_behind_it_as_queued(
    pool: Pool, boundary: Boundary
) -> None:
    await deliver(boundary, choose("o-1", FIRST))
    await deliver(boundary, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"), step="assign")
    assert await shown(pool, MESSAGES) == [
        ("waiting", "o-1", "numbers.commands", "stock-busy"),
        ("waiting", "o-1", "numbers.commands", "queued"),
    ]


@pytest.mark.usefixtures("busy")
async def test_a_message_that_was_not_tried_is_shown_as_due_in_hand_or_behind_others_and_else_has_no_cause(
    pool: Pool, boundary: Boundary
) -> None:
    """Without a cause nothing explains why it waits. A message of another order that fails is no explanation."""
    await deliver(boundary, choose("o-0", FIRST))
    await deliver(boundary, choose("o-1", FIRST))
    await deliver(boundary, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"), step="assign")
    await pool.execute("DELETE FROM waiting WHERE key = 'o-1' AND error_code IS NOT NULL")
    for changed, causes in (
        ("retry_at = now()", ["stock-busy", "due"]),
        ("retry_at = now() - interval '1 minute'", ["stock-busy", None]),
        ("held_until = now() + interval '1 minute' WHERE key = 'o-0'", ["in hand", "others are in hand"]),
        ("held_until = now() - interval '1 second'", ["stock-busy", None]),
    ):
        await pool.execute(f"UPDATE waiting SET {changed}")
        assert await shown(pool, WAITING) == [
            (f"o-{number}", "numbers.commands", cause) for number, cause in enumerate(causes)
        ]


async def test_what_has_waited_is_shown_no_longer_once_it_has_its_outcome(
    pool: Pool, boundary: Boundary, busy: pytest.MonkeyPatch
) -> None:
    await stock(pool, FIRST)
    await deliver(boundary, choose("o-1", FIRST))
    await deliver(boundary, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"), step="assign")
    busy.undo()
    await pool.execute("UPDATE waiting SET retry_at = now()")
    await boundary.workers.key("o-1")
    assert await shown(pool, WAITING) == []
    assert await shown(pool, NUMBERS) == [(FIRST, "assigned", "o-1", 1, "c-1", False, False, "p-1")]
