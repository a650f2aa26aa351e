"""Price books in PostgreSQL."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from catalog.domain.price_books import PriceBookVersion
from chassis.errors import Permanent
from chassis.runtime.database import Connection, Pool
from contracts.echo import quoted

# All versions with their prices; a version without prices has one row.
LOAD = """
SELECT partner_id, name, effective_from, lacking, billed_from, package, kind, unit_price
FROM price_books LEFT JOIN prices USING (book_id) ORDER BY partner_id, effective_from, package, kind
"""
# One version of a partner, the same way.
FIND = """
SELECT partner_id, name, effective_from, lacking, billed_from, package, kind, unit_price
FROM price_books LEFT JOIN prices USING (book_id)
WHERE partner_id IS NOT DISTINCT FROM $1 AND name = $2
"""
# A version that is new by its name.
ADD = """
INSERT INTO price_books (partner_id, name, effective_from, lacking, billed_from, added_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT price_books_name DO NOTHING RETURNING book_id
"""
# Its prices.
ADD_PRICES = """
INSERT INTO prices (book_id, package, kind, unit_price)
SELECT $1, package, kind, unit_price
FROM unnest($2::text[], $3::text[], $4::numeric[]) AS price (package, kind, unit_price)
"""


# Has anybody of this partner a key, or had one?
KNOWS_PARTNER = "SELECT EXISTS (SELECT FROM partner_keys WHERE partner_id = $1)"


class VersionIsFixed(Permanent):
    """A version of a price book never changes: orders were priced by it."""

    code = "price-book-is-fixed"


async def read(pool: Pool) -> dict[str | None, list[PriceBookVersion]]:
    """Versions by partner, by date of effect; those under None are for everybody."""
    books: dict[str | None, list[PriceBookVersion]] = {}
    for partner_id, rows in groupby(await pool.fetch(LOAD), itemgetter(0)):
        books[partner_id] = [_version(list(its)) for _, its in groupby(rows, itemgetter(1))]
    return books


async def add(connection: Connection, partner_id: str | None, version: PriceBookVersion, who: str) -> bool:
    """A new version; False when it is there already, the very same.

    Raises VersionIsFixed when it is there with other prices, and asyncpg.UniqueViolationError when another one takes
    effect on its date. Two statements: the caller's transaction keeps them together.
    """
    told = version.name, version.effective_from, version.lacking, version.billed_from
    book_id = await connection.fetchval(ADD, partner_id, *told, who)
    if book_id is None:
        if _version(await connection.fetch(FIND, partner_id, version.name)) != version:
            raise VersionIsFixed(f"{quoted(version.name)} is there with other prices, or from another day on.")
        return False
    packages, kinds = [package for package, _ in version.prices], [kind for _, kind in version.prices]
    await connection.execute(ADD_PRICES, book_id, packages, kinds, list(version.prices.values()))
    return True


async def knows_partner(pool: Pool, partner_id: str) -> bool:
    """As far as we have heard of its keys."""
    return bool(await pool.fetchval(KNOWS_PARTNER, partner_id))


def _version(rows: list[Any]) -> PriceBookVersion:
    """From rows of `LOAD`, all of one version."""
    _, name, effective_from, lacking, billed_from, *_ = rows[0]
    prices = {(package, kind): price for *_, package, kind, price in rows if package is not None}
    return PriceBookVersion(name, effective_from, prices, lacking, billed_from)
