"""Everything the invariants look at, read from the five databases and BroadWorks; plain data from here on."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from dialtone.stack.stackfile import StackFile

Row = dict[str, Any]
ORDERS = """
SELECT order_id, partner_id, external_id, kind, state, reason, run, phase, due, version, ended_at, subject, progress
FROM orders
"""
ACCOUNTS = "SELECT account_id, partner_id, role, name, parent_id, broadworks_id, order_id, status, built FROM accounts"
LETTERS = "SELECT dl_id, kind, order_id, state FROM dead_letters"
ACTIONS = "SELECT order_id, dl_id, who, action, why, at FROM operator_actions"
NUMBERS = "SELECT number, status, order_id, run, customer_id, backorder_id FROM numbers WHERE status <> 'available'"
BACKORDERS = "SELECT backorder_id, order_id, partner_id, missing, cancelled FROM backorders"
BILLING = "SELECT order_id, run, partner_id, customer_id, state FROM order_billing"
CHARGES = """
SELECT order_id, count(*) FILTER (WHERE state = 'posted') AS posted FROM charges GROUP BY order_id
"""
TICKETS = "SELECT ticket_id, order_id, item_id, kind, state, partner_id, outcome FROM tickets"
TICKET_ACTS = """
SELECT ticket_id, who, why FROM history WHERE what LIKE 'resolved%'
"""
LEDGER = "SELECT order_id, run, seq, effect_key AS key, state, effect FROM ledger"


@dataclass(slots=True)
class Snapshot:
    """`settled` are the orders that did not change while everything was read: only they are judged."""

    orders: dict[str, Row]
    settled: set[str]
    accounts: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    actions: list[Row] = field(default_factory=list)
    numbers: list[Row] = field(default_factory=list)
    backorders: list[Row] = field(default_factory=list)
    billing: dict[str, Row] = field(default_factory=dict)
    charges: dict[str, Row] = field(default_factory=dict)
    tickets: list[Row] = field(default_factory=list)
    ticket_acts: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    enterprises: dict[str, Any] = field(default_factory=dict)

    def judged(self) -> list[Row]:
        return [self.orders[order_id] for order_id in sorted(self.settled)]


async def take(stack: StackFile) -> Snapshot:
    """Orders are read first and last: what changed between is left out, so that a running stack can be checked."""
    dsn = stack.database
    before = await _rows(_dsn(dsn, "order-intake"), ORDERS)
    reads = {
        "accounts": ("order-intake", ACCOUNTS),
        "letters": ("order-intake", LETTERS),
        "actions": ("order-intake", ACTIONS),
        "numbers": ("did-inventory", NUMBERS),
        "backorders": ("did-inventory", BACKORDERS),
        "billing": ("catalog", BILLING),
        "charges": ("catalog", CHARGES),
        "tickets": ("ticketing", TICKETS),
        "ticket_acts": ("ticketing", TICKET_ACTS),
        "ledger": ("broadsoft-provisioner", LEDGER),
    }
    found = await asyncio.gather(*(_rows(_dsn(dsn, service), sql) for service, sql in reads.values()))
    rows = dict(zip(reads, found, strict=True))
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        broadworks = (await client.get(f"{stack.simulator.url}/admin/state")).json()
    after = {row["order_id"]: row for row in await _rows(_dsn(dsn, "order-intake"), ORDERS)}
    settled = {row["order_id"] for row in before if after[row["order_id"]]["version"] == row["version"]}
    return Snapshot(
        orders=after,
        settled=settled,
        accounts=rows["accounts"],
        letters=rows["letters"],
        actions=rows["actions"],
        numbers=rows["numbers"],
        backorders=rows["backorders"],
        billing={row["order_id"]: row for row in rows["billing"]},
        charges={row["order_id"]: row for row in rows["charges"]},
        tickets=rows["tickets"],
        ticket_acts=rows["ticket_acts"],
        ledger=rows["ledger"],
        enterprises=broadworks["enterprises"],
    )


def _dsn(databases: dict[str, str], service: str) -> str:
    return databases.get(service) or databases[service.replace("-", "_")]


async def _rows(dsn: str, sql: str) -> list[Row]:
    connection = await asyncpg.connect(dsn)
    try:
        return [dict(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()
