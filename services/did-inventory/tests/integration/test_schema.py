"""What the schema itself refuses: invariant 1 is a fact of the database, whoever writes."""

import asyncpg
import pytest

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("status", "order_id"),
    [("reserved", None), ("assigned", None), ("held", None), ("available", "o-1"), ("aging", "o-1")],
)
async def test_the_schema_refuses_a_taken_number_without_an_owner(
    database_url: str, status: str, order_id: str | None
) -> None:
    connection = await asyncpg.connect(database_url)
    insert = "INSERT INTO numbers (number, npa, nxx, status, order_id) VALUES ('+19738260999', '973', '826', $1, $2)"
    with pytest.raises(asyncpg.CheckViolationError, match="owner_when_taken"):
        await connection.execute(insert, status, order_id)
    await connection.close()


async def test_the_schema_refuses_a_state_and_a_shortage_nobody_knows(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.CheckViolationError, match="status_known"):
        await connection.execute("INSERT INTO numbers (number, npa, nxx, status) VALUES ('x', '973', '826', 'lost')")
    insert = (
        "INSERT INTO backorders (order_id, run, partner_id, npa, quantity, missing) VALUES ('o', 1, 'p', '973', 2, $1)"
    )
    for missing in (-1, 3):
        with pytest.raises(asyncpg.CheckViolationError, match="missing_of_quantity"):
            await connection.execute(insert, missing)
    await connection.close()
