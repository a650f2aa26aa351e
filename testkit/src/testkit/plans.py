"""Which statements would read a whole table, or a whole index: what grows with the table.

The plans are those that PostgreSQL makes without knowing the values, when reading a table from end to end is its last
resort: a statement that does so then has no index to find its rows by, however large the table will be.
"""

import json
from collections.abc import Iterator
from typing import Any

import asyncpg

from testkit.filling import fill
from testkit.statements import statements

Plan = dict[str, Any]
SETTINGS = (
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET plan_cache_mode = force_generic_plan",
)
ROWS = 20_000
# Rows that a LIMIT ends early are not read to the end of the index, where the order is the index's own.
ENDS_EARLY = "Limit"


async def unbounded(url: str, *packages: str) -> dict[str, list[str]]:
    """By statement: the tables that it reads from end to end, or by an index without a condition.

    Fills the database: of an empty table the planner takes anything for a bargain.
    """
    connection = await asyncpg.connect(url)
    found: dict[str, list[str]] = {}
    try:
        await fill(connection, ROWS)
        for setting in SETTINGS:
            await connection.execute(setting)
        for name, text in statements(*packages):
            if places := sorted(set(_whole(await _plan(connection, text)))):
                found[name] = places
    finally:
        await connection.close()
    return found


async def _plan(connection: Any, text: str) -> Plan:
    """Of a statement with whatever values."""
    values = ["NULL"] * len((await connection.prepare(text)).get_parameters())
    await connection.execute(f"PREPARE planned AS {text}")
    try:
        called = f"planned({', '.join(values)})" if values else "planned"
        answer = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE {called}")
    finally:
        await connection.execute("DEALLOCATE planned")
    plan: Plan = json.loads(answer)[0]["Plan"]
    return plan


def _whole(plan: Plan, *, limited: bool = False) -> Iterator[str]:
    kind = plan["Node Type"]
    if kind == "Seq Scan" or (kind == "Bitmap Heap Scan" and not plan.get("Recheck Cond")):
        yield f"all of {plan['Relation Name']}"
    elif kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in plan and (not limited or "Filter" in plan):
        yield f"all of {plan['Relation Name']} by {plan['Index Name']}"
    for part in plan.get("Plans", ()):
        sorts = kind in ("Sort", "Aggregate", "Hash", "Hash Join", "Materialize")
        yield from _whole(part, limited=(limited or kind == ENDS_EARLY) and not sorts)
