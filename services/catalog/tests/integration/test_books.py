"""Price books in PostgreSQL, and which of them is a partner's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from catalog.application.books import Books
from catalog.domain.price_books import PriceBookVersion
from catalog.sample import SAMPLE_NAME, sample_prices
from catalog.store import price_books
from chassis.runtime.database import Pool

pytestmark = pytest.mark.usefixtures("parts")  # the sample is there


async def put(pool: Pool, partner_id: str | None, version: PriceBookVersion) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await price_books.put(connection, partner_id, version)


async def test_the_sample_is_loaded_once_however_often_it_is_put(pool: Pool) -> None:
    await put(pool, None, sample_prices())
    assert await price_books.read(pool) == {None: [sample_prices()]}


async def test_changed_sample_data_are_taken_over(pool: Pool) -> None:
    changed = replace(sample_prices(), prices={("Power User", "MRC"): Decimal("12.345")})
    await put(pool, None, changed)
    assert await price_books.read(pool) == {None: [changed]}


async def test_a_partner_with_a_book_of_its_own_pays_by_it(pool: Pool) -> None:
    own = PriceBookVersion("own-2026", date(2026, 6, 1), {("Power User", "MRC"): Decimal("19.00")})
    later = PriceBookVersion("own-2027", date(2027, 1, 1), {("Power User", "MRC"): Decimal("21.00")})
    await put(pool, "p-1", later)
    await put(pool, "p-1", own)
    books = Books()
    await books.load(pool)
    assert books.of("p-1").versions == (own, later)
    version = books.of("p-2").on(date(2027, 1, 4))
    assert version is not None
    assert version.name == SAMPLE_NAME


async def test_two_versions_of_one_date_are_refused(pool: Pool) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="price_books_effective_from"):
        await put(pool, None, replace(sample_prices(), name="sample-2026b"))
