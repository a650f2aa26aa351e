"""Two replicas of the service at one BroadWorks, which is slow, and one of them may freeze in mid-conversation."""

import asyncio

import pytest

from chassis.messaging.boundary import Boundary
from contracts.broadsoft import GroupProvisioned, GroupRemoved, ProvisionGroup, ProvisioningRefused, RemoveGroup
from contracts.errors import StepAlreadyUndone
from testkit.delivery import deliver
from testkit.time import eventually

from .bench import Bench, Order, do, undo

pytestmark = pytest.mark.integration
SHORT = 0.4  # seconds of a turn; those of the first replica, which hears nothing, are kept up by nobody


async def until_arrived(bench: Bench, command: str) -> None:
    async def arrived() -> bool:
        return await bench.arrived(command) > 0

    await eventually(arrived)


async def short_of_breath(bench: Bench) -> Boundary:
    """A replica that others take for dead soon after it has said something last."""
    return await bench.boundary(broadworks_turn_seconds=SHORT, waiting_in_hand_seconds=SHORT)


async def side_by_side(bench: Bench, *work: tuple[Boundary, object]) -> None:
    await asyncio.gather(*(deliver(boundary, [record]) for boundary, record in work))  # type: ignore[list-item]


@pytest.mark.parametrize(
    "command", ["SystemDomainAddRequest", "GroupAddRequest", "UserAddRequest22V2", "UserServiceAssignListRequest"]
)
async def test_a_thawed_replica_does_not_undo_the_undo(bench: Bench, order: Order, command: str) -> None:
    frozen, other = await short_of_breath(bench), await bench.boundary()
    await bench.fault("hold", command, times=1)
    building = asyncio.create_task(deliver(frozen, [do(order())]))
    await until_arrived(bench, command)
    await other.handle([undo(RemoveGroup(order_id="o-1", run=1))])
    await bench.until_nothing_waits(other)
    (removed,) = await bench.published()
    assert isinstance(removed.message, GroupRemoved)
    assert removed.message.effects > 0
    await bench.clear()  # it wakes up
    await building
    assert (await bench.states(), await bench.enterprises()) == ({"undone"}, {})
    await frozen.workers.key("o-1")
    assert [type(sent.message) for sent in await bench.published()] in ([], [StepAlreadyUndone])
    assert (await bench.states(), await bench.enterprises(), await bench.waiting()) == ({"undone"}, {}, [])


async def test_a_thawed_replica_goes_on_where_another_has_finished(bench: Bench, order: Order) -> None:
    frozen, other = await short_of_breath(bench), await bench.boundary()
    await bench.fault("hold", "GroupAddRequest", times=1)
    building = asyncio.create_task(deliver(frozen, [do(order())]))
    await until_arrived(bench, "GroupAddRequest")
    await bench.until_nothing_waits(other)
    (built,) = await bench.published()
    await bench.clear()  # it wakes up
    await building
    assert isinstance(built.message, GroupProvisioned)
    assert await bench.published() == []
    assert (await bench.states(), await bench.arrived("GroupAddRequest")) == ({"done"}, 1)


async def test_a_do_that_was_on_its_way_begins_nothing_after_its_undo(bench: Bench, order: Order) -> None:
    parts = await bench.compose()
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    provision = parts.service.handlers[ProvisionGroup].outside
    assert provision is not None
    refused = await provision(order())
    assert isinstance(refused, ProvisioningRefused)
    assert refused.code == "already-undone"
    assert (await bench.entries(), await bench.enterprises()) == (0, {})
    assert isinstance(await provision(order(run=2)), GroupProvisioned)


async def test_more_for_one_group_by_two_replicas_gets_extensions_of_its_own(bench: Bench, order: Order) -> None:
    await bench.deliver(do(order()))
    await bench.fault("latency", seconds=0.02)
    standing = order().group.model_copy(update={"new": False})
    more = [order(f"o-{n}", new_enterprise=False, first=200 + 10 * n) for n in range(2, 8)]
    more = [one.model_copy(update={"group": standing}) for one in more]
    one, two = await bench.boundary(), await bench.boundary()
    await side_by_side(bench, *((boundary, do(each)) for each, boundary in zip(more, [one, two] * 3, strict=True)))
    replies = await bench.published()
    assert [type(sent.message) for sent in replies] == [GroupProvisioned] * 6, replies
    users = (await bench.enterprises())["ACME"]["groups"]["HQ"]["users"]
    assert len({user["extension"] for user in users.values()}) == len(users) == 14


async def test_what_an_interrupted_order_has_planned_stays_its_own(bench: Bench, order: Order) -> None:
    """Nothing of it is in BroadWorks yet, and its turn is over: another order comes between."""
    await bench.deliver(do(order()))
    standing = order().group.model_copy(update={"new": False})
    first, second = (
        order(f"o-{n}", new_enterprise=False, first=200 + 10 * n).model_copy(update={"group": standing}) for n in (2, 3)
    )
    await bench.fault("html-503", "UserAddRequest22V2")
    interrupted = await bench.boundary(waiting_first_delay=3600)
    await deliver(interrupted, [do(first)])
    assert (await bench.states("o-2"), await bench.waiting()) == ({"intended", "done"}, ["o-2:1:provision group:do:1"])
    await bench.clear()
    (built,) = await bench.deliver(do(second))
    await bench.pool.execute("UPDATE waiting SET retry_at = now()")
    await bench.until_nothing_waits(await bench.boundary())
    (resumed,) = await bench.published()
    assert isinstance(built.message, GroupProvisioned)
    assert isinstance(resumed.message, GroupProvisioned), resumed
    assert not {user.user_id for user in built.message.users} & {user.user_id for user in resumed.message.users}
    users = (await bench.enterprises())["ACME"]["groups"]["HQ"]["users"]
    assert len(users) == 6


@pytest.mark.parametrize("shared", ["a domain", "an enterprise"])
async def test_what_one_replica_takes_back_another_does_not_rely_on_meanwhile(
    bench: Bench, order: Order, shared: str
) -> None:
    """Orders come while what they would share is taken back, by another replica: all of them are built."""
    one, two = await bench.boundary(), await bench.boundary()
    for round_ in range(6):
        first, enterprise = f"first-{round_}", f"E{round_}"
        await bench.deliver(do(order(first, enterprise=enterprise, first=200)))
        if shared == "a domain":
            wanted = order(f"next-{round_}", enterprise=f"F{round_}", first=300)
            group = wanted.group.model_copy(update={"domain": f"{enterprise.lower()}.example"})
            wanted = wanted.model_copy(update={"group": group})
        else:
            wanted = order(f"next-{round_}", enterprise=enterprise, group="BRANCH", new_enterprise=False, first=300)
        await bench.fault("latency", seconds=0.01 * (1 + round_))
        await side_by_side(bench, (one, undo(RemoveGroup(order_id=first, run=1))), (two, do(wanted)))
        replies = {sent.message.order_id: sent.message for sent in await bench.published()}  # type: ignore[attr-defined]
        await bench.clear()
        assert isinstance(replies[first], GroupRemoved)
        assert isinstance(replies[wanted.order_id], GroupProvisioned | ProvisioningRefused), replies
        refused = replies[wanted.order_id]
        if isinstance(refused, ProvisioningRefused):  # the enterprise went before it was looked for
            assert (shared, refused.code) == ("an enterprise", "enterprise-missing")
        await bench.deliver(undo(RemoveGroup(order_id=wanted.order_id, run=1)))
        await bench.deliver(undo(RemoveGroup(order_id=first, run=1), attempt=2))
        assert await bench.enterprises() == {}
