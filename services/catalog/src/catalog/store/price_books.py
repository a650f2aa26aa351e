"""Price books in PostgreSQL."""

from itertools import groupby
from operator import itemgetter

from catalog.domain.price_books import PriceBookVersion
from chassis.runtime.database import Connection, Pool

# All versions with their prices; a version without prices has one row.
LOAD = """
SELECT partner_id, name, effective_from, package, kind, unit_price
FROM price_books LEFT JOIN prices USING (book_id) ORDER BY partner_id, effective_from, package, kind
"""
# A version is new, or is known by its name and may take effect on another date.
PUT_VERSION = """
INSERT INTO price_books (partner_id, name, effective_from) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT price_books_name DO UPDATE SET effective_from = excluded.effective_from
RETURNING book_id
"""
# New prices of a version, and the changed ones.
PUT_PRICES = """
INSERT INTO prices (book_id, package, kind, unit_price)
SELECT $1, package, kind, unit_price
FROM unnest($2::text[], $3::text[], $4::numeric[]) AS price (package, kind, unit_price)
ON CONFLICT (book_id, package, kind) DO UPDATE SET unit_price = excluded.unit_price
"""
# The prices that a version no longer has.
DROP_OTHERS = """
DELETE FROM prices WHERE book_id = $1
AND (package, kind) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))
"""


async def read(pool: Pool) -> dict[str | None, list[PriceBookVersion]]:
    """Versions by partner, by date of effect; those under None are for every partner that has none of its own."""
    versions: dict[str | None, list[PriceBookVersion]] = {}
    for (partner_id, name, effective_from), rows in groupby(await pool.fetch(LOAD), itemgetter(0, 1, 2)):
        prices = {(package, kind): price for *_, package, kind, price in rows if package is not None}
        versions.setdefault(partner_id, []).append(PriceBookVersion(name, effective_from, prices))
    return versions


async def put(connection: Connection, partner_id: str | None, version: PriceBookVersion) -> None:
    """Make the stored version what this one is. Orders that were priced keep the prices they were priced with.

    Three statements: the caller's transaction keeps them together.
    """
    packages, kinds = zip(*version.prices, strict=True)
    book_id = await connection.fetchval(PUT_VERSION, partner_id, version.name, version.effective_from)
    await connection.execute(PUT_PRICES, book_id, packages, kinds, list(version.prices.values()))
    await connection.execute(DROP_OTHERS, book_id, packages, kinds)
