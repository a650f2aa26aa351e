"""Commands as they come from Kafka, replies as they go out, and what is in BroadWorks in between."""

import pytest

from broadsoft_provisioner.store import workplaces
from contracts.broadsoft import (
    AddNumbers,
    GroupProvisioned,
    GroupRemoved,
    NumbersAdded,
    ProvisioningRefused,
    RemoveGroup,
)
from contracts.errors import StepAlreadyUndone

from .bench import Bench, Order, do, undo

pytestmark = pytest.mark.integration
ADD = "add backordered numbers"
LATER = AddNumbers(order_id="o-1", run=1, service_provider_id="ACME", group_id="HQ", numbers=("+12025550190",))


async def provisioned(bench: Bench, order: Order, order_id: str = "o-1", **more: object) -> GroupProvisioned:
    (sent,) = await bench.deliver(do(order(order_id, **more)))
    assert isinstance(sent.message, GroupProvisioned), sent.message
    return sent.message


async def test_a_group_is_built_answered_and_entered_in_the_ledger(bench: Bench, order: Order) -> None:
    (sent,) = await bench.deliver(do(order()))
    reply = sent.message
    assert isinstance(reply, GroupProvisioned)
    assert (sent.id, reply.service_provider_id, reply.group_id) == ("o-1:1:provision group:do:1:reply", "ACME", "HQ")
    assert [(user.extension, user.number) for user in reply.users] == [
        ("1001", "+12025550100"),
        ("1002", "+12025550101"),
    ]
    assert (await bench.states(), await bench.entries()) == ({"done"}, reply.effects)
    assert set((await bench.enterprises())["ACME"]["groups"]["HQ"]["users"]) == {user.user_id for user in reply.users}
    assert await workplaces.of_order(bench.pool, "o-1") == ("ACME", "HQ")


async def test_the_same_message_again_gets_the_same_reply_and_builds_nothing(bench: Bench, order: Order) -> None:
    first = await bench.deliver(do(order()))
    before = await bench.enterprises()
    assert await bench.deliver(do(order()), do(order())) == first * 2
    assert await bench.enterprises() == before
    assert await bench.arrived("GroupAddRequest") == 1


async def test_another_attempt_answers_from_the_ledger_and_builds_nothing(bench: Bench, order: Order) -> None:
    first = await provisioned(bench, order)
    (again,) = await bench.deliver(do(order(), attempt=2))
    assert again.message == first
    assert (await bench.arrived("GroupAddRequest"), await bench.entries()) == (1, first.effects)


async def test_a_removed_group_leaves_nothing_behind(bench: Bench, order: Order) -> None:
    built = await provisioned(bench, order)
    (sent,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert sent.message == GroupRemoved(order_id="o-1", run=1, effects=built.effects)
    assert (await bench.states(), await bench.enterprises()) == ({"undone"}, {})
    assert await bench.pool.fetchval("SELECT count(*) FROM uses") == 0


async def test_another_attempt_to_remove_finds_nothing_left(bench: Bench, order: Order) -> None:
    await provisioned(bench, order)
    command = RemoveGroup(order_id="o-1", run=1)
    await bench.deliver(undo(command))
    (again,) = await bench.deliver(undo(command, attempt=2))
    assert again.message == GroupRemoved(order_id="o-1", run=1, effects=0)


async def test_an_order_that_never_began_is_removed_without_a_word_to_broadworks(bench: Bench) -> None:
    await bench.fault("empty-503")
    (sent,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert sent.message == GroupRemoved(order_id="o-1", run=1, effects=0)


async def test_a_do_that_comes_after_its_undo_does_nothing(bench: Bench, order: Order) -> None:
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    (late,) = await bench.deliver(do(order()))
    assert isinstance(late.message, StepAlreadyUndone)
    assert (await bench.entries(), await bench.enterprises()) == (0, {})


async def test_a_new_attempt_after_the_undo_builds_nothing_again(bench: Bench, order: Order) -> None:
    await provisioned(bench, order)
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    (late,) = await bench.deliver(do(order(), attempt=2))
    assert isinstance(late.message, StepAlreadyUndone)
    assert (await bench.states(), await bench.enterprises()) == ({"undone"}, {})


async def test_a_do_whose_undo_is_there_already_is_not_begun(bench: Bench, order: Order) -> None:
    (removed,) = await bench.deliver(do(order()), undo(RemoveGroup(order_id="o-1", run=1)))
    assert removed.message == GroupRemoved(order_id="o-1", run=1, effects=0)
    assert (await bench.enterprises(), await bench.arrived("GroupAddRequest")) == ({}, 0)


async def test_a_refusal_is_a_reply_and_the_undo_cleans_up_what_was_done_before_it(bench: Bench, order: Order) -> None:
    await bench.fault("error", "UserAddRequest22V2", code="4909", text="Invalid extension.")
    (sent,) = await bench.deliver(do(order()))
    refused = sent.message
    assert isinstance(refused, ProvisioningRefused)
    assert (refused.code, refused.operation, refused.oci_code) == ("broadworks-refused", "UserAddRequest22V2", "4909")
    assert "Invalid extension." in refused.reason
    assert await bench.states() == {"done", "intended"}
    done = await bench.pool.fetchval("SELECT count(*) FROM ledger WHERE state = 'done'")
    (removed,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert removed.message == GroupRemoved(order_id="o-1", run=1, effects=done)
    assert (await bench.states(), await bench.enterprises()) == ({"undone"}, {})


async def test_an_order_that_cannot_be_planned_is_refused_before_anything_is_done(bench: Bench, order: Order) -> None:
    (sent,) = await bench.deliver(do(order(new_enterprise=False)))
    assert isinstance(sent.message, ProvisioningRefused)
    assert (sent.message.code, await bench.entries()) == ("enterprise-missing", 0)
    (removed,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert removed.message == GroupRemoved(order_id="o-1", run=1, effects=0)


async def test_a_replayed_order_is_built_anew_and_each_run_counts_its_own(bench: Bench, order: Order) -> None:
    first = await provisioned(bench, order)
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    second = await provisioned(bench, order, run=2)
    assert (second.run, second.users, second.effects) == (2, first.users, first.effects)
    assert (await bench.states(run=1), await bench.states(run=2)) == ({"undone"}, {"done"})
    (removed,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=2)))
    assert removed.message == GroupRemoved(order_id="o-1", run=2, effects=second.effects)
    assert await bench.enterprises() == {}


async def test_backordered_numbers_join_the_group_active_and_leave_with_the_order(bench: Bench, order: Order) -> None:
    built = await provisioned(bench, order)
    (sent,) = await bench.deliver(do(LATER, step=ADD))
    assert sent.message == NumbersAdded(order_id="o-1", run=1, numbers=LATER.numbers)
    numbers = (await bench.enterprises())["ACME"]["groups"]["HQ"]["numbers"]
    assert [entry["activated"] for number, entry in numbers.items() if number.endswith("2025550190")] == [True]
    (removed,) = await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert removed.message == GroupRemoved(order_id="o-1", run=1, effects=built.effects + 3)
    assert await bench.enterprises() == {}


async def test_numbers_that_are_added_twice_are_added_once(bench: Bench, order: Order) -> None:
    await provisioned(bench, order)
    first = await bench.deliver(do(LATER, step=ADD))
    entries = await bench.entries()
    assert await bench.deliver(do(LATER, step=ADD)) == first
    (again,) = await bench.deliver(do(LATER, attempt=2, step=ADD))
    assert again.message == first[0].message
    assert await bench.entries() == entries


async def test_numbers_for_a_group_that_is_not_there_are_refused(bench: Bench, order: Order) -> None:
    await provisioned(bench, order, "o-2", group="BRANCH")
    (sent,) = await bench.deliver(do(LATER, step=ADD))
    assert isinstance(sent.message, ProvisioningRefused)
    assert (sent.message.code, await bench.entries()) == ("group-missing", 0)


async def test_orders_of_one_batch_build_side_by_side_and_leave_each_other_alone(bench: Bench, order: Order) -> None:
    await provisioned(bench, order)
    more = [order(f"o-{n}", group=f"G{n}", new_enterprise=False, first=200 + 10 * n) for n in range(2, 7)]
    replies = await bench.deliver(*map(do, more))
    assert sorted(sent.message.order_id for sent in replies) == ["o-2", "o-3", "o-4", "o-5", "o-6"]
    assert all(isinstance(sent.message, GroupProvisioned) for sent in replies)
    assert sorted((await bench.enterprises())["ACME"]["groups"]) == ["G2", "G3", "G4", "G5", "G6", "HQ"]
    await bench.deliver(*(undo(RemoveGroup(order_id=one.order_id, run=1)) for one in more[:4]))
    assert sorted((await bench.enterprises())["ACME"]["groups"]) == ["G6", "HQ"]


async def test_what_a_later_order_uses_outlives_the_order_that_made_it(bench: Bench, order: Order) -> None:
    await provisioned(bench, order)
    await provisioned(bench, order, "o-2", group="BRANCH", new_enterprise=False, first=200)
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert await bench.states() == {"undone", "kept"}
    assert list((await bench.enterprises())["ACME"]["groups"]) == ["BRANCH"]
