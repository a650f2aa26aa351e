"""Price books in PostgreSQL, and which of them is a partner's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from catalog.application.books import Books
from catalog.domain.price_books import PriceBookVersion
from catalog.sample import sample_prices
from catalog.store import price_books
from chassis.runtime.database import Pool

pytestmark = pytest.mark.usefixtures("parts")  # the sample is there


async def put(pool: Pool, partner_id: str | None, version: PriceBookVersion) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await price_books.add(connection, partner_id, version, "olga")


async def test_the_sample_is_loaded_once_however_often_it_is_put(pool: Pool) -> None:
    await put(pool, None, sample_prices())
    assert await price_books.read(pool) == {None: [sample_prices()]}


@pytest.mark.parametrize(
    "changed",
    [
        replace(sample_prices(), prices={("Power User", "MRC"): Decimal("12.345")}),
        replace(sample_prices(), effective_from=date(2026, 2, 1)),
        replace(sample_prices(), lacking="refused"),
    ],
)
async def test_a_version_never_changes(pool: Pool, changed: PriceBookVersion) -> None:
    with pytest.raises(price_books.VersionIsFixed, match="'sample-2026' is there with other prices"):
        await put(pool, None, changed)
    assert await price_books.read(pool) == {None: [sample_prices()]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE prices SET unit_price = 1",
        "DELETE FROM prices",
        "UPDATE price_books SET effective_from = effective_from - 1",
        "DELETE FROM price_books",
        "INSERT INTO prices (book_id, package, kind, unit_price) SELECT book_id, 'New', 'MRC', 1 FROM price_books",
    ],
)
async def test_the_schema_keeps_a_version_as_it_is(pool: Pool, statement: str) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changes"):
        await pool.execute(statement)


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-0.01", "10000000.01", "0.123456789"])
async def test_the_schema_takes_no_price_that_is_none(pool: Pool, price: str) -> None:
    odd = PriceBookVersion("odd", date(2030, 1, 1), {("Power User", "MRC"): Decimal(price)})
    with pytest.raises(asyncpg.CheckViolationError, match="price_is_one"):
        await put(pool, None, odd)


async def test_a_version_may_have_no_price_at_all(pool: Pool) -> None:
    none = PriceBookVersion("none", date(2030, 1, 1), {})
    await put(pool, "p-1", none)
    assert (await price_books.read(pool))["p-1"] == [none]


async def test_a_partner_with_a_book_of_its_own_pays_by_it(pool: Pool) -> None:
    own = PriceBookVersion("own-2026", date(2026, 6, 1), {("Power User", "MRC"): Decimal("19.00")})
    later = PriceBookVersion("own-2087", date(2087, 1, 1), {("Power User", "MRC"): Decimal("21.00")}, "refused")
    await put(pool, "p-1", later)
    await put(pool, "p-1", own)
    books = Books()
    await books.load(pool)
    assert books.on(date(2026, 5, 31), "p-1") == (sample_prices(), None)
    assert books.on(date(2026, 6, 1), "p-1") == (own, sample_prices())
    assert books.on(date(2087, 1, 4), "p-1") == (later, None)
    assert books.on(date(2087, 1, 4), "p-2") == (sample_prices(), None)


async def test_two_versions_of_one_date_are_refused(pool: Pool) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="price_books_effective_from"):
        await put(pool, None, replace(sample_prices(), name="sample-2026b"))
