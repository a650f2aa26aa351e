"""A partner sees the numbers of its own orders: reserved, delivered to a backorder, assigned; and no stock."""

from typing import Any

from chassis.messaging.unit import Units
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.numbers import AssignNumbers, ReleaseNumbers
from did_inventory import handlers
from testkit.http import client
from testkit.partners import key_of

from .inventory import FIRST, SECOND, THIRD, arrives, choose, handled, stock, want


async def seen(parts: Parts, key: str, **filters: Any) -> list[str]:
    async with client(parts.api, key) as partner:
        return [one["number"] for one in (await partner.get("/numbers", params=filters)).json()]


async def test_a_partner_sees_its_numbers_and_nobody_elses(parts: Parts, pool: Pool, units: Units) -> None:
    await stock(pool, FIRST, SECOND, THIRD)
    await handled(units, handlers.reserve, choose("o-1", FIRST), choose("o-2", SECOND, partner="p-2"))
    await handled(units, handlers.assign, AssignNumbers(order_id="o-2", run=1, customer_id="c-2"))
    one, two = await key_of(pool, "p-1"), await key_of(pool, "p-2")
    assert (await seen(parts, one), await seen(parts, two)) == ([FIRST], [SECOND])
    assert await seen(parts, one, order_id="o-2") == []
    assert await seen(parts, one, status="available") == []
    assert await seen(parts, "key") == [FIRST, SECOND, THIRD]


async def test_a_number_that_was_given_back_is_its_partners_no_more(parts: Parts, pool: Pool, units: Units) -> None:
    await stock(pool, FIRST)
    await handled(units, handlers.reserve, choose("o-1", FIRST))
    await handled(units, handlers.release, ReleaseNumbers(order_id="o-1", run=1))
    assert await seen(parts, await key_of(pool, "p-1")) == []


async def test_a_number_that_a_backorder_got_is_its_partners(parts: Parts, pool: Pool, units: Units) -> None:
    await handled(units, handlers.reserve, want("o-1", 1))
    await handled(units, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    assert await seen(parts, await key_of(pool, "p-1")) == [FIRST]
    assert await seen(parts, await key_of(pool, "p-2")) == []


async def test_a_partner_brings_no_stock_in(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        answer = await partner.post("/numbers", json={"numbers": [FIRST]})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
