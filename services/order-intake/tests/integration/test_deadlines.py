"""Time: what nobody answered is sent again as the same message, and nobody's trouble stops the clock of others."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.messaging import outbox
from chassis.messaging.outgoing import event
from chassis.saga import progress as progresses
from contracts.broadsoft import ProvisionGroup
from contracts.catalog import BillDelivered, OrderNotPriceable, PriceOrder
from contracts.numbers import BackorderFilled
from contracts.orders import OrderFallout
from order_intake.domain.provisioning import PROVISION_ORDER

from ..builders import NOW, PLAIN
from .desk import Desk, Letter

pytestmark = pytest.mark.integration


def ids(letters: Sequence[Letter]) -> list[str]:
    return [one.envelope.id for one in letters]


async def test_a_command_without_an_answer_is_sent_again_under_the_same_id(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    first = await desk.commands()
    again = await desk.time_out(order_id)
    assert ids(again) == ids(first)
    assert [(one.topic, one.key, one.value) for one in again] == [(one.topic, one.key, one.value) for one in first]


async def test_only_what_is_not_answered_is_sent_again(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.answer(price)
    assert ids(await desk.time_out(order_id)) == ids([reserve])


async def test_nothing_is_sent_before_its_time(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    before = await desk.row(order_id)
    await desk.wake()
    assert await desk.published() == []
    assert await desk.row(order_id) == before


async def test_a_clock_of_the_database_that_is_ahead_makes_nobody_run_in_circles(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    await desk.pool.execute("UPDATE orders SET due = now() - interval '1 second'")
    await asyncio.wait_for(desk.wake(), 5)
    assert await desk.published() == []
    assert await desk.state(order_id) == "acknowledged"


async def test_each_wait_is_longer_than_the_last(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.time_out(order_id)
    row = await desk.row(order_id)
    step = progresses.decode(row["progress"]).steps["price order"]
    assert step.tries == 2
    assert step.due == await desk.due(order_id)
    assert step.due - row["updated_at"] > timedelta(seconds=115)


async def test_after_its_last_try_everything_is_undone_the_silent_step_too(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    asked = await desk.carry_on(until=ProvisionGroup)
    await desk.answer(*(one for one in asked if not isinstance(one.message, ProvisionGroup)))
    await desk.commands()
    tries = PROVISION_ORDER.step("provision group").tries
    for _ in range(tries - 1):
        assert [type(one.message) for one in await desk.time_out(order_id)] == [ProvisionGroup]
    undos = await desk.time_out(order_id)
    assert [(one.texts["ce_step"], one.texts["ce_direction"]) for one in undos] == [
        ("provision group", "undo"),
        ("open tickets", "undo"),
    ]
    await desk.answer(*undos)
    await desk.carry_on()
    (fallout,) = desk.sent(OrderFallout)
    assert (fallout.code, fallout.step) == ("no-answer", "provision group")
    assert fallout.reason == f"no answer to 'provision group' after {tries} tries"


async def test_past_the_pivot_nobody_gives_up(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (billing,) = await desk.carry_on(until=BillDelivered)
    for _ in range(8):
        assert ids(await desk.time_out(order_id)) == [billing.envelope.id]
    await desk.answer(billing)
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_an_answer_to_a_message_that_was_sent_twice_counts_once(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    (again,) = await desk.time_out(order_id)
    await desk.answer(price)
    next_commands = await desk.commands()
    await desk.answer(again)
    assert await desk.published() == []
    assert [type(one.message).__name__ for one in next_commands] == ["ProvisionGroup", "OpenTickets"]


async def test_all_that_is_due_is_woken_at_once(desk: Desk, ada: httpx.AsyncClient) -> None:
    orders = [await desk.submit(ada, external_id=f"PO-{n}", enterprise=f"Harbor {n}") for n in range(4)]
    await desk.published()
    for order_id in orders:
        await desk.overdue(order_id)
    await desk.wake()
    assert [one.message.order_id for one in await desk.commands()] == orders


@pytest.mark.parametrize("column", ["progress", "subject"])
async def test_an_order_that_cannot_be_read_keeps_no_other_waiting(
    desk: Desk, ada: httpx.AsyncClient, column: str
) -> None:
    broken = await desk.submit(ada, external_id="PO-1", enterprise="Broken")
    sound = await desk.submit(ada, external_id="PO-2", enterprise="Sound")
    await desk.published()
    await desk.overdue(broken)
    await desk.overdue(sound)
    await desk.pool.execute(f"UPDATE orders SET {column} = '{{}}' WHERE order_id = $1", broken)
    await desk.wake()
    assert [one.message.order_id for one in await desk.commands()] == [sound]


async def test_a_run_of_a_definition_that_nobody_knows_keeps_no_other_waiting(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    newer = await desk.submit(ada, external_id="PO-1", enterprise="Newer")
    known = await desk.submit(ada, external_id="PO-2", enterprise="Known")
    await desk.published()
    await desk.overdue(newer)
    await desk.overdue(known)
    sql = """UPDATE orders SET progress = replace(progress, '"version":2', '"version":99') WHERE order_id = $1"""
    await desk.pool.execute(sql, newer)
    await desk.wake()
    assert [one.message.order_id for one in await desk.commands()] == [known]


async def test_an_undo_that_is_not_answered_is_sent_again_under_the_same_id(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.answer(reserve)
    await desk.refuse(price, OrderNotPriceable)
    (undo,) = await desk.commands()
    (again,) = await desk.time_out(order_id)
    assert undo.envelope.id == again.envelope.id == f"{order_id}:1:reserve-numbers:undo:1"


async def test_a_broker_that_lost_everything_only_costs_time(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    for _ in range(20):
        await desk.published()  # lost
        found = await desk.time_out(order_id)
        if not found:
            break
        await desk.answer(*found)
    assert await desk.state(order_id) == "completed"
    assert len([one for one in desk.seen if isinstance(one.message, PriceOrder)]) == 2


async def stuck_since_an_hour(desk: Desk, key: str) -> None:
    news = BackorderFilled(order_id=key, partner_id="p-ada", run=1, numbers=(), filled_at=NOW)
    async with desk.pool.acquire() as connection:
        await outbox.write(connection, [event(news, "order-intake", NOW)])
        await connection.execute("UPDATE outbox SET created_at = now() - interval '1 hour'")


async def test_no_deadline_counts_while_the_order_cannot_send(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    await desk.overdue(order_id)
    await stuck_since_an_hour(desk, order_id)
    await desk.wake()
    assert await desk.commands() == []
    await desk.overdue(order_id)
    assert [type(one.message) for one in await desk.time_out(order_id)] == [PriceOrder]


async def test_a_message_that_never_goes_stops_the_clock_of_its_own_shard_only(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    await desk.overdue(order_id)
    elsewhere = next(str(n) for n in range(100) if outbox.shard(str(n).encode()) != outbox.shard(order_id.encode()))
    await stuck_since_an_hour(desk, elsewhere)
    await desk.wake()
    sent = [one for one in await desk.published() if one.key == order_id.encode()]
    assert [type(one.message) for one in sent] == [PriceOrder]


async def test_no_deadline_counts_while_its_answer_may_lie_unread(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    first = await desk.commands()
    desk.ear.behind = timedelta(minutes=1)
    for _ in range(10):  # more often than the step is sent at most
        assert await desk.time_out(order_id) == []
    assert (await desk.row(order_id))["phase"] == "running"
    desk.ear.behind = timedelta(0)
    assert ids(await desk.time_out(order_id)) == ids(first)


async def test_no_deadline_counts_before_anybody_knows_what_was_read(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    desk.ear.behind = None
    assert await desk.time_out(order_id) == []


async def test_a_backlog_delays_deadlines_by_its_length_and_no_further(desk: Desk, ada: httpx.AsyncClient) -> None:
    """Under a lag that never ends a silent step is sent again all the same."""
    order_id = await desk.submit(ada)
    first = await desk.commands()
    desk.ear.behind = timedelta(milliseconds=500)  # deadlines of `time_out` have passed for a second
    assert ids(await desk.time_out(order_id)) == ids(first)


async def test_no_deadline_counts_while_its_participant_has_not_read_the_command(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    desk.ear.deaf = {price.topic}
    assert ids(await desk.time_out(order_id)) == ids([reserve])
    await desk.answer(reserve)
    for _ in range(10):
        assert await desk.time_out(order_id) == []
    row = await desk.row(order_id)
    assert (row["phase"], progresses.decode(row["progress"]).steps["price order"].tries) == ("running", 1)
    desk.ear.deaf = set()
    assert ids(await desk.time_out(order_id)) == ids([price])


async def test_an_order_that_waits_for_a_deaf_participant_makes_nobody_run_in_circles(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    desk.ear.deaf = {price.topic}
    await desk.overdue(order_id)
    await asyncio.wait_for(desk.wake(), 5)
    assert (await desk.row(order_id))["due"] > datetime.now(UTC)
