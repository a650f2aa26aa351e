"""The lines of the ledger for people to read, by their numbers, which have no gaps. Times are business time."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, select

from catalog.store.tables import postings
from chassis.runtime.database import Connection, Pool
from chassis.runtime.queries import fetch, given, shown
from contracts.bounds import Money
from contracts.catalog import ChargeKind, PostingReason

PAGE = 1_000  # lines that are read at once where all are wanted


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A posted charge, for ever as it is. `reverses` is the posting that this one takes back."""

    posting: int
    posted_at: datetime
    reason: PostingReason | Literal["start"]
    reverses: int | None
    change_id: int | None
    partner_id: str
    customer_id: str
    order_id: str
    run: int
    line: int
    item_id: str
    subscription_id: int | None
    package: str
    kind: ChargeKind
    quantity: int
    unit_price: Money
    price_book: str
    from_date: date
    to_date: date | None
    days: int | None
    days_in_period: int | None
    exact_amount: Money
    amount: Money
    first_period: bool

    @property
    def is_credit(self) -> bool:
        """That of a charge of nothing has no negative amount, but a negative quantity."""
        return self.quantity < 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines that fit all that is given: each of the partners, if there are two.

    `begins` and `before` bound the day from which a line charges, the second one without that day.
    """

    partners: Sequence[str] = ()
    customer_id: str | None = None
    order_id: str | None = None
    begins: date | None = None
    before: date | None = None
    posted_since: datetime | None = None


COLUMNS = ", ".join(one.name for one in fields(LedgerLine))
# The number that was given last.
LAST = "SELECT last FROM posting_counter"
# One by its number.
ONE = f"SELECT {COLUMNS} FROM postings WHERE posting = $1"
# Those of a customer, and of a partner if one is given, that charge from a day in a range on.
BETWEEN = f"""
SELECT {COLUMNS} FROM postings
WHERE customer_id = $1 AND from_date >= $2 AND from_date < $3 AND ($4::text IS NULL OR partner_id = $4)
ORDER BY posting
"""
# Those of an order.
OF_ORDER = f"SELECT {COLUMNS} FROM postings WHERE order_id = $1 ORDER BY posting"
# By which one this one is taken back.
REVERSED_BY = "SELECT posting FROM postings WHERE reverses = $1"


async def last(pool: Pool) -> int:
    """The number of the newest line: none with a lower one will come any more."""
    return int(await pool.fetchval(LAST))


async def one(connection: Connection, posting: int) -> LedgerLine | None:
    """None where there is none of that number."""
    row = await connection.fetchrow(ONE, posting)
    return LedgerLine(*row) if row else None


async def reversed_by(connection: Connection, posting: int) -> int | None:
    """None for one that is not taken back."""
    number: int | None = await connection.fetchval(REVERSED_BY, posting)
    return number


async def of_order(pool: Pool, order_id: str) -> list[LedgerLine]:
    """In the order in which they were posted."""
    return [LedgerLine(*row) for row in await pool.fetch(OF_ORDER, order_id)]


async def between(pool: Pool, customer_id: str, begins: date, before: date, partner_id: str | None) -> list[LedgerLine]:
    """Those of a customer, by number; `partner_id` None is for who sees those of all."""
    return [LedgerLine(*row) for row in await pool.fetch(BETWEEN, customer_id, begins, before, partner_id)]


async def page(pool: Pool, wanted: Wanted, after: int, through: int, limit: int) -> list[LedgerLine]:
    """The first ones with a number above `after` and not above `through`."""
    number = postings.c.posting
    query = (
        select(*shown(postings, LedgerLine))
        .where(number > after, number <= through, *_conditions(wanted))
        .order_by(number)
        .limit(limit)
    )
    return [LedgerLine(*row) for row in await fetch(pool, query)]


async def pages(
    pool: Pool, wanted: Wanted, after: int, through: int, most: int | None = None
) -> AsyncIterator[list[LedgerLine]]:
    """All of them, or the first so many. No connection is held between two pages, however slowly they are taken."""
    left = most
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        lines = await page(pool, wanted, after, through, size)
        yield lines
        if len(lines) < size:
            return
        after = lines[-1].posting
        left = None if left is None else left - size


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    it = postings.c
    whose = [(it.partner_id, one) for one in wanted.partners]
    yield from given(*whose, (it.customer_id, wanted.customer_id), (it.order_id, wanted.order_id))
    if wanted.begins is not None:
        yield it.from_date >= wanted.begins
    if wanted.before is not None:
        yield it.from_date < wanted.before
    if wanted.posted_since is not None:
        yield it.posted_at >= wanted.posted_since
