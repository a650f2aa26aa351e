"""Whole orders against the simulator, without trouble."""

import asyncio
from typing import Any

import pytest

from broadsoft_provisioner.application.provisioner import Provisioned, Provisioner
from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain.outcomes import Refused
from broadsoft_provisioner.domain.packages import parse
from broadworks_simulator.enumerations import GROUP_SERVICES, USER_SERVICES
from contracts.broadsoft import AddNumbers, Seats

from ..fakes import Ledgers


async def provisioned(provisioner: Provisioner, ledgers: Ledgers, command: Any) -> Provisioned:
    result = await provisioner.provision(command, ledgers.of(command.order_id))
    assert isinstance(result, Provisioned), result
    return result


async def test_a_new_enterprise_and_its_first_group_are_built(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    result = await provisioned(provisioner, ledgers, order())
    assert [(user.extension, user.package, user.number) for user in result.users] == [
        ("1001", "Enterprise Premium", "+12025550100"),
        ("1002", "Enterprise Premium", "+12025550101"),
        ("1003", "Enterprise Premium", "+12025550102"),
        ("1004", "Enterprise Basic", "+12025550103"),
        ("1005", "Enterprise Basic", "+12025550104"),
    ]
    enterprise = await admin.enterprise()
    assert enterprise["name"] == "Acme & Söhne"
    assert list(enterprise["groups"]) == ["HQ"]
    assert set((await ledgers.of("o-1").states()).values()) == {"done"}
    assert result.effects == len(await ledgers.of("o-1").entries()) == 22


async def test_everything_is_taken_back_and_the_platform_is_as_it_was(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    before = await admin.state()
    await provisioned(provisioner, ledgers, order())
    assert await provisioner.remove(ledgers.of("o-1")) == 22
    after = await admin.state()
    assert (after["enterprises"], after["domains"]) == (before["enterprises"], before["domains"])


async def test_an_order_takes_only_its_own_away(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    between = await admin.state()
    await provisioned(provisioner, ledgers, order("o-2", "BRANCH", enterprise=False, first=200))
    await provisioned(provisioner, ledgers, order("o-3", "BRANCH", enterprise=False, group=False, first=300))
    await provisioner.remove(ledgers.of("o-3"))
    await provisioner.remove(ledgers.of("o-2"))
    after = await admin.state()
    assert after["enterprises"] == between["enterprises"]
    assert after["domains"] == between["domains"]


async def test_what_another_order_uses_outlives_the_order_that_made_it(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    await provisioned(provisioner, ledgers, order("o-2", "BRANCH", enterprise=False, first=200))
    await provisioner.remove(ledgers.of("o-1"))
    assert list((await admin.enterprise())["groups"]) == ["BRANCH"]
    states = await ledgers.of("o-1").states()
    kept = {key for key, state in states.items() if state == "kept"}
    assert kept == {"domain", "enterprise", "enterprise services", "pack Enterprise Premium", "pack Enterprise Basic"}
    await provisioner.remove(ledgers.of("o-2"))
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


async def test_of_a_list_of_services_only_those_another_order_uses_are_kept(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    other = order("o-2", "BRANCH", enterprise=False, first=200)
    hunting = other.model_copy(update={"items": (Seats(package="Hunt Group", quantity=1),)})
    await provisioned(provisioner, ledgers, hunting)
    await provisioner.remove(ledgers.of("o-1"))
    states = await ledgers.of("o-1").states()
    assert {key for key, state in states.items() if state == "kept"} == {"domain", "enterprise", "enterprise services"}
    assert (await admin.enterprise())["services"] == {"group": {"Hunt Group": "unlimited"}, "user": {}}
    await provisioner.remove(ledgers.of("o-2"))
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


async def test_five_seats_in_a_standing_enterprise_take_four_round_trips(
    provisioner: Provisioner, ledgers: Ledgers, order: Any, rate: Any
) -> None:
    """One look and three documents. What an order waits for is BroadWorks, so that is what its time is made of."""
    await provisioned(provisioner, ledgers, order())
    before = rate.turns
    await provisioned(provisioner, ledgers, order("o-2", "BRANCH", enterprise=False, first=200))
    assert rate.turns - before == 4


async def test_seats_added_to_an_existing_group_go_on_after_those_that_are_there(
    provisioner: Provisioner, ledgers: Ledgers, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    added = await provisioned(provisioner, ledgers, order("o-2", enterprise=False, group=False, first=200))
    assert [user.extension for user in added.users] == ["1006", "1007", "1008", "1009", "1010"]


async def test_backordered_numbers_join_the_group_and_leave_with_the_order(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    command = AddNumbers(order_id="o-1", run=1, service_provider_id="ACME", group_id="HQ", numbers=("+12025550999",))
    assert await provisioner.add_numbers(command, ledgers.of("o-1")) is None
    assert await provisioner.add_numbers(command, ledgers.of("o-1")) is None
    assert await provisioner.remove(ledgers.of("o-1")) == 25
    assert (await admin.state())["enterprises"] == {}


async def test_a_command_delivered_twice_is_done_once(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    first = await provisioned(provisioner, ledgers, order())
    before = await admin.enterprise()
    assert await provisioned(provisioner, ledgers, order()) == first
    assert await admin.enterprise() == before


async def test_a_run_that_was_taken_back_is_not_built_again(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    await provisioner.remove(ledgers.of("o-1"))
    late = await provisioner.provision(order(), ledgers.of("o-1"))
    assert isinstance(late, Refused)
    assert late.code == "already-undone"
    assert (await admin.state())["enterprises"] == {}


async def test_a_replayed_order_is_built_again_under_its_new_run(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    await provisioner.remove(ledgers.of("o-1"))
    again = await provisioned(provisioner, ledgers, order().model_copy(update={"run": 2}))
    assert (again.effects, len(again.users)) == (22, 5)
    assert await provisioner.remove(ledgers.of("o-1")) == 22
    assert (await admin.state())["enterprises"] == {}


async def test_orders_run_side_by_side_on_their_own_sessions(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioned(provisioner, ledgers, order())
    more = [order(f"o-{n}", f"G{n}", enterprise=False, first=1000 + 10 * n) for n in range(2, 10)]
    await asyncio.gather(*(provisioned(provisioner, ledgers, command) for command in more))
    assert len((await admin.enterprise())["groups"]) == 9
    assert (await admin.state())["sessions"] <= 5


@pytest.mark.parametrize(
    "settings",
    [
        {"response_shape": "old"},
        {"shuffle_columns": True},
        {"invented_code_offset": 500},
        {"error_code_element": True},
        {"validation": "document"},
        {"dashed_numbers": False},
        {"coalesce_numbers": False},
    ],
    ids=lambda settings: next(iter(settings)),
)
async def test_nothing_depends_on_what_a_release_may_change(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any, settings: dict[str, Any]
) -> None:
    await admin.settings(**settings)
    await provisioned(provisioner, ledgers, order())
    await provisioned(provisioner, ledgers, order("o-2", enterprise=False, group=False, first=200))
    await provisioner.remove(ledgers.of("o-2"))
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


def test_every_service_of_the_mapping_is_one_that_broadworks_knows() -> None:
    packages = parse(services_csv()).values()
    assert {service for package in packages for service in package.user_services} <= set(USER_SERVICES)
    assert {service for package in packages for service in package.group_services} <= set(GROUP_SERVICES)
