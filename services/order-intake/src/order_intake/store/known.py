"""What is known already under the names and external ids that a batch of submissions brings."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.runtime.database import Connection
from contracts import names as naming
from contracts.orders import OrderState
from order_intake.store.accounts import Account

# Earlier orders under the same external ids of the same partners.
ORDERS = """
SELECT orders.partner_id, orders.external_id, orders.order_id, orders.fingerprint, orders.state FROM orders
JOIN unnest($1::text[], $2::text[]) AS wish (partner_id, external_id)
    ON orders.partner_id = wish.partner_id AND orders.external_id = wish.external_id
"""
# Accounts of either role by (partner, name), locked in id order.
ACCOUNTS = """
SELECT account_id, accounts.partner_id, role, accounts.name, parent_id, broadworks_id, order_id, status, built
FROM accounts JOIN unnest($1::text[], $2::text[]) AS wish (partner_id, name)
    ON accounts.partner_id = wish.partner_id AND accounts.name_key = wish.name
WHERE status <> 'withdrawn' ORDER BY account_id FOR UPDATE OF accounts
"""


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An earlier order under an external id; `fingerprint` tells its content."""

    order_id: str
    fingerprint: str
    state: OrderState


async def under(
    connection: Connection, wishes: Sequence[tuple[str, str]], names: Sequence[tuple[str, str]]
) -> tuple[dict[tuple[str, str], KnownOrder], list[Account]]:
    """Earlier orders by (partner id, external id), and the accounts with these (partner id, name) pairs, locked."""
    if not names:
        return {}, []
    # Orders last: whoever has just made these accounts has made its order with them, and must be recognised by it.
    standing = await accounts(connection, names)
    rows = await connection.fetch(ORDERS, *zip(*wishes, strict=True)) if wishes else []
    return {(row[0], row[1]): KnownOrder(*row[2:]) for row in rows}, standing


async def accounts(connection: Connection, names: Sequence[tuple[str, str]]) -> list[Account]:
    """Accounts by (partner id, name), of either role, locked until the transaction ends."""
    unique = sorted({(partner, naming.key(name)) for partner, name in names})
    return [Account(*row) for row in await connection.fetch(ACCOUNTS, *zip(*unique, strict=True))]
