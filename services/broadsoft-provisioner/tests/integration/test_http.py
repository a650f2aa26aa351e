"""What operators see of the ledger."""

import httpx
import pytest

from broadsoft_provisioner import __main__ as root
from chassis.runtime.database import Pool
from contracts.broadsoft import GroupProvisioned, RemoveGroup
from testkit.partners import key_of

from .bench import Bench, Order, do, undo

pytestmark = pytest.mark.integration


async def test_the_ledger_tells_what_was_done_and_what_undoes_it(
    bench: Bench, order: Order, http: httpx.AsyncClient
) -> None:
    (sent,) = await bench.deliver(do(order()))
    assert isinstance(sent.message, GroupProvisioned)
    shown = (await http.get("/orders/o-1/ledger")).json()
    assert [entry["seq"] for entry in shown] == list(range(1, sent.message.effects + 1))
    group = next(entry for entry in shown if entry["effect_key"] == "group")
    assert (group["state"], group["effect"]["do"][0], group["effect"]["undo"][0]) == (
        "done",
        "GroupAddRequest",
        "GroupDeleteRequest",
    )
    await bench.deliver(undo(RemoveGroup(order_id="o-1", run=1)))
    assert {entry["state"] for entry in (await http.get("/orders/o-1/ledger")).json()} == {"undone"}


async def test_no_password_of_a_user_is_in_the_ledger(
    bench: Bench, order: Order, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root, "new_password", lambda: "Pass-1234")
    await bench.deliver(do(order()))
    shown = await http.get("/orders/o-1/ledger")
    assert "Pass-1234" not in shown.text
    users = [one["effect"]["do"] for one in shown.json() if one["effect"]["do"][0] == "UserAddRequest22V2"]
    assert [["password", ""] in elements for _, elements in users] == [True, True]


async def test_the_ledger_of_an_order_that_never_began_is_empty(http: httpx.AsyncClient) -> None:
    assert (await http.get("/orders/o-9/ledger")).json() == []


async def test_the_ledger_is_for_operators(http: httpx.AsyncClient) -> None:
    answer = await http.get("/orders/o-1/ledger", headers={"authorization": "Bearer nobody"})
    assert answer.status_code == 401


async def test_a_partner_sees_no_ledger(http: httpx.AsyncClient, pool: Pool) -> None:
    key = await key_of(pool, "p-1", "orders:read", "orders:write")
    answer = await http.get("/orders/o-1/ledger", headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
