"""The free numbers that customers have left, in PostgreSQL."""

from collections.abc import Collection, Mapping

from chassis.runtime.database import Connection, Pool

# What these customers have left, locked; also those of the orders.
LEFT = """
SELECT customer_id, "left" FROM allowances
WHERE customer_id = ANY(ARRAY(
    SELECT unnest($1::text[]) UNION SELECT customer_id FROM order_billing WHERE order_id = ANY($2::text[])
))
ORDER BY customer_id FOR UPDATE
"""
# More of it.
ADD = """
INSERT INTO allowances (customer_id, "left")
SELECT customer_id, "left" FROM unnest($1::text[], $2::int[]) AS more (customer_id, "left") ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET "left" = allowances."left" + excluded."left"
"""
# Less of it.
TAKE = """
UPDATE allowances SET "left" = allowances."left" - less."left"
FROM unnest($1::text[], $2::int[]) AS less (customer_id, "left") WHERE allowances.customer_id = less.customer_id
"""
# What a customer of a partner has left.
OF_CUSTOMER = """
SELECT "left" FROM allowances WHERE customer_id = $1
    AND EXISTS (SELECT FROM order_billing WHERE customer_id = $1 AND partner_id = $2)
"""


async def of_customer(pool: Pool, customer_id: str, partner_id: str) -> int:
    """None of what another partner's customer has."""
    return await pool.fetchval(OF_CUSTOMER, customer_id, partner_id) or 0


async def left(connection: Connection, customers: Collection[str], orders: Collection[str] = ()) -> dict[str, int]:
    """Of these customers and of those of the orders, locked in one order; a customer without any is not there."""
    return {row["customer_id"]: row["left"] for row in await connection.fetch(LEFT, customers, orders)}


async def change(connection: Connection, changes: Mapping[str, int]) -> None:
    """By customer, so many more or, when negative, fewer.

    Raises asyncpg.CheckViolationError when more is taken than there is: the transaction must not commit.
    """
    for statement, sign in ((TAKE, -1), (ADD, 1)):
        some = sorted((customer, sign * count) for customer, count in changes.items() if sign * count > 0)
        if some:
            await connection.execute(statement, *zip(*some, strict=True))
