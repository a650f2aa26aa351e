"""Enterprises and customers: ordered with their order, active past the pivot, withdrawn when it ended without."""

import asyncio
from typing import Any

import httpx
import pytest

from contracts.broadsoft import ProvisionGroup
from contracts.catalog import BillDelivered

from ..builders import FOR_TRUNKING, TRUNK, customer
from .desk import Desk, body

pytestmark = pytest.mark.integration


async def faults(portal: httpx.AsyncClient, **facts: Any) -> list[tuple[str, str]]:
    answer = await portal.post("/orders", content=body(external_id="PO-9", **facts))
    return [(one["pointer"], one["code"]) for one in answer.json().get("errors", ())]


async def test_accounts_are_active_past_the_pivot_and_not_before(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on(until=ProvisionGroup)
    assert (await desk.account(order_id))["status"] == "ordered"
    stage = [one for one in desk.seen if one.texts.get("ce_step") in ("provision group", "open tickets")]
    await desk.answer(*stage)
    assert (await desk.account(order_id))["status"] == "active"


async def test_a_hosted_group_is_built_past_the_pivot(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on(until=BillDelivered)
    for role in ("Customer", "Enterprise"):
        account = await desk.account(order_id, role)
        assert (account["status"], account["built"]) == ("active", True)


async def test_a_trunking_order_builds_no_group_so_the_next_hosted_one_does(desk: Desk, ada: httpx.AsyncClient) -> None:
    first = await desk.submit(ada, items=(TRUNK,), numbers=(FOR_TRUNKING,))
    await desk.carry_on()
    account = await desk.account(first)
    assert (account["status"], account["built"]) == ("active", False)
    await desk.submit(ada, external_id="PO-2", kind="add-services")
    await desk.carry_on()
    (provision,) = desk.sent(ProvisionGroup)
    assert (provision.enterprise.new, provision.group.new) == (True, True)
    assert provision.group.group_id == account["broadworks_id"]
    await desk.submit(ada, external_id="PO-3", kind="add-services")
    await desk.carry_on()
    provision = desk.sent(ProvisionGroup)[-1]
    assert (provision.enterprise.new, provision.group.new) == (False, False)


async def test_a_second_group_stands_in_the_enterprise_that_is_there(desk: Desk, ada: httpx.AsyncClient) -> None:
    first = await desk.submit(ada)
    await desk.carry_on()
    second = await desk.submit(
        ada, external_id="PO-2", kind="new-group", customer=customer(account_name="Harbor Dental Trenton")
    )
    await desk.carry_on()
    old, new = desk.sent(ProvisionGroup)
    assert (new.enterprise.new, new.group.new) == (False, True)
    assert new.enterprise.service_provider_id == old.enterprise.service_provider_id
    assert new.group.group_id != old.group.group_id
    assert (await desk.account(second))["parent_id"] == (await desk.account(first, "Enterprise"))["account_id"]
    assert await desk.account(second, "Enterprise") is None


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, [("/enterprise", "enterprise-exists")]),
        ({"enterprise": "HARBOR dental group"}, [("/enterprise", "enterprise-exists")]),
        ({"kind": "new-group"}, [("/customer/account_name", "customer-exists")]),
        ({"kind": "new-group", "enterprise": "Nobody"}, [("/enterprise", "enterprise-unknown")]),
        ({"kind": "add-services", "enterprise": "Nobody"}, [("/enterprise", "enterprise-unknown")]),
        (
            {"kind": "add-services", "customer": customer(account_name="Nobody")},
            [("/customer/account_name", "customer-unknown")],
        ),
        ({"kind": "add-services"}, []),
        ({"kind": "add-services", "customer": customer(account_name="HARBOR DENTAL MORRISTOWN")}, []),
        ({"kind": "new-group", "customer": customer(account_name="Another")}, []),
    ],
)
async def test_an_order_names_what_is_there_and_makes_what_is_not(
    desk: Desk, ada: httpx.AsyncClient, facts: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    await desk.submit(ada)
    await desk.carry_on()
    assert await faults(ada, **facts) == found


async def test_nothing_is_ordered_for_an_enterprise_that_is_still_being_set_up(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    await desk.submit(ada)
    for kind in ("new-group", "add-services"):
        answer = await ada.post("/orders", content=body(external_id="PO-2", kind=kind))
        ((fault),) = answer.json()["errors"]
        assert (fault["code"], "still being set up" in fault["detail"]) == ("enterprise-unknown", True)


async def test_what_is_there_already_is_told_by_its_own_spelling(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada)
    await desk.carry_on()
    again = await ada.post("/orders", content=body(external_id="PO-2", enterprise="HARBOR dental group"))
    assert "the enterprise 'Harbor Dental Group' exists" in again.json()["errors"][0]["detail"]
    shouted = customer(account_name="HARBOR DENTAL MORRISTOWN")
    again = await ada.post("/orders", content=body(external_id="PO-2", kind="new-group", customer=shouted))
    assert "has a customer 'Harbor Dental Morristown'" in again.json()["errors"][0]["detail"]


@pytest.mark.parametrize("name", ["Café Zoë", "İstanbul Diş", "ΣΑΣ ΟΔΟΣ", "STRAẞE", "東京 デンタル", "ﬁne & Co"])
async def test_a_name_of_any_alphabet_is_found_again(desk: Desk, ada: httpx.AsyncClient, name: str) -> None:
    account = customer(account_name=name)
    await desk.submit(ada, enterprise=name, customer=account)
    await desk.carry_on()
    assert await faults(ada, enterprise=name) == [("/enterprise", "enterprise-exists")]
    assert await faults(ada, enterprise=name, kind="new-group", customer=account) == [
        ("/customer/account_name", "customer-exists")
    ]
    order_id = await desk.submit(ada, external_id="PO-2", kind="add-services", enterprise=name, customer=account)
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_an_order_for_services_that_fails_leaves_the_customer_as_it_was(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    first = await desk.submit(ada)
    await desk.carry_on()
    second = await desk.submit(ada, external_id="PO-2", kind="add-services")
    await ada.post(f"/orders/{second}/cancel", json={"reason": "No."})
    await desk.carry_on()
    assert await desk.state(second) == "cancelled"
    assert (await desk.account(first))["status"] == "active"


async def test_a_withdrawn_name_is_another_account_the_next_time(desk: Desk, ada: httpx.AsyncClient) -> None:
    first = await desk.submit(ada)
    await ada.post(f"/orders/{first}/cancel", json={"reason": "No."})
    await desk.carry_on()
    second = await desk.submit(ada, external_id="PO-2")
    await desk.carry_on()
    old, new = await desk.account(first), await desk.account(second)
    assert (old["status"], new["status"]) == ("withdrawn", "active")
    assert old["account_id"] != new["account_id"]


async def test_a_group_under_an_enterprise_of_ones_own_name_is_no_clash(desk: Desk, ada: httpx.AsyncClient) -> None:
    same = customer(account_name="Harbor Dental Group")
    order_id = await desk.submit(ada, customer=same)
    enterprise, group = await desk.account(order_id, "Enterprise"), await desk.account(order_id)
    assert enterprise["name"] == group["name"]
    assert enterprise["broadworks_id"] != group["broadworks_id"]


SPELLINGS = (
    "Harbor Dental Group",
    "harbor DENTAL group",
    "  Harbor   Dental Group ",
    "Harbor\u00a0Dental Group",
    "Harbor\u2003Dental\u3000Group",
    "\uff28arbor Dental Group",
    "Harbor Dental Gro\u034fup",
    "Harbor Dental Group\ufe0f",
)


async def test_eight_spellings_are_one_enterprise(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada)
    told = [await faults(ada, enterprise=spelling) for spelling in SPELLINGS]
    assert told == [[("/enterprise", "enterprise-exists")]] * len(SPELLINGS)
    assert await desk.pool.fetchval("SELECT count(*) FROM accounts WHERE role = 'Enterprise'") == 1


async def test_fifty_portals_that_submit_one_order_at_once_get_one_order(desk: Desk, ada: httpx.AsyncClient) -> None:
    same = body()
    answers = await asyncio.gather(*(ada.post("/orders", content=same) for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await desk.pool.fetchval("SELECT count(*) FROM orders") == 1
