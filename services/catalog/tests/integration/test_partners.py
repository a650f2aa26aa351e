"""What a partner sees of catalog: the menu, its prices, the charges of its orders, and nothing of anybody else."""

from datetime import date
from decimal import Decimal

import httpx

from catalog.domain.price_books import PriceBookVersion
from catalog.store import price_books
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from testkit.http import client
from testkit.partners import key_of

from .orders import Catalog, order


async def test_a_partner_sees_the_charges_of_its_own_orders_only(parts: Parts, pool: Pool, catalog: Catalog) -> None:
    await catalog.send(order("o-1", partner_id="p-1"), order("o-2", partner_id="p-2"))
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        own, other, absent = [await partner.get(f"/orders/{one}/charges") for one in ("o-1", "o-2", "o-9")]
    assert (own.status_code, own.json()["partner_id"]) == (200, "p-1")
    assert (other.status_code, absent.status_code) == (404, 404)
    assert other.text.replace("o-2", "o-9") == absent.text


async def test_a_partner_sees_the_prices_it_is_billed_by(parts: Parts, pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        version = PriceBookVersion("p-2/1", date(2026, 1, 1), {("Power User", "MRC"): Decimal(20)})
        await price_books.add(connection, "p-2", version, "olga")
    for partner_id, names in (("p-1", ["sample-2026"]), ("p-2", ["p-2/1", "sample-2026"])):
        async with client(parts.api, await key_of(pool, partner_id)) as partner:
            books = (await partner.get("/price-books")).json()
            assert [book["name"] for book in books] == names
            assert (await partner.get("/packages")).status_code == 200


async def test_without_the_scope_it_sees_none_of_it(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1", "tickets:read")) as partner:
        answers = [await partner.get(path) for path in ("/packages", "/price-books", "/orders/o-1/charges")]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "scope-missing")] * 3


async def test_a_revoked_key_is_told_so(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1", revoked=True)) as partner:
        answer: httpx.Response = await partner.get("/packages")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked-key")
