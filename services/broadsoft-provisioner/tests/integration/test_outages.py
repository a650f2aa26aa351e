"""BroadWorks goes away and comes back: orders wait, others flow, and nothing is built twice or left behind."""

import asyncio

import pytest

from contracts.broadsoft import GroupProvisioned, GroupRemoved, RemoveGroup
from contracts.errors import CommandFailed, StepAlreadyUndone
from testkit.delivery import deliver
from testkit.time import eventually

from .bench import Bench, Order, do, undo

pytestmark = pytest.mark.integration
WAITING = "o-1:1:provision group:do:1"
AWAY = "empty-503"


async def test_an_outage_keeps_the_orders_it_meets_waiting_and_afterwards_they_are_built(
    bench: Bench, order: Order
) -> None:
    boundary = await bench.boundary()
    await bench.fault(AWAY)
    await deliver(
        boundary,
        [do(order()), do(order("o-2", enterprise="OTHER", first=200)), undo(RemoveGroup(order_id="o-3", run=1))],
    )
    assert [sent.message for sent in await bench.published()] == [GroupRemoved(order_id="o-3", run=1, effects=0)]
    assert len(await bench.waiting()) == 2
    await boundary.workers.key("o-1")
    assert WAITING in await bench.waiting()
    await bench.clear()
    await asyncio.gather(boundary.workers.key("o-1"), boundary.workers.key("o-2"))
    replies = await bench.published()
    assert {sent.message.order_id for sent in replies} == {"o-1", "o-2"}
    assert all(isinstance(sent.message, GroupProvisioned) for sent in replies)
    assert (await bench.waiting(), sorted(await bench.enterprises())) == ([], ["ACME", "OTHER"])


async def test_an_outage_that_concerns_one_enterprise_does_not_stop_the_others(bench: Bench, order: Order) -> None:
    await bench.fault(AWAY, match={"serviceProviderId": "ACME"})
    (sent,) = await bench.deliver(do(order()), do(order("o-2", enterprise="OTHER", first=200)))
    assert isinstance(sent.message, GroupProvisioned)
    assert (sent.message.order_id, await bench.waiting()) == ("o-2", [WAITING])


@pytest.mark.parametrize("command", ["SystemDomainAddRequest", "GroupAddRequest", "UserServiceAssignListRequest"])
async def test_an_order_that_was_cut_off_goes_on_where_it_stood(bench: Bench, order: Order, command: str) -> None:
    await bench.fault(AWAY, command)
    assert await bench.deliver(do(order())) == []
    assert (await bench.waiting(), "intended" in await bench.states()) == ([WAITING], True)
    await bench.clear()
    await (await bench.boundary()).workers.key("o-1")  # by a process that was not there before
    (sent,) = await bench.published()
    assert isinstance(sent.message, GroupProvisioned)
    assert (sent.message.effects, await bench.states()) == (await bench.entries(), {"done"})
    assert len((await bench.enterprises())["ACME"]["groups"]["HQ"]["users"]) == 2


async def test_the_undo_overtakes_the_do_that_waits_and_takes_back_its_beginning(bench: Bench, order: Order) -> None:
    await bench.fault(AWAY, "GroupAddRequest")
    await bench.deliver(do(order()))
    assert list(await bench.enterprises()) == ["ACME"]
    await bench.clear()
    (removed,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert isinstance(removed.message, GroupRemoved)
    assert removed.message.effects > 0
    assert (await bench.waiting(), await bench.enterprises()) == ([], {})
    await (await bench.boundary()).workers.key("o-1")
    (late,) = await bench.deliver(do(order(), attempt=2))
    assert isinstance(late.message, StepAlreadyUndone)
    assert await bench.enterprises() == {}


async def test_an_undo_that_meets_the_outage_waits_for_its_end(bench: Bench, order: Order) -> None:
    (built,) = await bench.deliver(do(order()))
    assert isinstance(built.message, GroupProvisioned)
    await bench.fault(AWAY)
    assert await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1))) == []
    assert await bench.states() == {"done"}
    await bench.clear()
    await (await bench.boundary()).workers.key("o-1")
    (removed,) = await bench.published()
    assert removed.message == GroupRemoved(order_id="o-1", run=1, effects=built.message.effects)
    assert (await bench.waiting(), await bench.enterprises()) == ([], {})


async def test_an_outage_without_end_is_told_to_the_saga_and_the_undo_still_cleans_up(
    bench: Bench, order: Order
) -> None:
    boundary = await bench.boundary(waiting_attempts=2)
    await bench.fault(AWAY, "UserAddRequest22V2")
    await deliver(boundary, [do(order())])
    await boundary.workers.key("o-1")
    (sent,) = await bench.published()
    assert isinstance(sent.message, CommandFailed)
    assert (sent.message.code, await bench.waiting()) == ("broadworks-overloaded", [])
    (removed,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert isinstance(removed.message, GroupRemoved)
    assert await bench.enterprises() == {}


async def test_a_process_that_dies_while_it_builds_is_followed_by_one_that_finishes(bench: Bench, order: Order) -> None:
    await bench.fault("latency", "UserAddRequest22V2", seconds=5.0)
    killed = await bench.boundary(waiting_in_hand_seconds=0.3)
    await killed.handle([do(order())])
    dying = asyncio.create_task(killed.workers.key("o-1"))

    async def the_group_is_there() -> bool:
        return bool(await bench.arrived("UserAddRequest22V2"))

    await eventually(the_group_is_there)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    assert (await bench.published(), await bench.waiting()) == ([], [WAITING])
    await bench.clear()
    await bench.until_nothing_waits(await bench.boundary())
    (sent,) = await bench.published()
    assert isinstance(sent.message, GroupProvisioned)
    assert (sent.message.effects, await bench.states()) == (await bench.entries(), {"done"})
    assert len((await bench.enterprises())["ACME"]["groups"]["HQ"]["users"]) == 2
