"""Enterprises and their customers, per partner. A name is taken while an account with it is not withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.runtime.database import Connection
from contracts import names

# New accounts.
ADD = """
INSERT INTO accounts (account_id, partner_id, role, name, name_key, parent_id, broadworks_id, order_id, status, built)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::boolean[])
"""
# The accounts that orders have made, and those of these ids, in the order in which submissions lock them too.
LOCK = """
SELECT FROM accounts WHERE order_id = ANY($1::text[]) OR account_id = ANY($2::text[]) ORDER BY account_id FOR UPDATE
"""
# Past the pivot the accounts of an order stand.
ACTIVATE = """
UPDATE accounts SET status = 'active' WHERE order_id = ANY($1::text[]) AND status = 'ordered'
"""
# Does BroadWorks have them?
BY_ID = "SELECT account_id, built FROM accounts WHERE account_id = ANY($1::text[])"
# BroadWorks has them now.
BUILT = "UPDATE accounts SET built = true WHERE account_id = ANY($1::text[]) AND NOT built"
# An order that ended without them gives its names back.
WITHDRAW = """
UPDATE accounts SET status = 'withdrawn' WHERE order_id = ANY($1::text[]) AND status = 'ordered'
"""


@dataclass(frozen=True, slots=True)
class Account:
    """`parent_id` is empty for an enterprise; `broadworks_id` is its service provider id or group id."""

    account_id: str
    partner_id: str
    role: str
    name: str
    parent_id: str
    broadworks_id: str
    order_id: str | None
    status: str = "ordered"
    built: bool = False


async def lock(connection: Connection, orders: Sequence[str], account_ids: Sequence[str]) -> None:
    """What these orders have made, and accounts by id: before any of them is changed, and all at once."""
    if orders or account_ids:
        await connection.execute(LOCK, orders, account_ids)


async def add(connection: Connection, accounts: Iterable[Account]) -> None:
    """In the order of what must be unique: whoever takes a name is waited for by all others who want it.

    Raises asyncpg.UniqueViolationError when a name was taken meanwhile.
    """
    accounts = sorted(accounts, key=lambda one: (one.partner_id, one.parent_id, names.key(one.name)))
    if accounts:
        await connection.execute(
            ADD,
            [one.account_id for one in accounts],
            [one.partner_id for one in accounts],
            [one.role for one in accounts],
            [one.name for one in accounts],
            [names.key(one.name) for one in accounts],
            [one.parent_id for one in accounts],
            [one.broadworks_id for one in accounts],
            [one.order_id for one in accounts],
            [one.status for one in accounts],
            [one.built for one in accounts],
        )


async def activate(connection: Connection, orders: Sequence[str]) -> None:
    """The accounts that these orders have made."""
    if orders:
        await connection.execute(ACTIVATE, orders)


async def mark_built(connection: Connection, account_ids: Sequence[str]) -> None:
    """By account id."""
    if account_ids:
        await connection.execute(BUILT, account_ids)


async def built(connection: Connection, account_ids: Sequence[str]) -> dict[str, bool]:
    """Does BroadWorks have them by now?"""
    return {row["account_id"]: row["built"] for row in await connection.fetch(BY_ID, account_ids)}


async def withdraw(connection: Connection, orders: Sequence[str]) -> None:
    """The accounts that these orders have made and nobody has yet."""
    if orders:
        await connection.execute(WITHDRAW, orders)
