"""What broadsoft-provisioner shows to whoever checks the invariants."""

from typing import Any

import pytest

from contracts.broadsoft import AddNumbers, ProvisioningRefused, RemoveGroup

from .bench import Bench, Order, do, undo

pytestmark = pytest.mark.integration
EFFECTS = """
SELECT key, state, command, service_provider_id, group_id, user_id, package, number, extension
FROM audit_effects WHERE order_id = 'o-1' AND run = 1 ORDER BY seq
"""
USER, SEAT = "acme.hq.1001@acme.example", "Enterprise Premium"


async def effects(bench: Bench) -> dict[str, tuple[Any, ...]]:
    """By key: (state, command, enterprise, group, user, package, number, extension)."""
    return {key: tuple(rest) for key, *rest in await bench.pool.fetch(EFFECTS)}


async def test_an_effect_shows_its_command_and_what_it_is_about(bench: Bench, order: Order) -> None:
    await bench.deliver(do(order()))
    found = await effects(bench)
    assert len(found) == await bench.entries()
    nothing = (None, None, None, None)
    assert found["domain"] == ("done", "SystemDomainAddRequest", None, None, *nothing)
    assert found["enterprise"] == ("done", "ServiceProviderAddRequest13mp2", "ACME", None, *nothing)
    assert found["group"] == ("done", "GroupAddRequest", "ACME", "HQ", *nothing)
    assert found["user 1001"] == ("done", "UserAddRequest22V2", "ACME", "HQ", USER, SEAT, "+12025550100", "1001")
    services = found["user 1001 services"]
    assert services == ("done", "UserServiceAssignListRequest", None, None, USER, None, None, None)


async def test_a_command_of_many_numbers_is_about_none_of_them_alone(bench: Bench, order: Order) -> None:
    await bench.deliver(do(order()))
    later = AddNumbers(order_id="o-1", run=1, service_provider_id="ACME", group_id="HQ", numbers=("+12025550190",))
    await bench.deliver(do(later, step="add backordered numbers"))
    found = await effects(bench)
    assert found["group numbers"][-2:] == (None, None)
    assert found["group numbers from +12025550190"][-2:] == ("+12025550190", None)


async def test_what_was_refused_and_taken_back_shows_its_state(bench: Bench, order: Order) -> None:
    await bench.fault("error", "UserAddRequest22V2", code="4909", text="Invalid extension.")
    (sent,) = await bench.deliver(do(order()))
    assert isinstance(sent.message, ProvisioningRefused)
    assert {(await effects(bench))[key][0] for key in ("group", "user 1001")} == {"done", "intended"}
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert {state for state, *_ in (await effects(bench)).values()} == {"undone"}


async def test_an_order_shows_what_it_relies_on_and_where_it_works(bench: Bench, order: Order) -> None:
    await bench.deliver(do(order()))
    uses = await bench.pool.fetch("SELECT order_id, resource FROM audit_uses")
    assert {("o-1", "enterprise:ACME"), ("o-1", "group:ACME:HQ")} <= {tuple(row) for row in uses}
    places = await bench.pool.fetch("SELECT order_id, service_provider_id, group_id FROM audit_workplaces")
    assert [tuple(row) for row in places] == [("o-1", "ACME", "HQ")]
