"""What the runs say in numbers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from contracts.catalog import OrderNotPriceable
from contracts.orders import E911
from order_intake import measures
from order_intake.store.counts import LATEST, EndedOrders

from .desk import Desk, body

pytestmark = pytest.mark.integration
SAGA = {"saga": "provision order"}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Since:
    """How much each number grew since it was made."""

    def __init__(self, *numbers: tuple[str, dict[str, str]]) -> None:
        self._numbers = numbers
        self._before = [value(name, **labels) for name, labels in numbers]

    def grew(self) -> list[float]:
        now = [value(name, **labels) for name, labels in self._numbers]
        return [after - before for after, before in zip(now, self._before, strict=True)]


def step(name: str, outcome: str) -> tuple[str, dict[str, str]]:
    return "saga_step_duration_seconds_count", {**SAGA, "step": name, "outcome": outcome}


def finished(outcome: str) -> tuple[str, dict[str, str]]:
    return "saga_finished_total", {**SAGA, "outcome": outcome}


STARTED = ("saga_started_total", SAGA)


async def test_a_run_is_counted_from_its_start_to_its_end(desk: Desk, ada: httpx.AsyncClient) -> None:
    since = Since(STARTED, finished("completed"), finished("compensated"), step("price order", "ok"))
    await desk.submit(ada)
    assert since.grew() == [1, 0, 0, 0]
    await desk.carry_on()
    assert since.grew() == [1, 1, 0, 1]


async def test_a_refused_run_and_a_cancelled_run_end_otherwise(desk: Desk, ada: httpx.AsyncClient, fallen: str) -> None:
    since = Since(finished("compensated"), finished("cancelled"), step("price order", "undone"))
    other = await desk.submit(ada, external_id="PO-2", enterprise="Other")
    await ada.post(f"/orders/{other}/cancel", json={"reason": "No."})
    await desk.published()
    await desk.answer(next(one for one in desk.seen if one.texts["ce_id"] == f"{other}:1:price-order:undo:1"))
    assert since.grew() == [0, 1, 1]


async def test_a_replay_counts_the_steps_of_its_own_run_only(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.published()
    total = ("saga_step_duration_seconds_sum", {**SAGA, "step": "price order", "outcome": "refused"})
    since = Since(STARTED, step("price order", "refused"), step("price order", "ok"), total)
    await operator.post(f"/dead-letters/{fallen}-1/replay", json={"why": "Again."})
    assert since.grew() == [1, 0, 0, 0]
    await desk.carry_on()
    assert since.grew() == [1, 0, 1, 0]


async def test_submissions_are_counted_by_what_became_of_them(desk: Desk, ada: httpx.AsyncClient) -> None:
    since = Since(
        *(
            ("orders_submitted_total", {"channel": "http", "outcome": outcome})
            for outcome in ("accepted", "repeated", "refused")
        )
    )
    same = body()
    for form in (same, same, body(notes="Other."), body(external_id="PO-2", items=())):
        await ada.post("/orders", content=form)
    assert since.grew() == [1, 1, 2]


async def test_the_gauges_tell_what_is_in_flight_and_what_waits_for_a_person(
    desk: Desk, ada: httpx.AsyncClient, fallen: str
) -> None:
    pending = await desk.submit(ada, external_id="PO-2", enterprise="Two", e911=E911())
    await desk.submit(ada, external_id="PO-3", enterprise="Three")
    await desk.carry_on()
    await desk.submit(ada, external_id="PO-4", enterprise="Four")
    await measures.measure(desk.pool, EndedOrders())
    states = {state: value("orders", state=state) for state in measures.STATES}
    assert {state: count for state, count in states.items() if count} == {
        "acknowledged": 1,
        "pending": 1,
        "held": 1,
        "completed": 1,
    }
    assert value("saga_in_flight", **SAGA, state="running") == 2
    assert value("dead_letters_open", service="order-intake") == 1
    oldest = (await desk.row(pending))["submitted_at"].timestamp()
    assert value("saga_oldest_started_timestamp_seconds", **SAGA) == pytest.approx(oldest)


async def test_what_is_gone_is_zero_and_not_what_it_was(desk: Desk, fallen: str) -> None:
    await measures.measure(desk.pool, EndedOrders())
    await desk.pool.execute("DELETE FROM orders")
    await desk.pool.execute("DELETE FROM dead_letters")
    await measures.measure(desk.pool, EndedOrders())
    assert value("orders", state="held") == 0
    assert value("dead_letters_open", service="order-intake") == 0
    assert value("saga_oldest_started_timestamp_seconds", **SAGA) == 0


async def test_a_letter_that_is_closed_is_counted(operator: httpx.AsyncClient, desk: Desk, fallen: str) -> None:
    since = Since(
        *(
            ("dead_letters_replayed_total", {"service": "order-intake", "outcome": one})
            for one in ("replayed", "discarded")
        )
    )
    await operator.post(f"/dead-letters/{fallen}-1/discard", json={"why": "Gone."})
    assert since.grew() == [0, 1]


def test_a_healthy_system_shows_zero_and_not_nothing() -> None:
    measures.initialise()
    shown: dict[str, Any] = {
        name: REGISTRY.get_sample_value(name, labels)
        for name, labels in (STARTED, finished("completed"), step("close tickets", "timed_out"))
    }
    assert None not in shown.values()


async def test_what_was_rolled_back_is_not_counted(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada)
    (price,) = await desk.commands()
    since = Since(finished("compensated"), step("price order", "refused"))
    await desk.pool.execute("ALTER TABLE dead_letters RENAME TO away")
    try:
        await desk.refuse(price, OrderNotPriceable)
    finally:
        await desk.pool.execute("ALTER TABLE away RENAME TO dead_letters")
    assert since.grew() == [0, 0]


async def test_orders_that_have_ended_are_counted_once(desk: Desk, ada: httpx.AsyncClient) -> None:
    ended = EndedOrders()
    assert await ended.count(desk.pool) == {}
    for number, age in enumerate((timedelta(0), LATEST / 2, 2 * LATEST)):
        order_id = await desk.submit(ada, external_id=f"PO-{number}", enterprise=f"Harbor {number}")
        await desk.carry_on()
        assert await ended.count(desk.pool) == {"completed": number + 1}
        aged = "UPDATE orders SET ended_at = ended_at - $2::interval WHERE order_id = $1"
        await desk.pool.execute(aged, order_id, age)
    fresh = EndedOrders()
    assert [await fresh.count(desk.pool) for _ in range(3)] == [{"completed": 3}] * 3


async def test_what_is_settled_is_not_read_again(desk: Desk, ada: httpx.AsyncClient) -> None:
    ended = EndedOrders()
    await desk.submit(ada)
    await desk.carry_on()
    await desk.pool.execute("UPDATE orders SET ended_at = ended_at - $1::interval", 2 * LATEST)
    assert await ended.count(desk.pool) == {"completed": 1}
    await desk.pool.execute("DELETE FROM orders")
    assert await ended.count(desk.pool) == {"completed": 1}
