"""Price books: kept in PostgreSQL, and in memory where orders are priced."""

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from catalog.domain.price_books import PriceBook, PriceBookVersion
from chassis.runtime.database import Pool

LOAD = """
SELECT partner_id, name, effective_from, package, kind, unit_price
FROM price_books LEFT JOIN prices USING (book_id) ORDER BY partner_id, effective_from, package, kind
"""
PUT_VERSION = """
INSERT INTO price_books (partner_id, name, effective_from) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT price_books_name DO UPDATE SET effective_from = excluded.effective_from
RETURNING book_id
"""
PUT_PRICES = """
INSERT INTO prices (book_id, package, kind, unit_price)
SELECT $1, package, kind, unit_price
FROM unnest($2::text[], $3::text[], $4::numeric[]) AS price (package, kind, unit_price)
ON CONFLICT (book_id, package, kind) DO UPDATE SET unit_price = excluded.unit_price
"""
DROP_OTHERS = """
DELETE FROM prices WHERE book_id = $1
AND (package, kind) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))
"""

Versions = Mapping[str | None, list[PriceBookVersion]]


class Books:
    """The price books in memory. Empty until the first load, and asking it then is an error: nobody would be served."""

    def __init__(self) -> None:
        self._books: dict[str | None, PriceBook] | None = None

    async def load(self, pool: Pool) -> None:
        """Read all books again; what is being priced meanwhile sees the old ones or the new ones."""
        self._books = {partner: PriceBook(versions) for partner, versions in (await read(pool)).items()}

    def of(self, partner_id: str) -> PriceBook:
        """The partner's own book, or the one for everybody if it has none."""
        if self._books is None:
            raise RuntimeError("the price books are not loaded")
        return self._books.get(partner_id) or self._books.get(None) or PriceBook()


async def read(pool: Pool) -> Versions:
    """Partner (None is everybody) → versions."""
    versions: dict[str | None, list[PriceBookVersion]] = {}
    for (partner_id, name, effective_from), rows in groupby(await pool.fetch(LOAD), itemgetter(0, 1, 2)):
        prices = {(package, kind): price for *_, package, kind, price in rows if package is not None}
        versions.setdefault(partner_id, []).append(PriceBookVersion(name, effective_from, prices))
    return versions


async def put(pool: Pool, partner_id: str | None, version: PriceBookVersion) -> None:
    """Make the stored version what this one is. Orders that were priced keep the prices they were priced with."""
    packages, kinds = zip(*version.prices, strict=True)
    async with pool.acquire() as connection, connection.transaction():
        book_id = await connection.fetchval(PUT_VERSION, partner_id, version.name, version.effective_from)
        await connection.execute(PUT_PRICES, book_id, packages, kinds, list(version.prices.values()))
        await connection.execute(DROP_OTHERS, book_id, packages, kinds)
